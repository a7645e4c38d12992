// Singlestore (kubedb.com/v1alpha2) and AppBinding (appcatalog.appscode.com/v1alpha1).
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
#include "model/api/pod_spec.h"

namespace sdbtwin::api {

enum class DatabasePhase : uint8_t {
  kUnset,
  kProvisioning,
  kDataRestoring,
  kReady,
  kCritical,
  kNotReady,
  kHalted,
  kUnknown,
};
template <>
struct EnumNames<DatabasePhase> {
  static constexpr std::array<std::string_view, 8> kNames{
      "", "Provisioning", "DataRestoring", "Ready", "Critical", "NotReady", "Halted", "Unknown"};
};

enum class DeletionPolicy : uint8_t { kUnset, kHalt, kDelete, kWipeOut, kDoNotTerminate };
template <>
struct EnumNames<DeletionPolicy> {
  static constexpr std::array<std::string_view, 5> kNames{"", "Halt", "Delete", "WipeOut",
                                                          "DoNotTerminate"};
};

enum class StorageType : uint8_t { kUnset, kDurable, kEphemeral };
template <>
struct EnumNames<StorageType> {
  static constexpr std::array<std::string_view, 3> kNames{"", "Durable", "Ephemeral"};
};

enum class ServiceAlias : uint8_t { kUnset, kPrimary, kStandby, kStats, kDashboard, kSecondary };
template <>
struct EnumNames<ServiceAlias> {
  static constexpr std::array<std::string_view, 6> kNames{"",      "primary",   "standby",
                                                          "stats", "dashboard", "secondary"};
};

// Labels and annotations only (ofst.ObjectMeta).
struct OffshootMeta {
  StringMap labels;
  StringMap annotations;
  Opaque extra;

  bool operator==(const OffshootMeta&) const = default;
  static const TypeInfo& type_info();
};

// ofst v2 PodSpec: a PodSpec without what the operator decides itself (affinity, hostname,
// topologySpreadConstraints, ...) and with a placement policy.
struct OffshootPodSpec : PodSpec {
  std::optional<LocalObjectReference> pod_placement_policy;

  bool operator==(const OffshootPodSpec&) const = default;
  static const TypeInfo& type_info();
};

// ofst v2 PodTemplateSpec: `metadata` is for pods, `controller` for the PetSet.
struct OffshootPodTemplate {
  OffshootMeta metadata;
  OffshootMeta controller;
  OffshootPodSpec spec;
  Opaque extra;

  bool operator==(const OffshootPodTemplate&) const = default;
  static const TypeInfo& type_info();
};

struct ConfigurationSpec {
  std::string secret_name;
  StringMap inline_;
  Opaque extra;

  bool operator==(const ConfigurationSpec&) const = default;
  static const TypeInfo& type_info();
};

// Aggregators, or leaves.
struct SinglestoreNode {
  std::optional<int32_t> replicas;
  std::string suffix;
  std::optional<ConfigurationSpec> configuration;
  std::optional<OffshootPodTemplate> pod_template;
  std::optional<PersistentVolumeClaimSpec> storage;
  Opaque extra;

  bool operator==(const SinglestoreNode&) const = default;
  static const TypeInfo& type_info();
};

struct SinglestoreTopology {
  std::optional<SinglestoreNode> aggregator;
  std::optional<SinglestoreNode> leaf;
  Opaque extra;

  bool operator==(const SinglestoreTopology&) const = default;
  static const TypeInfo& type_info();
};

// authSecret and licenseSecret.
struct SecretReference {
  std::string api_group;
  std::string kind;
  std::string name;
  std::string secret_store_name;
  DurationText rotate_after;
  std::optional<Timestamp> active_from;
  bool externally_managed = false;
  Opaque extra;

  bool operator==(const SecretReference&) const = default;
  static const TypeInfo& type_info();
};

struct ServiceTemplate {
  ServiceAlias alias = ServiceAlias::kUnset;
  OffshootMeta metadata;
  std::optional<ServiceSpec> spec;
  Opaque extra;

  bool operator==(const ServiceTemplate&) const = default;
  static const TypeInfo& type_info();
};

struct HealthChecker {
  std::optional<int32_t> period_seconds;
  std::optional<int32_t> timeout_seconds;
  std::optional<int32_t> failure_threshold;
  bool disable_write_check = false;
  Opaque extra;

  bool operator==(const HealthChecker&) const = default;
  static const TypeInfo& type_info();
};

struct AutoOps {
  bool disabled = false;
  Opaque extra;

  bool operator==(const AutoOps&) const = default;
  static const TypeInfo& type_info();
};

struct SinglestoreSpec {
  std::optional<AutoOps> auto_ops;
  std::string version;
  std::optional<SinglestoreTopology> topology;  // absent: standalone
  StorageType storage_type = StorageType::kUnset;
  std::optional<PersistentVolumeClaimSpec> storage;
  Value init;
  std::optional<SecretReference> license_secret;
  std::optional<SecretReference> auth_secret;
  std::optional<ConfigurationSpec> configuration;
  std::optional<OffshootPodTemplate> pod_template;
  Value tls;
  std::vector<ServiceTemplate> service_templates;
  bool halted = false;
  DeletionPolicy deletion_policy = DeletionPolicy::kUnset;
  HealthChecker health_checker;
  Value monitor;
  Opaque extra;

  bool operator==(const SinglestoreSpec&) const = default;
  static const TypeInfo& type_info();
};

struct SinglestoreStatus {
  DatabasePhase phase = DatabasePhase::kUnset;
  int64_t observed_generation = 0;
  std::vector<Condition> conditions;
  Opaque extra;

  bool operator==(const SinglestoreStatus&) const = default;
  static const TypeInfo& type_info();
};

struct Singlestore final : Object {
  static constexpr Kind kKind = Kind::kSinglestore;
  Shared<SinglestoreSpec> spec;
  Shared<SinglestoreStatus> status;
  Opaque extra;

  Singlestore() : Object(kKind) {}
  std::shared_ptr<Object> clone() const override;
  static const TypeInfo& type_info();
};

// ---- AppBinding

struct AppServiceReference {
  std::string scheme;
  std::string namespace_;
  std::string name;
  int32_t port = 0;
  std::string path;
  std::string query;
  Opaque extra;

  bool operator==(const AppServiceReference&) const = default;
  static const TypeInfo& type_info();
};

struct AppClientConfig {
  std::optional<std::string> url;
  std::optional<AppServiceReference> service;
  Opaque extra;

  bool operator==(const AppClientConfig&) const = default;
  static const TypeInfo& type_info();
};

struct TypedReference {
  std::string api_group;
  std::string kind;
  std::string namespace_;
  std::string name;
  Opaque extra;

  bool operator==(const TypedReference&) const = default;
  static const TypeInfo& type_info();
};

struct AppBindingSpec {
  std::string type;
  std::string version;
  std::optional<TypedReference> app_ref;
  AppClientConfig client_config;
  std::optional<TypedReference> secret;
  Value parameters;
  std::optional<TypedReference> tls_secret;
  Opaque extra;

  bool operator==(const AppBindingSpec&) const = default;
  static const TypeInfo& type_info();
};

struct AppBinding final : Object {
  static constexpr Kind kKind = Kind::kAppBinding;
  Shared<AppBindingSpec> spec;
  Opaque extra;

  AppBinding() : Object(kKind) {}
  std::shared_ptr<Object> clone() const override;
  static const TypeInfo& type_info();
};

}  // namespace sdbtwin::api
