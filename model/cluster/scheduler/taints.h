// Taints and tolerations: the plugins NodeUnschedulable and TaintToleration. Pure.
#pragma once

#include <cstdint>
#include <vector>

#include "model/api/core.h"

namespace sdbtwin::cluster {

// v1.Toleration.ToleratesTaint: an empty key with Exists tolerates everything, an empty effect any
// effect; "Equal" is the default operator.
bool tolerates(const std::vector<api::Toleration>& tolerations, const api::Taint& taint);
// The first taint of effect NoSchedule or NoExecute that the pod does not tolerate; null: none.
const api::Taint* untolerated_taint(const api::Node& node, const api::PodSpec& pod);
// Taints of effect PreferNoSchedule that it does not tolerate: the fewer, the better.
int64_t disliked_taints(const api::Node& node, const api::PodSpec& pod);
// A cordoned node takes only pods that tolerate its taint (node.kubernetes.io/unschedulable).
bool is_cordoned_for(const api::Node& node, const api::PodSpec& pod);

}  // namespace sdbtwin::cluster
