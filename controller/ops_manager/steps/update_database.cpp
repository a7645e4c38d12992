#include "controller/ops_manager/steps/steps.h"

namespace sdbtwin::ops_manager {

// Before the stamps are lifted: whoever may write the PetSets again must find the new version.
Plan plan_update_database(const Snapshot& snapshot) {
  const auto& update = snapshot.request->spec->update_version;
  SIM_ASSERT(update.has_value());  // Validated before the start, and the spec never changes.
  Plan plan;
  plan.actions.emplace_back(SetDatabaseVersion{update->target_version});
  plan.actions.emplace_back(finish_step(snapshot, kUpdateDatabase));
  plan.wake = Wake::kNow;
  return plan;
}

}  // namespace sdbtwin::ops_manager
