// ClaimProtector: the process `pvc-protection-controller`. A claim carries the finalizer
// kubernetes.io/pvc-protection; while it is being deleted, it stays until no pod that has a node
// uses it (kubernetes.md 3.6).
#pragma once

#include <memory>
#include <string>

#include "model/api/client.h"
#include "model/api/core.h"
#include "model/client/informer.h"
#include "model/client/work_queue.h"
#include "sim/core/runtime.h"
#include "sim/engine/process.h"

namespace sdbtwin::cluster {

inline constexpr std::string_view kClaimFinalizer = "kubernetes.io/pvc-protection";

class ClaimProtector final : public sim::Actor {
 public:
  ClaimProtector(sim::Runtime& runtime, std::unique_ptr<api::Client> client);

 private:
  using Key = api::ObjectKey;

  void add_handlers();
  void enqueue_claims_of(const api::Object& pod);
  sim::Task<void> run();
  sim::Task<api::Result<void>> sync(Key key);
  bool used_in_cache(const Key& key) const;
  sim::Task<api::Result<bool>> used_by_live_pods(Key key);

  sim::Runtime* runtime_;
  std::unique_ptr<api::Client> client_;
  client::Informer claims_;
  client::Informer pods_;
  client::WorkQueue<Key> queue_;
};

}  // namespace sdbtwin::cluster
