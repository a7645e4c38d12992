// SchedulingCycle: the choice of a node for one pod (kube-scheduler's filters and scores with the
// weights of the default profile). Pure: the pool, the pod and its claims are read only.
//
// Filters in upstream's order; the first that refuses a node names the reason. Scores 0..100 each:
// taints x3, node affinity x2, topology spread x2, pod affinity x2, least allocated x1, balanced
// x1. The best node wins, of equals the one whose name comes first (upstream: a random one) [us].
// Not modelled: ImageLocality, NodePorts, volume limits, sampling of large clusters.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/cluster/scheduler/claim_binding.h"
#include "model/cluster/scheduler/node_pool.h"
#include "model/cluster/scheduler/pod_affinity.h"
#include "model/cluster/scheduler/rejection.h"
#include "model/cluster/scheduler/topology_spread.h"

namespace sdbtwin::cluster {

class SchedulingCycle {
 public:
  // All outlive the cycle and stay as they are.
  SchedulingCycle(const NodePool& pool, const PodInfo& pod, const ClaimsOfPod& claims);

  // nullopt: the node fits. Precondition: the node is there.
  std::optional<Rejection> why_not(const NodeInfo& node) const;
  // Precondition: at least one.
  const NodeInfo& best_of(const std::vector<const NodeInfo*>& feasible) const;

 private:
  const NodePool* pool_;
  const PodInfo* pod_;
  const ClaimsOfPod* claims_;
  PodAffinityFilter affinity_;
  TopologySpreadFilter spread_;
};

// The node for the pod, or nullopt and why. Pods of at least its priority that wait for room on a
// node are counted as there: the node must fit with them and without them.
// Effect on the pool: none.
std::optional<std::string> choose_node(NodePool& pool, const PodInfo& pod,
                                       const ClaimsOfPod& claims, Diagnosis& diagnosis);
// One node by these rules.
std::optional<Rejection> why_not_with_nominated(NodePool& pool, const PodInfo& pod,
                                                const ClaimsOfPod& claims, const std::string& node);

}  // namespace sdbtwin::cluster
