// SinglestoreOpsRequest (ops.kubedb.com/v1alpha1). Its spec never changes after creation (by
// webhook); all progress is in status.conditions.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/api/condition.h"
#include "model/api/object.h"
#include "model/api/pod_spec.h"
#include "model/api/quantity.h"

namespace sdbtwin::api {

enum class OpsRequestType : uint8_t {
  kUnset,
  kUpdateVersion,
  kHorizontalScaling,
  kVerticalScaling,
  kVolumeExpansion,
  kRestart,
  kReconfigure,
  kReconfigureTls,
  kRotateAuth,
  kStorageMigration,
};
template <>
struct EnumNames<OpsRequestType> {
  static constexpr std::array<std::string_view, 10> kNames{
      "",        "UpdateVersion", "HorizontalScaling", "VerticalScaling", "VolumeExpansion",
      "Restart", "Reconfigure",   "ReconfigureTLS",    "RotateAuth",      "StorageMigration"};
};

enum class OpsRequestPhase : uint8_t {
  kUnset,
  kPending,
  kProgressing,
  kSuccessful,
  kWaitingForApproval,
  kFailed,
  kApproved,
  kDenied,
  kSkipped,
};
template <>
struct EnumNames<OpsRequestPhase> {
  static constexpr std::array<std::string_view, 9> kNames{
      "",       "Pending",  "Progressing", "Successful", "WaitingForApproval",
      "Failed", "Approved", "Denied",      "Skipped"};
};

enum class ApplyOption : uint8_t { kUnset, kIfReady, kAlways };
template <>
struct EnumNames<ApplyOption> {
  static constexpr std::array<std::string_view, 3> kNames{"", "IfReady", "Always"};
};

struct UpdateVersionSpec {
  std::string target_version;
  Opaque extra;

  bool operator==(const UpdateVersionSpec&) const = default;
  static const TypeInfo& type_info();
};

struct HorizontalScalingSpec {
  std::optional<int32_t> aggregator;
  std::optional<int32_t> leaf;
  Opaque extra;

  bool operator==(const HorizontalScalingSpec&) const = default;
  static const TypeInfo& type_info();
};

// `restart: {}`: present, without members.
struct RestartSpec {
  Opaque extra;

  bool operator==(const RestartSpec&) const = default;
  static const TypeInfo& type_info();
};

struct SinglestoreOpsRequestSpec {
  LocalObjectReference database_ref;
  OpsRequestType type = OpsRequestType::kUnset;
  std::optional<UpdateVersionSpec> update_version;
  std::optional<HorizontalScalingSpec> horizontal_scaling;
  Value vertical_scaling;
  Value volume_expansion;
  std::optional<RestartSpec> restart;
  Value configuration;
  Value tls;
  Value authentication;
  Value migration;
  DurationText timeout;  // of each step
  ApplyOption apply = ApplyOption::kUnset;
  std::optional<int32_t> max_retries;
  Opaque extra;

  bool operator==(const SinglestoreOpsRequestSpec&) const = default;
  static const TypeInfo& type_info();
};

struct SinglestoreOpsRequestStatus {
  OpsRequestPhase phase = OpsRequestPhase::kUnset;
  int64_t observed_generation = 0;
  std::vector<Condition> conditions;
  Value paused_backups;
  Opaque extra;

  bool operator==(const SinglestoreOpsRequestStatus&) const = default;
  static const TypeInfo& type_info();
};

struct SinglestoreOpsRequest final : Object {
  static constexpr Kind kKind = Kind::kSinglestoreOpsRequest;
  Shared<SinglestoreOpsRequestSpec> spec;
  Shared<SinglestoreOpsRequestStatus> status;
  Opaque extra;

  SinglestoreOpsRequest() : Object(kKind) {}
  std::shared_ptr<Object> clone() const override;
  static const TypeInfo& type_info();
};

// Successful, Failed, Denied and Skipped are final.
bool is_finished(OpsRequestPhase phase);

}  // namespace sdbtwin::api
