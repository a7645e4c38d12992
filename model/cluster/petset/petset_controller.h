// PetSetController: the process `petset-controller` (kubernetes.md section 1). Works from caches
// and a work queue: whatever it does may rest on a state that is no longer true, and it does not
// read back its own writes.
#pragma once

#include <array>
#include <memory>
#include <string>

#include "model/api/client.h"
#include "model/client/event_recorder.h"
#include "model/client/informer.h"
#include "model/client/work_queue.h"
#include "model/cluster/petset/sync.h"
#include "model/cluster/petset/tools.h"
#include "sim/core/runtime.h"
#include "sim/engine/process.h"

namespace sdbtwin::cluster {

struct PetSetControllerOptions {
  int workers = 5;                                  // --max-concurrent-reconciles (1.1)
  sim::Duration resync = std::chrono::minutes(10);  // each set is synced again (1.1); 0: never
  PassOptions pass;
  LivePodList live_list = LivePodList::kPerCreatedPod;
};

// A sync of one set ended. For counters and reports.
struct PetSetSynced {
  static constexpr std::string_view kName = "petset-synced";
  std::string set;  // "ns/name"
  bool good = true;
  template <class V>
  void visit(V& v) const {
    v("set", set);
    v("good", good);
  }
};

class PetSetController final : public sim::Actor {
 public:
  PetSetController(sim::Runtime& runtime, std::unique_ptr<api::Client> client,
                   const PetSetControllerOptions& options = PetSetControllerOptions{});

 private:
  using Key = api::ObjectKey;

  PetSetTools tools();

  // Events.
  void add_handlers();
  void on_pod_added(const PodPtr& pod);
  void on_pod_updated(const PodPtr& before, const PodPtr& pod);
  void on_pod_deleted(const PodPtr& pod);
  void enqueue_owner(const api::Pod& pod);
  void enqueue_matching(const api::Pod& pod);

  // Work.
  sim::Task<void> start();
  sim::Task<void> work();
  std::array<client::Informer*, 5> informers();
  sim::Task<api::Result<void>> sync(Key key);

  sim::Runtime* runtime_;
  std::unique_ptr<api::Client> client_;
  PetSetControllerOptions options_;
  client::EventRecorder events_;
  client::Informer sets_;
  client::Informer pods_;
  client::Informer claims_;
  client::Informer revisions_;
  client::Informer policies_;
  PetSetSync sync_;
  client::WorkQueue<Key> queue_;
};

}  // namespace sdbtwin::cluster
