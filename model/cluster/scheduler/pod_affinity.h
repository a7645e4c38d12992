// Affinity and anti-affinity between pods: the plugin InterPodAffinity. Pure; computed once for a
// pod that is to be placed, from the pods that are there, and then asked for each node.
//
// Required terms: all affinity terms must find a pod that matches all of them in the node's place;
// no anti-affinity term may find one that matches it; and no pod that is there may forbid the new
// one by its own anti-affinity (the rule is symmetric). The first pod of a group that has affinity
// to itself may go anywhere. What is being deleted still counts.
// Not modelled: a namespaceSelector by labels other than kubernetes.io/metadata.name;
// matchLabelKeys and mismatchLabelKeys.
#pragma once

#include <optional>
#include <string_view>

#include "model/cluster/scheduler/rejection.h"
#include "model/cluster/scheduler/topology.h"

namespace sdbtwin::cluster {

// `own_namespace`: of the pod that has the term.
bool matches(const api::PodAffinityTerm& term, std::string_view own_namespace,
             const api::Pod& other);

class PodAffinityFilter {
 public:
  // Both outlive it; the pool does not change.
  PodAffinityFilter(const NodePool& pool, const PodInfo& pod);
  std::optional<Rejection> why_not(const api::Node& node) const;

 private:
  bool affinity_met(const api::Node& node) const;

  const PodInfo* pod_;
  const api::PodAffinity* affinity_ = nullptr;  // null: nothing required
  const api::PodAffinity* anti_ = nullptr;
  TopologyCounts wanted_;     // pods that match all affinity terms
  TopologyCounts unwanted_;   // pods that match an anti-affinity term
  TopologyCounts forbidden_;  // pods that do not want this one
};

// Preferred terms of the pod, and of the pods that are there (whose required affinity counts 1).
class PodAffinityScore {
 public:
  PodAffinityScore(const NodePool& pool, const PodInfo& pod);
  bool indifferent() const { return weights_.empty(); }
  int64_t of(const api::Node& node) const { return weights_.total(node); }

 private:
  void add_preferences(const api::PodAffinity* affinity, const PodInfo& owner, const PodInfo& other,
                       const api::Node& node, int64_t sign);
  void add_pod(const PodInfo& pod, const PodInfo& there, const api::Node& node);

  TopologyCounts weights_;
};

}  // namespace sdbtwin::cluster
