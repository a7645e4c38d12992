#include "controller/ops_manager/planner.h"

#include <fmt/format.h>

#include <variant>

#include "controller/ops_manager/steps/steps.h"

namespace sdbtwin::ops_manager {
namespace {

Plan plan_step(const Snapshot& snapshot, std::string_view step) {
  if (step == kDatabasePauseSucceeded) return plan_pause(snapshot);
  if (step == kUpdatePetSets) return plan_update_petsets(snapshot);
  if (step == kUpdateDatabase) return plan_update_database(snapshot);
  SIM_ASSERT(step == restart_step(snapshot.request->spec->type));
  return plan_restart_pods(snapshot);
}

// Nothing is left of the step but to say that it is done. A plan that still has to change something
// may have failed at just that on every poll.
bool only_says_so(const Plan& plan, std::string_view step) {
  if (plan.actions.size() != 1) return false;
  const auto* write = std::get_if<SetConditions>(&plan.actions.front());
  return write != nullptr && !write->changes.empty() && write->changes.front().type == step &&
         write->changes.front().status == api::ConditionStatus::kTrue;
}

}  // namespace

bool is_late(const Snapshot& snapshot, std::string_view step) {
  constexpr sim::Duration kGranularity = std::chrono::seconds(1);
  const StepState* state = snapshot.progress->step(step);
  if (state == nullptr || !state->since) return false;
  const sim::Time begun = api::ClusterTime::to_run(*state->since) + kGranularity;
  return snapshot.now - begun >= step_timeout(snapshot, step);
}

Plan make_plan(const Snapshot& snapshot) {
  if (snapshot.progress->failure()) return plan_failed(snapshot);
  const std::string_view step = current_step(snapshot.request->spec->type, *snapshot.progress);
  if (!snapshot.database || api::is_deleting(snapshot.database->metadata)) {
    return plan_give_up(fmt::format("database {} is being deleted or does not exist",
                                    snapshot.request->spec->database_ref.name));
  }
  if (step.empty()) return plan_finish(snapshot);
  Plan plan = plan_step(snapshot, step);
  if (is_late(snapshot, step) && !only_says_so(plan, step)) {
    return plan_give_up(fmt::format("step {} did not finish within {}{}{}", step,
                                    sim::format_duration(step_timeout(snapshot, step)),
                                    plan.waiting_for.empty() ? "" : ": waiting for ",
                                    plan.waiting_for));
  }
  return plan;
}

}  // namespace sdbtwin::ops_manager
