// PetSet (apps.k8s.appscode.com/v1) and ControllerRevision (apps/v1).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/api/condition.h"
#include "model/api/core.h"
#include "model/api/object.h"
#include "model/api/pod.h"

namespace sdbtwin::api {

enum class PodManagementPolicy : uint8_t { kUnset, kOrderedReady, kParallel };
template <>
struct EnumNames<PodManagementPolicy> {
  static constexpr std::array<std::string_view, 3> kNames{"", "OrderedReady", "Parallel"};
};

enum class UpdateStrategyType : uint8_t { kUnset, kRollingUpdate, kOnDelete };
template <>
struct EnumNames<UpdateStrategyType> {
  static constexpr std::array<std::string_view, 3> kNames{"", "RollingUpdate", "OnDelete"};
};

enum class ClaimRetention : uint8_t { kUnset, kRetain, kDelete };
template <>
struct EnumNames<ClaimRetention> {
  static constexpr std::array<std::string_view, 3> kNames{"", "Retain", "Delete"};
};

struct RollingUpdateStrategy {
  std::optional<int32_t> partition;
  std::optional<IntOrString> max_unavailable;
  Opaque extra;

  bool operator==(const RollingUpdateStrategy&) const = default;
  static const TypeInfo& type_info();
};

struct PetSetUpdateStrategy {
  UpdateStrategyType type = UpdateStrategyType::kUnset;
  std::optional<RollingUpdateStrategy> rolling_update;
  Opaque extra;

  bool operator==(const PetSetUpdateStrategy&) const = default;
  static const TypeInfo& type_info();
};

struct ClaimRetentionPolicy {
  ClaimRetention when_deleted = ClaimRetention::kUnset;
  ClaimRetention when_scaled = ClaimRetention::kUnset;
  Opaque extra;

  bool operator==(const ClaimRetentionPolicy&) const = default;
  static const TypeInfo& type_info();
};

struct PetSetOrdinals {
  int32_t start = 0;
  Opaque extra;

  bool operator==(const PetSetOrdinals&) const = default;
  static const TypeInfo& type_info();
};

// A PersistentVolumeClaim as it is written inside a set.
struct PersistentVolumeClaimTemplate {
  std::string api_version;
  std::string kind;
  ObjectMeta metadata;
  PersistentVolumeClaimSpec spec;
  PersistentVolumeClaimStatus status;
  Opaque extra;

  bool operator==(const PersistentVolumeClaimTemplate&) const = default;
  static const TypeInfo& type_info();
};

// `template_` is shared: status writes and scaling do not touch it.
struct PetSetSpec {
  std::optional<int32_t> replicas;
  std::optional<LabelSelector> selector;
  Shared<PodTemplateSpec> template_;
  Shared<std::vector<PersistentVolumeClaimTemplate>> volume_claim_templates;
  std::string service_name;
  PodManagementPolicy pod_management_policy = PodManagementPolicy::kUnset;
  PetSetUpdateStrategy update_strategy;
  std::optional<int32_t> revision_history_limit;
  int32_t min_ready_seconds = 0;
  std::optional<ClaimRetentionPolicy> persistent_volume_claim_retention_policy;
  std::optional<PetSetOrdinals> ordinals;
  std::optional<LocalObjectReference> pod_placement_policy;
  bool distributed = false;
  Opaque extra;

  bool operator==(const PetSetSpec&) const = default;
  static const TypeInfo& type_info();
};

struct PetSetStatus {
  int64_t observed_generation = 0;
  int32_t replicas = 0;
  int32_t ready_replicas = 0;
  int32_t current_replicas = 0;
  int32_t updated_replicas = 0;
  std::string current_revision;
  std::string update_revision;
  std::optional<int32_t> collision_count;
  std::vector<StatusCondition> conditions;
  int32_t available_replicas = 0;
  Opaque extra;

  bool operator==(const PetSetStatus&) const = default;
  static const TypeInfo& type_info();
};

struct PetSet final : Object {
  static constexpr Kind kKind = Kind::kPetSet;
  Shared<PetSetSpec> spec;
  Shared<PetSetStatus> status;
  Opaque extra;

  PetSet() : Object(kKind) {}
  std::shared_ptr<Object> clone() const override;
  static const TypeInfo& type_info();
};

// runtime.RawExtension: JSON that is compared and hashed by its bytes. `bytes` is what is stored.
struct RawJson {
  std::string bytes;

  bool empty() const noexcept { return bytes.empty(); }
  Value value() const;  // null when the bytes are not JSON

  bool operator==(const RawJson&) const = default;
};

struct ControllerRevision final : Object {
  static constexpr Kind kKind = Kind::kControllerRevision;
  Shared<RawJson> data;
  int64_t revision = 0;
  Opaque extra;

  ControllerRevision() : Object(kKind) {}
  std::shared_ptr<Object> clone() const override;
  static const TypeInfo& type_info();
};

inline constexpr std::string_view kPodNameLabel = "statefulset.kubernetes.io/pod-name";
inline constexpr std::string_view kPodIndexLabel = "apps.kubernetes.io/pod-index";
inline constexpr std::string_view kRevisionLabel = "controller-revision-hash";
inline constexpr std::string_view kRevisionHashLabel = "controller.kubernetes.io/hash";

}  // namespace sdbtwin::api
