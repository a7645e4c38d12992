// Drain: what `kubectl drain --ignore-daemonsets --delete-emptydir-data` does, as one of the user's
// requests (k/k staging/src/k8s.io/kubectl/pkg/drain): cordons the node; evicts all its pods side
// by side through the Eviction API, so that disruption budgets hold; asks again each 5 s as long as
// a budget refuses (429; nobody retries for it, kubernetes.md 4.10); then waits until each is gone.
//
// As kubectl, it names pods by name alone: one that comes back under its name while its budget
// still refuses is evicted again, wherever it is by then.
#pragma once

#include <memory>
#include <string>

#include "model/api/client.h"
#include "scenarios/spec/scenario.h"
#include "sim/core/runtime.h"
#include "sim/core/task.h"

namespace sdbtwin::scenarios {

// "": every pod is gone. Else why not; what has been done stays done. `what.node` is a node's name;
// `client` outlives the task.
sim::Task<std::string> drain(sim::Runtime& runtime, api::Client& client, DrainAction what);

}  // namespace sdbtwin::scenarios
