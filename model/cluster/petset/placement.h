// What a PlacementPolicy adds to a pod of a PetSet (kubernetes.md 1.8): spread constraints, a rule
// of at most one pod per zone or node, and the node-affinity domain that still has room.
//
// A spread that must hold (DoNotSchedule) also forbids a second pod of the set in the same zone or
// on the same node. A rule of node affinity is a list of domains with a number of replicas each; a
// pod goes to the first that has fewer, counted by the affinity of the pods that the server lists.
// A domain's `replicas` is a number or "" (no limit); expressions are refused, they are not
// modelled. A listed pod without affinity is in no domain (the real controller ends there).
// Pure: reads what it is given.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "model/api/petset.h"
#include "model/api/pod.h"
#include "model/api/result.h"
#include "model/api/unstructured.h"

namespace sdbtwin::cluster {

inline constexpr std::string_view kPlacementPolicy = "apps.k8s.appscode.com/v1/PlacementPolicy";

// Effect: the pod's spec has what the policy asks for. Error: no domain has room; `pod` is as it
// was in part. `others`: pods with the labels of the set's template.
api::Result<void> place_by_policy(const api::Unstructured& policy, const api::PetSet& set,
                                  const std::vector<std::shared_ptr<const api::Pod>>& others,
                                  api::Pod& pod);

}  // namespace sdbtwin::cluster
