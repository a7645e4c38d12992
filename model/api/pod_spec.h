// PodSpec and what it is made of: containers, probes, volumes, tolerations (core/v1). Typed is what
// the model acts on; the rest of a user's podTemplate is kept in `extra` at its own level.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/api/affinity.h"
#include "model/api/enum_names.h"
#include "model/api/meta.h"
#include "model/api/quantity.h"
#include "model/api/selector.h"

namespace sdbtwin::api {

using ResourceList = std::map<std::string, Quantity>;

enum class PullPolicy : uint8_t { kUnset, kAlways, kIfNotPresent, kNever };
template <>
struct EnumNames<PullPolicy> {
  static constexpr std::array<std::string_view, 4> kNames{"", "Always", "IfNotPresent", "Never"};
};

enum class RestartPolicy : uint8_t { kUnset, kAlways, kOnFailure, kNever };
template <>
struct EnumNames<RestartPolicy> {
  static constexpr std::array<std::string_view, 4> kNames{"", "Always", "OnFailure", "Never"};
};

enum class TaintEffect : uint8_t { kUnset, kNoSchedule, kPreferNoSchedule, kNoExecute };
template <>
struct EnumNames<TaintEffect> {
  static constexpr std::array<std::string_view, 4> kNames{"", "NoSchedule", "PreferNoSchedule",
                                                          "NoExecute"};
};

struct LocalObjectReference {
  std::string name;
  Opaque extra;

  bool operator==(const LocalObjectReference&) const = default;
  static const TypeInfo& type_info();
};

struct ResourceRequirements {
  ResourceList limits;
  ResourceList requests;
  Opaque extra;

  bool operator==(const ResourceRequirements&) const = default;
  static const TypeInfo& type_info();
};

struct ContainerPort {
  std::string name;
  int32_t host_port = 0;
  int32_t container_port = 0;
  std::string protocol;
  Opaque extra;

  bool operator==(const ContainerPort&) const = default;
  static const TypeInfo& type_info();
};

struct SecretKeySelector {
  std::string name;
  std::string key;
  std::optional<bool> optional;
  Opaque extra;

  bool operator==(const SecretKeySelector&) const = default;
  static const TypeInfo& type_info();
};

struct ObjectFieldSelector {
  std::string api_version;
  std::string field_path;
  Opaque extra;

  bool operator==(const ObjectFieldSelector&) const = default;
  static const TypeInfo& type_info();
};

struct EnvVarSource {
  std::optional<ObjectFieldSelector> field_ref;
  std::optional<SecretKeySelector> config_map_key_ref;
  std::optional<SecretKeySelector> secret_key_ref;
  Opaque extra;

  bool operator==(const EnvVarSource&) const = default;
  static const TypeInfo& type_info();
};

struct EnvVar {
  std::string name;
  std::string value;
  std::optional<EnvVarSource> value_from;
  Opaque extra;

  bool operator==(const EnvVar&) const = default;
  static const TypeInfo& type_info();
};

struct VolumeMount {
  std::string name;
  bool read_only = false;
  std::string mount_path;
  std::string sub_path;
  Opaque extra;

  bool operator==(const VolumeMount&) const = default;
  static const TypeInfo& type_info();
};

struct ExecAction {
  std::vector<std::string> command;
  Opaque extra;

  bool operator==(const ExecAction&) const = default;
  static const TypeInfo& type_info();
};

struct HttpGetAction {
  std::string path;
  IntOrString port;
  std::string host;
  std::string scheme;
  Opaque extra;

  bool operator==(const HttpGetAction&) const = default;
  static const TypeInfo& type_info();
};

struct TcpSocketAction {
  IntOrString port;
  std::string host;
  Opaque extra;

  bool operator==(const TcpSocketAction&) const = default;
  static const TypeInfo& type_info();
};

struct SleepAction {
  int64_t seconds = 0;
  Opaque extra;

  bool operator==(const SleepAction&) const = default;
  static const TypeInfo& type_info();
};

// Unset numbers are 0; the server fills in the defaults for pods (kubernetes.md 3.3).
struct Probe {
  std::optional<ExecAction> exec;
  std::optional<HttpGetAction> http_get;
  std::optional<TcpSocketAction> tcp_socket;
  int32_t initial_delay_seconds = 0;
  int32_t timeout_seconds = 0;
  int32_t period_seconds = 0;
  int32_t success_threshold = 0;
  int32_t failure_threshold = 0;
  std::optional<int64_t> termination_grace_period_seconds;
  Opaque extra;  // grpc

  bool operator==(const Probe&) const = default;
  static const TypeInfo& type_info();
};

struct LifecycleHandler {
  std::optional<ExecAction> exec;
  std::optional<HttpGetAction> http_get;
  std::optional<TcpSocketAction> tcp_socket;
  std::optional<SleepAction> sleep;
  Opaque extra;

  bool operator==(const LifecycleHandler&) const = default;
  static const TypeInfo& type_info();
};

struct Lifecycle {
  std::optional<LifecycleHandler> post_start;
  std::optional<LifecycleHandler> pre_stop;
  Opaque extra;

  bool operator==(const Lifecycle&) const = default;
  static const TypeInfo& type_info();
};

struct Capabilities {
  std::vector<std::string> add;
  std::vector<std::string> drop;
  Opaque extra;

  bool operator==(const Capabilities&) const = default;
  static const TypeInfo& type_info();
};

struct SeccompProfile {
  std::string type;
  Opaque extra;

