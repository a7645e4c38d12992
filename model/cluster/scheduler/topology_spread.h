// Spreading over topologies: the plugin PodTopologySpread. Pure; computed once for a pod that is to
// be placed, then asked for each node.
//
// DoNotSchedule: with the pod, no place may have more than maxSkew matching pods more than the
// emptiest eligible place (0 pods when there are fewer places than minDomains). Places are counted
// on nodes that have all the topology keys, and by default only on those that the pod's node
// affinity allows (nodeAffinityPolicy Honor) whatever their taints (nodeTaintsPolicy Ignore).
// ScheduleAnyway: the same counts, as a score. A pod without constraints is spread like upstream's
// default: over hosts (skew 3) and zones (skew 5) against the pods of the same controller. Upstream
// finds these by the pod's Service or StatefulSet; a set's Service selects just its pods. [us]
// Pods that are being deleted do not count.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "model/cluster/scheduler/node_pool.h"
#include "model/cluster/scheduler/rejection.h"

namespace sdbtwin::cluster {

inline constexpr std::string_view kZoneLabel = "topology.kubernetes.io/zone";

// 1000 * ln(n), rounded. Precondition: n > 0.
int64_t ln_milli(int64_t n);

// One constraint with what it selects.
struct SpreadConstraint {
  const api::TopologySpreadConstraint* rule;
  std::optional<api::LabelSelector> selector;  // with matchLabelKeys; nullopt: no pod

  static std::vector<SpreadConstraint> of(const api::PodSpec& spec, const PodInfo& pod,
                                          std::string_view when_unsatisfiable);
  bool selects(const api::Pod& other) const;
  int64_t count_on(const NodeInfo& node, const std::string& namespace_) const;
  bool counts_node(const PodInfo& pod, const api::Node& node) const;
};

class TopologySpreadFilter {
 public:
  TopologySpreadFilter(const NodePool& pool, const PodInfo& pod);
  std::optional<Rejection> why_not(const api::Node& node) const;

 private:
  struct Counted {
    SpreadConstraint constraint;
    int64_t self;  // 1: the pod counts itself
    std::map<std::string_view, int64_t> pods_of_place;
    int64_t least = 0;
  };
  std::vector<Counted> constraints_;
};

class TopologySpreadScore {
 public:
  using Nodes = std::vector<const NodeInfo*>;
  // `feasible`: the nodes that will be asked for.
  TopologySpreadScore(const NodePool& pool, const PodInfo& pod, const Nodes& feasible);
  // 0..100 for each of the nodes, in their order.
  std::vector<int64_t> normalized() const;

 private:
  void score_constraints(const NodePool& pool, const PodInfo& pod, const Nodes& feasible);
  void score_by_default(const NodePool& pool, const PodInfo& pod, const Nodes& feasible);

  std::vector<std::optional<int64_t>> raw_;  // nullopt: lacks a topology key
};

}  // namespace sdbtwin::cluster
