#include "model/store/priority.h"

#include <fmt/format.h>

#include "model/api/scheduling.h"

namespace sdbtwin::store {

namespace {

constexpr std::string_view kPreemptLower = "PreemptLowerPriority";

// k/k pkg/apis/scheduling/v1/helpers.go: the classes that every cluster has. They need no object
// here.
constexpr std::string_view kSystemClusterCritical = "system-cluster-critical";
constexpr std::string_view kSystemNodeCritical = "system-node-critical";
constexpr std::int32_t kSystemClusterCriticalValue = 2'000'000'000;
constexpr std::int32_t kSystemNodeCriticalValue = 2'000'001'000;

struct Priority {
  std::string class_name;
  std::int32_t value = 0;
  std::string preemption_policy{kPreemptLower};
};

Priority of_class(const api::PriorityClass& found) {
  return Priority{
      found.metadata.name, found.value,
      found.preemption_policy.empty() ? std::string(kPreemptLower) : found.preemption_policy};
}

// Of several defaults the one with the least value (getDefaultPriorityClass).
Priority default_priority(const Transaction& transaction) {
  const api::PriorityClass* least = nullptr;
  for (const auto& [key, object] : transaction.table_of(api::Kind::kPriorityClass).objects) {
    const auto& candidate = api::cast<api::PriorityClass>(*object);
    if (!candidate.global_default) continue;
    if (least == nullptr || candidate.value < least->value) least = &candidate;
  }
  return least == nullptr ? Priority{} : of_class(*least);
}

std::optional<Priority> named_priority(const Transaction& transaction, const std::string& name) {
  if (name == kSystemClusterCritical) return Priority{name, kSystemClusterCriticalValue};
  if (name == kSystemNodeCritical) return Priority{name, kSystemNodeCriticalValue};
  const api::ObjectPtr found =
      transaction.table_of(api::Kind::kPriorityClass).find(api::ObjectKey("", name));
  if (found == nullptr) return std::nullopt;
  return of_class(api::cast<api::PriorityClass>(*found));
}

}  // namespace

api::Result<void> resolve_priority(const Transaction& transaction, api::Pod& pod) {
  const std::string& name = pod.spec->priority_class_name;
  const std::optional<Priority> priority =
      name.empty() ? default_priority(transaction) : named_priority(transaction, name);
  if (!priority) {
    return api::errors::forbidden(transaction.resource().id(), pod.metadata.name,
                                  fmt::format("no PriorityClass with name {} was found", name));
  }
  api::PodSpec& spec = pod.spec.edit();
  if (spec.priority && *spec.priority != priority->value) {
    return api::errors::forbidden(
        transaction.resource().id(), pod.metadata.name,
        fmt::format("the integer value of priority ({}) must not be provided in pod spec; priority "
                    "admission controller computed {} from the given PriorityClass name",
                    *spec.priority, priority->value));
  }
  if (!spec.preemption_policy.empty() && spec.preemption_policy != priority->preemption_policy) {
    return api::errors::forbidden(
        transaction.resource().id(), pod.metadata.name,
        fmt::format("the string value of PreemptionPolicy ({}) must not be provided in pod spec; "
                    "priority admission controller computed {} from the given PriorityClass name",
                    spec.preemption_policy, priority->preemption_policy));
  }
  spec.priority_class_name = priority->class_name;
  spec.priority = priority->value;
  spec.preemption_policy = priority->preemption_policy;
  return {};
}

}  // namespace sdbtwin::store
