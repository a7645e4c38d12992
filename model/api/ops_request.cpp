#include "model/api/ops_request.h"

#include "model/api/table.h"

namespace sdbtwin::api {

const TypeInfo& UpdateVersionSpec::type_info() {
  using T = UpdateVersionSpec;
  static constexpr FieldInfo kFields[] = {
      field<&T::target_version>("targetVersion"),
  };
  static constexpr TypeInfo kType = struct_type<T>("UpdateVersionSpec", kFields);
  return kType;
}

const TypeInfo& HorizontalScalingSpec::type_info() {
  using T = HorizontalScalingSpec;
  static constexpr FieldInfo kFields[] = {
      field<&T::aggregator>("aggregator"),
      field<&T::leaf>("leaf"),
  };
  static constexpr TypeInfo kType = struct_type<T>("HorizontalScalingSpec", kFields);
  return kType;
}

const TypeInfo& RestartSpec::type_info() {
  static constexpr TypeInfo kType = struct_type<RestartSpec>("RestartSpec", {});
  return kType;
}

const TypeInfo& SinglestoreOpsRequestSpec::type_info() {
  using T = SinglestoreOpsRequestSpec;
  static constexpr FieldInfo kFields[] = {
      field<&T::database_ref>("databaseRef").always().need(),
      field<&T::type>("type").crd_enum().always().need(),
      field<&T::update_version>("updateVersion"),
      field<&T::horizontal_scaling>("horizontalScaling"),
      field<&T::vertical_scaling>("verticalScaling"),
      field<&T::volume_expansion>("volumeExpansion"),
      field<&T::restart>("restart"),
      field<&T::configuration>("configuration"),
      field<&T::tls>("tls"),
      field<&T::authentication>("authentication"),
      field<&T::migration>("migration"),
      field<&T::timeout>("timeout"),
      field<&T::apply>("apply").crd_enum().crd_default(R"("IfReady")"),
      field<&T::max_retries>("maxRetries").crd_default("1"),
  };
  static constexpr TypeInfo kType = struct_type<T>("SinglestoreOpsRequestSpec", kFields);
  return kType;
}

const TypeInfo& SinglestoreOpsRequestStatus::type_info() {
  using T = SinglestoreOpsRequestStatus;
  static constexpr FieldInfo kFields[] = {
      field<&T::phase>("phase").crd_enum(),
      field<&T::observed_generation>("observedGeneration"),
      field<&T::conditions>("conditions"),
      field<&T::paused_backups>("pausedBackups"),
  };
  static constexpr TypeInfo kType = struct_type<T>("SinglestoreOpsRequestStatus", kFields);
  return kType;
}

const TypeInfo& SinglestoreOpsRequest::type_info() {
  using T = SinglestoreOpsRequest;
  static constexpr FieldInfo kFields[] = {
      field<&T::spec>("spec").always(),
      field<&T::status>("status").always(),
  };
  static constexpr TypeInfo kType = struct_type<T>("SinglestoreOpsRequest", kFields);
  return kType;
}

std::shared_ptr<Object> SinglestoreOpsRequest::clone() const { return clone_of(*this); }

bool is_finished(OpsRequestPhase phase) {
  switch (phase) {
    case OpsRequestPhase::kSuccessful:
    case OpsRequestPhase::kFailed:
    case OpsRequestPhase::kDenied:
    case OpsRequestPhase::kSkipped:
      return true;
    case OpsRequestPhase::kUnset:
    case OpsRequestPhase::kPending:
    case OpsRequestPhase::kProgressing:
    case OpsRequestPhase::kWaitingForApproval:
    case OpsRequestPhase::kApproved:
      return false;
  }
  SIM_UNREACHABLE();
}

}  // namespace sdbtwin::api
