#pragma once

// The Priority admission plugin, on in every cluster: a pod's spec.priority and preemptionPolicy
// come from its PriorityClass, from the class that is the global default, or are 0 and
// PreemptLowerPriority.

#include "model/api/pod.h"
#include "model/store/transaction.h"

namespace sdbtwin::store {

// Error: Forbidden, when there is no such class or the pod names another priority than its class.
api::Result<void> resolve_priority(const Transaction& transaction, api::Pod& pod);

}  // namespace sdbtwin::store
