#include "controller/ops_manager/steps/steps.h"

namespace sdbtwin::ops_manager {
namespace {

// First the stamps, then the pause, the request's phase last: whatever is cut short is found by a
// request that is still Progressing, or by the janitor.
void resume(const Snapshot& snapshot, Plan& plan) {
  // Also of a PetSet that the cache does not show: it may be behind.
  for (const PetSetView& petset : snapshot.petsets) {
    plan.actions.emplace_back(LiftStamp{petset.name});
  }
  if (snapshot.database) plan.actions.emplace_back(ResumeDatabase{});
}

}  // namespace

Plan plan_finish(const Snapshot& snapshot) {
  Plan plan;
  resume(snapshot, plan);
  ConditionChange successful{.type = std::string(kSuccessful),
                             .status = api::ConditionStatus::kTrue,
                             .reason = std::string(kSuccessful),
                             .message = std::string(success_message(snapshot.request->spec->type))};
  plan.actions.emplace_back(Complete{api::OpsRequestPhase::kSuccessful, {successful}});
  plan.wake = Wake::kNever;
  return plan;
}

Plan plan_failed(const Snapshot& snapshot) {
  Plan plan;
  resume(snapshot, plan);
  plan.actions.emplace_back(Complete{api::OpsRequestPhase::kFailed, {}});
  plan.wake = Wake::kNever;
  return plan;
}

}  // namespace sdbtwin::ops_manager