  bool operator==(const SeccompProfile&) const = default;
  static const TypeInfo& type_info();
};

struct SecurityContext {
  std::optional<Capabilities> capabilities;
  std::optional<bool> privileged;
  std::optional<int64_t> run_as_user;
  std::optional<int64_t> run_as_group;
  std::optional<bool> run_as_non_root;
  std::optional<bool> allow_privilege_escalation;
  std::optional<SeccompProfile> seccomp_profile;
  Opaque extra;

  bool operator==(const SecurityContext&) const = default;
  static const TypeInfo& type_info();
};

struct PodSecurityContext {
  std::optional<int64_t> run_as_user;
  std::optional<int64_t> run_as_group;
  std::optional<bool> run_as_non_root;
  std::optional<int64_t> fs_group;
  std::optional<SeccompProfile> seccomp_profile;
  Opaque extra;

  bool operator==(const PodSecurityContext&) const = default;
  static const TypeInfo& type_info();
};

struct Container {
  std::string name;
  std::string image;
  std::vector<std::string> command;
  std::vector<std::string> args;
  std::string working_dir;
  std::vector<ContainerPort> ports;
  std::vector<EnvVar> env;
  ResourceRequirements resources;
  std::string restart_policy;  // "Always" makes an init container a sidecar
  std::vector<VolumeMount> volume_mounts;
  std::optional<Probe> liveness_probe;
  std::optional<Probe> readiness_probe;
  std::optional<Probe> startup_probe;
  std::optional<Lifecycle> lifecycle;
  std::string termination_message_path;
  std::string termination_message_policy;
  PullPolicy image_pull_policy = PullPolicy::kUnset;
  std::optional<SecurityContext> security_context;
  Opaque extra;

  bool operator==(const Container&) const = default;
  static const TypeInfo& type_info();
};

struct PersistentVolumeClaimVolumeSource {
  std::string claim_name;
  bool read_only = false;
  Opaque extra;

  bool operator==(const PersistentVolumeClaimVolumeSource&) const = default;
  static const TypeInfo& type_info();
};

struct EmptyDirVolumeSource {
  std::string medium;
  std::optional<Quantity> size_limit;
  Opaque extra;

  bool operator==(const EmptyDirVolumeSource&) const = default;
  static const TypeInfo& type_info();
};

struct SecretVolumeSource {
  std::string secret_name;
  std::optional<int32_t> default_mode;
  std::optional<bool> optional;
  Opaque extra;  // items

  bool operator==(const SecretVolumeSource&) const = default;
  static const TypeInfo& type_info();
};

struct ConfigMapVolumeSource {
  std::string name;
  std::optional<int32_t> default_mode;
  std::optional<bool> optional;
  Opaque extra;  // items

  bool operator==(const ConfigMapVolumeSource&) const = default;
  static const TypeInfo& type_info();
};

struct Volume {
  std::string name;
  std::optional<PersistentVolumeClaimVolumeSource> persistent_volume_claim;
  std::optional<EmptyDirVolumeSource> empty_dir;
  std::optional<SecretVolumeSource> secret;
  std::optional<ConfigMapVolumeSource> config_map;
  Opaque extra;  // every other source

  bool operator==(const Volume&) const = default;
  static const TypeInfo& type_info();
};

struct Toleration {
  std::string key;
  std::string operator_;  // "", "Exists", "Equal"
  std::string value;
  TaintEffect effect = TaintEffect::kUnset;
  std::optional<int64_t> toleration_seconds;
  Opaque extra;

  bool operator==(const Toleration&) const = default;
  static const TypeInfo& type_info();
};

struct TopologySpreadConstraint {
  int32_t max_skew = 0;
  std::string topology_key;
  std::string when_unsatisfiable;  // "DoNotSchedule", "ScheduleAnyway"
  std::optional<LabelSelector> label_selector;
  std::optional<int32_t> min_domains;
  std::optional<std::string> node_affinity_policy;  // "Honor" (also when unset), "Ignore"
  std::optional<std::string> node_taints_policy;    // "Honor", "Ignore" (also when unset)
  std::vector<std::string> match_label_keys;
  Opaque extra;

  bool operator==(const TopologySpreadConstraint&) const = default;
  static const TypeInfo& type_info();
};

struct PodReadinessGate {
  std::string condition_type;
  Opaque extra;

  bool operator==(const PodReadinessGate&) const = default;
  static const TypeInfo& type_info();
};

struct PodSpec {
  std::vector<Volume> volumes;
  std::vector<Container> init_containers;
  std::vector<Container> containers;
  RestartPolicy restart_policy = RestartPolicy::kUnset;
  std::optional<int64_t> termination_grace_period_seconds;
  std::optional<int64_t> active_deadline_seconds;
  std::string dns_policy;
  StringMap node_selector;
  std::string service_account_name;
  std::string service_account;  // deprecated copy of service_account_name
  std::optional<bool> automount_service_account_token;
  std::string node_name;
  bool host_network = false;
  std::optional<PodSecurityContext> security_context;
  std::vector<LocalObjectReference> image_pull_secrets;
  std::string hostname;
  std::string subdomain;
  std::optional<Affinity> affinity;
  std::string scheduler_name;
  std::vector<Toleration> tolerations;
  std::string priority_class_name;
  std::optional<int32_t> priority;
  std::vector<PodReadinessGate> readiness_gates;
  std::optional<bool> enable_service_links;
  std::string preemption_policy;
  std::vector<TopologySpreadConstraint> topology_spread_constraints;
  Opaque extra;

  bool operator==(const PodSpec&) const = default;
  static const TypeInfo& type_info();
};

// The container of that name, or null.
const Container* find_container(const std::vector<Container>& containers, std::string_view name);
Container* find_container(std::vector<Container>& containers, std::string_view name);

}  // namespace sdbtwin::api
