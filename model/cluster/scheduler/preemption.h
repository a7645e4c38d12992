// Preemption (kubernetes.md 3.7; k/k pkg/scheduler/framework/preemption): which pods of lower
// priority to evict, and on which node, so that a pod fits. Pure: the pool is changed while it is
// tried out, and is as it was afterwards.
//
// On each node where evictions may help: as few victims as possible, those whose budget would be
// violated last, the least important first (lower priority, then started later). Of the nodes: the
// fewest violated budgets, then the least important first victim, the smallest sum of priorities,
// the fewest victims, the latest start of the most important victims, the first name.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/api/policy.h"
#include "model/cluster/scheduler/claim_binding.h"
#include "model/cluster/scheduler/node_pool.h"
#include "model/cluster/scheduler/rejection.h"

namespace sdbtwin::cluster {

using Budgets = std::vector<std::shared_ptr<const api::PodDisruptionBudget>>;

struct Preemption {
  std::string node;
  std::vector<std::shared_ptr<const api::Pod>> victims;  // the most important first
  int64_t violations = 0;                                // victims whose budget allows nothing
};

// Why the pod may not evict others now; "": it may. Not with preemptionPolicy Never, and not while
// pods that were evicted for it are still going from the node it waits for.
std::string not_eligible(const NodePool& pool, const PodInfo& pod, const Diagnosis& diagnosis);

// `diagnosis` is that of the filters; what came of it is written to `diagnosis.preemption`.
std::optional<Preemption> find_victims(NodePool& pool, const PodInfo& pod,
                                       const ClaimsOfPod& claims, const Budgets& budgets,
                                       Diagnosis& diagnosis);

// Condition DisruptionTarget with the reason that it was preempted.
bool is_preempted(const api::Pod& pod);

}  // namespace sdbtwin::cluster
