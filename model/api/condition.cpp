#include "model/api/condition.h"

#include <algorithm>
#include <utility>

#include "model/api/table.h"

namespace sdbtwin::api {

const TypeInfo& Condition::type_info() {
  using T = Condition;
  static constexpr FieldInfo kFields[] = {
      field<&T::type>("type").always().need(),
      field<&T::status>("status").always().need(),
      field<&T::observed_generation>("observedGeneration"),
      field<&T::severity>("severity"),
      field<&T::last_transition_time>("lastTransitionTime").always(),
      field<&T::reason>("reason"),
      field<&T::message>("message"),
  };
  static constexpr TypeInfo kType = struct_type<T>("Condition", kFields);
  return kType;
}

const TypeInfo& StatusCondition::type_info() {
  using T = StatusCondition;
  static constexpr FieldInfo kFields[] = {
      field<&T::type>("type").always().need(),
      field<&T::status>("status").always().need(),
      field<&T::observed_generation>("observedGeneration"),
      field<&T::last_heartbeat_time>("lastHeartbeatTime"),
      field<&T::last_transition_time>("lastTransitionTime").always(),
      field<&T::reason>("reason").always(),
      field<&T::message>("message").always(),
      known("lastProbeTime"),
  };
  static constexpr TypeInfo kType = struct_type<T>("Condition", kFields);
  return kType;
}

Condition new_condition(std::string type, std::string message, int64_t generation,
                        ConditionStatus status) {
  Condition condition;
  condition.reason = type;
  condition.type = std::move(type);
  condition.status = status;
  condition.observed_generation = generation;
  condition.message = std::move(message);
  return condition;
}

bool set_condition(std::vector<Condition>& conditions, Condition condition, Timestamp now) {
  auto found = std::ranges::find(conditions, condition.type, &Condition::type);
  condition.last_transition_time = now;
  if (found == conditions.end()) {
    conditions.push_back(std::move(condition));
    return true;
  }
  const bool generation_equal = condition.observed_generation == 0 ||
                                found->observed_generation == condition.observed_generation;
  if (found->status == condition.status && found->reason == condition.reason &&
      found->message == condition.message && generation_equal) {
    return false;
  }
  if (condition.observed_generation < found->observed_generation) return false;
  *found = std::move(condition);
  return true;
}

bool remove_condition(std::vector<Condition>& conditions, std::string_view type) {
  return std::erase_if(conditions,
                       [type](const Condition& condition) { return condition.type == type; }) > 0;
}

bool set_status_condition(std::vector<StatusCondition>& conditions, StatusCondition condition,
                          Timestamp now) {
  auto found = std::ranges::find(conditions, condition.type, &StatusCondition::type);
  if (found == conditions.end()) {
    condition.last_transition_time = now;
    conditions.push_back(std::move(condition));
    return true;
  }
  condition.last_transition_time =
      found->status == condition.status ? found->last_transition_time : now;
  if (*found == condition) return false;
  *found = std::move(condition);
  return true;
}

}  // namespace sdbtwin::api
