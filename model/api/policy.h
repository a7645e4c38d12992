// PodDisruptionBudget (policy/v1). The Eviction itself is a request: Request::evict (client.h).
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/api/condition.h"
#include "model/api/object.h"
#include "model/api/quantity.h"
#include "model/api/selector.h"

namespace sdbtwin::api {

enum class UnhealthyPodEviction : uint8_t { kUnset, kIfHealthyBudget, kAlwaysAllow };
template <>
struct EnumNames<UnhealthyPodEviction> {
  static constexpr std::array<std::string_view, 3> kNames{"", "IfHealthyBudget", "AlwaysAllow"};
};

struct PodDisruptionBudgetSpec {
  std::optional<IntOrString> min_available;
  std::optional<LabelSelector> selector;
  std::optional<IntOrString> max_unavailable;
  UnhealthyPodEviction unhealthy_pod_eviction_policy = UnhealthyPodEviction::kUnset;
  Opaque extra;

  bool operator==(const PodDisruptionBudgetSpec&) const = default;
  static const TypeInfo& type_info();
};

struct PodDisruptionBudgetStatus {
  int64_t observed_generation = 0;
  std::map<std::string, Timestamp> disrupted_pods;
  int32_t disruptions_allowed = 0;
  int32_t current_healthy = 0;
  int32_t desired_healthy = 0;
  int32_t expected_pods = 0;
  std::vector<StatusCondition> conditions;
  Opaque extra;

  bool operator==(const PodDisruptionBudgetStatus&) const = default;
  static const TypeInfo& type_info();
};

struct PodDisruptionBudget final : Object {
  static constexpr Kind kKind = Kind::kPodDisruptionBudget;
  Shared<PodDisruptionBudgetSpec> spec;
  Shared<PodDisruptionBudgetStatus> status;
  Opaque extra;

  PodDisruptionBudget() : Object(kKind) {}
  std::shared_ptr<Object> clone() const override;
  static const TypeInfo& type_info();
};

}  // namespace sdbtwin::api
