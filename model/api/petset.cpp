#include "model/api/petset.h"

#include "model/api/table.h"

namespace sdbtwin::api {

const TypeInfo& RollingUpdateStrategy::type_info() {
  using T = RollingUpdateStrategy;
  static constexpr FieldInfo kFields[] = {
      field<&T::partition>("partition"),
      field<&T::max_unavailable>("maxUnavailable"),
  };
  static constexpr TypeInfo kType = struct_type<T>("RollingUpdateStrategy", kFields);
  return kType;
}

const TypeInfo& PetSetUpdateStrategy::type_info() {
  using T = PetSetUpdateStrategy;
  static constexpr FieldInfo kFields[] = {
      field<&T::type>("type"),
      field<&T::rolling_update>("rollingUpdate"),
  };
  static constexpr TypeInfo kType = struct_type<T>("PetSetUpdateStrategy", kFields);
  return kType;
}

const TypeInfo& ClaimRetentionPolicy::type_info() {
  using T = ClaimRetentionPolicy;
  static constexpr FieldInfo kFields[] = {
      field<&T::when_deleted>("whenDeleted"),
      field<&T::when_scaled>("whenScaled"),
  };
  static constexpr TypeInfo kType = struct_type<T>("ClaimRetentionPolicy", kFields);
  return kType;
}

const TypeInfo& PetSetOrdinals::type_info() {
  using T = PetSetOrdinals;
  static constexpr FieldInfo kFields[] = {
      field<&T::start>("start").always(),
  };
  static constexpr TypeInfo kType = struct_type<T>("PetSetOrdinals", kFields);
  return kType;
}

const TypeInfo& PersistentVolumeClaimTemplate::type_info() {
  using T = PersistentVolumeClaimTemplate;
  static constexpr FieldInfo kFields[] = {
      field<&T::kind>("kind"),
      field<&T::api_version>("apiVersion"),
      field<&T::metadata>("metadata").always(),
      field<&T::spec>("spec").always(),
      field<&T::status>("status").always(),
  };
  static constexpr TypeInfo kType = struct_type<T>("PersistentVolumeClaim", kFields);
  return kType;
}

const TypeInfo& PetSetSpec::type_info() {
  using T = PetSetSpec;
  static constexpr FieldInfo kFields[] = {
      field<&T::replicas>("replicas"),
      field<&T::selector>("selector").always().need(),
      field<&T::template_>("template").always().need(),
      field<&T::volume_claim_templates>("volumeClaimTemplates"),
      field<&T::service_name>("serviceName").always().need(),
      field<&T::pod_management_policy>("podManagementPolicy"),
      field<&T::update_strategy>("updateStrategy").always(),
      field<&T::revision_history_limit>("revisionHistoryLimit"),
      field<&T::min_ready_seconds>("minReadySeconds"),
      field<&T::persistent_volume_claim_retention_policy>("persistentVolumeClaimRetentionPolicy"),
      field<&T::ordinals>("ordinals"),
      field<&T::pod_placement_policy>("podPlacementPolicy"),
      field<&T::distributed>("distributed"),
  };
  static constexpr TypeInfo kType = struct_type<T>("PetSetSpec", kFields);
  return kType;
}

const TypeInfo& PetSetStatus::type_info() {
  using T = PetSetStatus;
  static constexpr FieldInfo kFields[] = {
      field<&T::observed_generation>("observedGeneration"),
      field<&T::replicas>("replicas").always(),
      field<&T::ready_replicas>("readyReplicas"),
      field<&T::current_replicas>("currentReplicas"),
      field<&T::updated_replicas>("updatedReplicas"),
      field<&T::current_revision>("currentRevision"),
      field<&T::update_revision>("updateRevision"),
      field<&T::collision_count>("collisionCount"),
      field<&T::conditions>("conditions").list_map("type"),
      field<&T::available_replicas>("availableReplicas").always(),
  };
  static constexpr TypeInfo kType = struct_type<T>("PetSetStatus", kFields);
  return kType;
}

const TypeInfo& PetSet::type_info() {
  using T = PetSet;
  static constexpr FieldInfo kFields[] = {
      field<&T::spec>("spec").always(),
      field<&T::status>("status").always(),
  };
  static constexpr TypeInfo kType = struct_type<T>("PetSet", kFields);
  return kType;
}

std::shared_ptr<Object> PetSet::clone() const { return clone_of(*this); }

const TypeInfo& ControllerRevision::type_info() {
  using T = ControllerRevision;
  static constexpr FieldInfo kFields[] = {
      field<&T::data>("data").immutable(),
      field<&T::revision>("revision").always(),
  };
  static constexpr TypeInfo kType = struct_type<T>("ControllerRevision", kFields);
  return kType;
}

std::shared_ptr<Object> ControllerRevision::clone() const { return clone_of(*this); }

Value RawJson::value() const {
  if (bytes.empty()) return {};
  Result<Value> parsed = Value::parse(bytes);
  return parsed ? *parsed : Value();
}

}  // namespace sdbtwin::api
