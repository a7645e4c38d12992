#include <string>
#include <utility>

#include "controller/ops_manager/steps/steps.h"

namespace sdbtwin::ops_manager {

ConditionChange step_done(std::string_view step) {
  return {.type = std::string(step),
          .status = api::ConditionStatus::kTrue,
          .reason = std::string(step),
          .message = std::string(step_message(step))};
}

ConditionChange step_begun(std::string_view step) {
  return {.type = std::string(step),
          .status = api::ConditionStatus::kFalse,
          .reason = std::string(step),
          .message = step_running_message(step)};
}

ConditionChange pod_step(PodStep step, std::string_view pod, bool status) {
  return {.type = pod_condition_type(step, pod),
          .status = status ? api::ConditionStatus::kTrue : api::ConditionStatus::kFalse,
          .reason = {},
          .message = pod_message(step, pod, status)};
}

SetConditions finish_step(const Snapshot& snapshot, std::string_view step) {
  SetConditions write{.changes = {step_done(step)}};
  bool is_next = false;
  for (std::string_view candidate : steps_of(snapshot.request->spec->type)) {
    if (is_next) {
      write.changes.push_back(step_begun(candidate));
      break;
    }
    is_next = candidate == step;
  }
  return write;
}

Plan wait_for(std::string cause) {
  Plan plan;
  plan.waiting_for = std::move(cause);
  return plan;
}

Plan plan_give_up(std::string why) {
  Plan plan;
  plan.actions.emplace_back(DeclareFailure{std::move(why)});
  plan.wake = Wake::kNow;
  return plan;
}

bool is_paused_by_us(const Snapshot& snapshot) {
  const auto owner = kit::pause_owner(*snapshot.database);
  return owner && owner->uid == snapshot.request->metadata.uid;
}

bool is_fenced_by_us(const Snapshot& snapshot, const PetSetView& petset) {
  return petset.fenced_by == snapshot.request->metadata.uid;
}

}  // namespace sdbtwin::ops_manager
