// Conditions. Condition is kmodules' (Singlestore, SinglestoreOpsRequest, AppBinding);
// StatusCondition is metav1's and apps/v1's shape (PetSet, PDB, Node, ...). PodCondition: pod.h.
//
// set_condition() has the semantics of kmodules' conditions.SetCondition bit for bit
// (kubedb.md 1.6); set_status_condition() those of apimachinery's meta.SetStatusCondition.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/api/enum_names.h"
#include "model/api/meta.h"

namespace sdbtwin::api {

enum class ConditionStatus : uint8_t { kUnset, kTrue, kFalse, kUnknown };
template <>
struct EnumNames<ConditionStatus> {
  static constexpr std::array<std::string_view, 4> kNames{"", "True", "False", "Unknown"};
};

struct Condition {
  std::string type;
  ConditionStatus status = ConditionStatus::kUnset;
  int64_t observed_generation = 0;
  std::string severity;
  std::optional<Timestamp> last_transition_time;
  std::string reason;
  std::string message;
  Opaque extra;

  bool operator==(const Condition&) const = default;
  static const TypeInfo& type_info();
};

// kmodules' NewCondition: the reason is the type.
Condition new_condition(std::string type, std::string message, int64_t generation,
                        ConditionStatus status = ConditionStatus::kTrue);

// Appends, or updates in place; sets last_transition_time to `now` whenever anything changes (also
// when only the message does). False: nothing changed (equal, or an older generation).
bool set_condition(std::vector<Condition>& conditions, Condition condition, Timestamp now);
bool remove_condition(std::vector<Condition>& conditions, std::string_view type);

// metav1.Condition, and the older shapes that differ in a field or two (kept in `extra`).
struct StatusCondition {
  std::string type;
  ConditionStatus status = ConditionStatus::kUnset;
  int64_t observed_generation = 0;
  std::optional<Timestamp> last_heartbeat_time;  // nodes only
  std::optional<Timestamp> last_transition_time;
  std::string reason;
  std::string message;
  Opaque extra;

  bool operator==(const StatusCondition&) const = default;
  static const TypeInfo& type_info();
};

// last_transition_time moves only when the status does. False: nothing changed.
bool set_status_condition(std::vector<StatusCondition>& conditions, StatusCondition condition,
                          Timestamp now);

// The condition of that type, or null.
template <class C>
const C* find_condition(const std::vector<C>& conditions, std::string_view type) {
  for (const C& condition : conditions) {
    if (condition.type == type) return &condition;
  }
  return nullptr;
}
// Absent is neither True nor False.
template <class C>
bool is_condition_true(const std::vector<C>& conditions, std::string_view type) {
  const C* condition = find_condition(conditions, type);
  return condition != nullptr && condition->status == ConditionStatus::kTrue;
}
template <class C>
bool is_condition_false(const std::vector<C>& conditions, std::string_view type) {
  const C* condition = find_condition(conditions, type);
  return condition != nullptr && condition->status == ConditionStatus::kFalse;
}

}  // namespace sdbtwin::api
