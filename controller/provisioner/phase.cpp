#include "controller/provisioner/phase.h"

#include "controller/kit/kubedb.h"

namespace sdbtwin::provisioner {

using api::DatabasePhase;
using api::is_condition_false;
using api::is_condition_true;

api::DatabasePhase phase_of(const std::vector<api::Condition>& conditions) {
  if (is_condition_true(conditions, kit::kHealthCheckPaused)) return DatabasePhase::kUnknown;
  if (is_condition_true(conditions, kit::kHalted)) return DatabasePhase::kHalted;
  const bool restoring = is_condition_true(conditions, kit::kDataRestoreStarted);
  if (restoring && api::find_condition(conditions, kit::kDataRestored) == nullptr) {
    return DatabasePhase::kDataRestoring;
  }
  if (is_condition_false(conditions, kit::kDataRestored)) return DatabasePhase::kNotReady;
  if (is_condition_true(conditions, kit::kProvisioned)) {
    if (is_condition_false(conditions, kit::kAcceptingConnection)) return DatabasePhase::kNotReady;
    if (is_condition_false(conditions, kit::kReplicaReady)) return DatabasePhase::kCritical;
    if (is_condition_false(conditions, kit::kReady)) return DatabasePhase::kCritical;
    if (is_condition_true(conditions, kit::kReady)) return DatabasePhase::kReady;
  }
  const bool started = is_condition_true(conditions, kit::kProvisioningStarted);
  return started ? DatabasePhase::kProvisioning : DatabasePhase::kUnset;
}

}  // namespace sdbtwin::provisioner
