#include "controller/ops_manager/progress.h"

namespace sdbtwin::ops_manager {

Progress::Progress(const api::SinglestoreOpsRequest& request)
    : start_(api::to_string(request.spec->type)) {
  for (const api::Condition& condition : request.status->conditions) apply(condition);
}

void Progress::apply(const api::Condition& condition) {
  if (const auto name = parse_pod_condition(condition.type)) {
    read_pod(*name, condition);
    return;
  }
  if (condition.type == start_ && condition.reason == kFailedReason) failure_ = condition.message;
  steps_[condition.type] = StepState{.done = condition.status == api::ConditionStatus::kTrue,
                                     .since = condition.last_transition_time};
}

void Progress::read_pod(const PodConditionName& name, const api::Condition& condition) {
  const bool is_true = condition.status == api::ConditionStatus::kTrue;
  PodProgress& pod = pods_[std::string(name.pod)];
  switch (name.step) {
    case PodStep::kGet:
      if (is_true) pod.record = parse_get_pod_message(condition.message);
      break;
    case PodStep::kEvict:
      pod.evicted = is_true;
      break;
    case PodStep::kReady:
      pod.ready = is_true;
      break;
    case PodStep::kSynced:
      pod.synced = is_true;
      break;
    case PodStep::kSize:
      pod.size = is_true;
      break;
  }
  if (pod.size) last_done_ = name.pod;
}

const StepState* Progress::step(std::string_view type) const {
  const auto found = steps_.find(type);
  return found == steps_.end() ? nullptr : &found->second;
}

bool Progress::done(std::string_view type) const {
  const StepState* state = step(type);
  return state != nullptr && state->done;
}

const PodProgress* Progress::pod(std::string_view name) const {
  const auto found = pods_.find(name);
  return found == pods_.end() ? nullptr : &found->second;
}

bool Progress::pod_done(std::string_view name) const {
  const PodProgress* found = pod(name);
  return found != nullptr && found->size;
}

}  // namespace sdbtwin::ops_manager
