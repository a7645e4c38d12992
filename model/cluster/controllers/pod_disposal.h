// The two writes by which controllers of the controller manager get rid of a pod: a PATCH of its
// status that says why, then the DELETE. What both have of pkg/util/pod and podgc.
#pragma once

#include <optional>
#include <string>

#include "model/api/client.h"
#include "model/api/pod.h"
#include "model/api/result.h"
#include "sim/core/task.h"
#include "sim/core/time.h"

namespace sdbtwin::cluster {

// Condition DisruptionTarget is True, for this reason.
struct DisruptionReason {
  std::string reason;
  std::string message;
};

// The body of a strategic merge patch of the pod's /status, for this pod only (by uid). A phase is
// set to Failed when asked for and not terminal yet. Null: nothing would change.
api::Value disposal_patch(const api::Pod& pod, const std::optional<DisruptionReason>& why,
                          bool failed, sim::Time now);

// Effect: the patch, unless it is null, then a DELETE with these options. A pod that is gone is
// success. `client` outlives the task.
sim::Task<api::Result<void>> dispose(api::Client& client, api::ObjectKey pod, api::Value patch,
                                     api::DeleteOptions options);

}  // namespace sdbtwin::cluster
