// PetSetSync: what one sync of a PetSet does once the set is known: adopts revisions, claims pods,
// finds the revisions, runs one pass, writes the status, cuts the history (kubernetes.md 1.4 and
// 1.5). Reads from the caches of its tools; keeps nothing but what it has worked out from them.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "model/api/result.h"
#include "model/client/cache.h"
#include "model/cluster/petset/history.h"
#include "model/cluster/petset/pass.h"
#include "model/cluster/petset/plan.h"
#include "model/cluster/petset/pod_control.h"
#include "model/cluster/petset/tools.h"

namespace sdbtwin::cluster {

// What the caches are indexed by: those of pods and revisions, and that of claims.
std::map<std::string, client::Cache::IndexFunction> member_indices();
std::map<std::string, client::Cache::IndexFunction> claim_indices();

class PetSetSync {
 public:
  // `pods` is the cache of the tools' pods.
  PetSetSync(PetSetTools tools, const client::Cache& pods, const PassOptions& options);

  // Result: how many pods are available; nothing when the pass did not come to counting.
  // The status is written also after an error; if both fail, the error of the pass counts.
  sim::Task<api::Result<std::optional<int32_t>>> sync(SetPtr set);
  void forget(const std::string& set_uid);

  // Parts of sync(). Adopts what matches and releases what no longer does.
  sim::Task<api::Result<SetPods>> claim_pods(SetPtr set, std::shared_ptr<SetPodMemo> memo);
  // Up to 5 tries on a conflict, each from the cache (which may not be any newer).
  sim::Task<api::Result<void>> write_status(SetPtr set, api::PetSetStatus status);
  PetSetPodControl& control() noexcept { return control_; }
  PetSetHistory& history() noexcept { return history_; }

 private:
  sim::Task<api::Result<void>> adopt(SetPtr set, PodPtr pod, bool& checked);
  sim::Task<api::Result<void>> release(SetPtr set, PodPtr pod);

  PetSetTools tools_;
  const client::Cache* pods_;
  PassOptions options_;
  PetSetPodControl control_;
  PetSetHistory history_;
  std::map<std::string, std::shared_ptr<SetPodMemo>> memos_;  // by uid of the set
};

}  // namespace sdbtwin::cluster
