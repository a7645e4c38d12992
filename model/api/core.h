// The plain kinds of core/v1: Namespace, Node, Service, Secret, ConfigMap, PersistentVolumeClaim,
// PersistentVolume, ServiceAccount, Event. Pods: pod.h.
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
#include "model/api/pod_spec.h"

namespace sdbtwin::api {

// core/v1 ObjectReference: names any object; all parts optional.
struct ObjectReference {
  std::string kind;
  std::string namespace_;
  std::string name;
  std::string uid;
  std::string api_version;
  std::string resource_version;
  std::string field_path;
  Opaque extra;

  bool operator==(const ObjectReference&) const = default;
  static const TypeInfo& type_info();
};

// []byte of Secret.data and ConfigMap.binaryData: base64 in JSON.
struct Bytes {
  std::string raw;

  bool operator==(const Bytes&) const = default;
};
using BytesMap = std::map<std::string, Bytes>;

// ---- Namespace

enum class NamespacePhase : uint8_t { kUnset, kActive, kTerminating };
template <>
struct EnumNames<NamespacePhase> {
  static constexpr std::array<std::string_view, 3> kNames{"", "Active", "Terminating"};
};

struct NamespaceSpec {
  std::vector<std::string> finalizers;
  Opaque extra;

  bool operator==(const NamespaceSpec&) const = default;
  static const TypeInfo& type_info();
};

struct NamespaceStatus {
  NamespacePhase phase = NamespacePhase::kUnset;
  Opaque extra;

  bool operator==(const NamespaceStatus&) const = default;
  static const TypeInfo& type_info();
};

struct Namespace final : Object {
  static constexpr Kind kKind = Kind::kNamespace;
  Shared<NamespaceSpec> spec;
  Shared<NamespaceStatus> status;
  Opaque extra;

  Namespace() : Object(kKind) {}
  std::shared_ptr<Object> clone() const override;
  static const TypeInfo& type_info();
};

// ---- Node

struct Taint {
  std::string key;
  std::string value;
  TaintEffect effect = TaintEffect::kUnset;
  std::optional<Timestamp> time_added;
  Opaque extra;

  bool operator==(const Taint&) const = default;
  static const TypeInfo& type_info();
};

struct NodeSpec {
  std::string provider_id;
  bool unschedulable = false;
  std::vector<Taint> taints;
  Opaque extra;

  bool operator==(const NodeSpec&) const = default;
  static const TypeInfo& type_info();
};

struct NodeAddress {
  std::string type;
  std::string address;
  Opaque extra;

  bool operator==(const NodeAddress&) const = default;
  static const TypeInfo& type_info();
};

struct AttachedVolume {
  std::string name;
  std::string device_path;
  Opaque extra;

  bool operator==(const AttachedVolume&) const = default;
  static const TypeInfo& type_info();
};

struct NodeStatus {
  Shared<ResourceList> capacity;
  Shared<ResourceList> allocatable;
  Shared<std::vector<StatusCondition>> conditions;
  Shared<std::vector<NodeAddress>> addresses;
  std::vector<std::string> volumes_in_use;
  std::vector<AttachedVolume> volumes_attached;
  Opaque extra;

  bool operator==(const NodeStatus&) const = default;
  static const TypeInfo& type_info();
};

struct Node final : Object {
  static constexpr Kind kKind = Kind::kNode;
  Shared<NodeSpec> spec;
  Shared<NodeStatus> status;
  Opaque extra;

  Node() : Object(kKind) {}
  std::shared_ptr<Object> clone() const override;
  static const TypeInfo& type_info();
};

// ---- Service

struct ServicePort {
  std::string name;
  std::string protocol;
  std::optional<std::string> app_protocol;
  int32_t port = 0;
  IntOrString target_port;
  int32_t node_port = 0;
  Opaque extra;

  bool operator==(const ServicePort&) const = default;
  static const TypeInfo& type_info();
};

struct ServiceSpec {
  std::vector<ServicePort> ports;
  StringMap selector;
  std::string cluster_ip;  // "None": headless
  std::string type;
  bool publish_not_ready_addresses = false;
  Opaque extra;

  bool operator==(const ServiceSpec&) const = default;
  static const TypeInfo& type_info();
};

struct Service final : Object {
  static constexpr Kind kKind = Kind::kService;
  Shared<ServiceSpec> spec;
  Value status;
  Opaque extra;

  Service() : Object(kKind) {}
  std::shared_ptr<Object> clone() const override;
  static const TypeInfo& type_info();
};

// ---- Secret, ConfigMap, ServiceAccount

struct Secret final : Object {
  static constexpr Kind kKind = Kind::kSecret;
  std::optional<bool> immutable;
  Shared<BytesMap> data;
  Shared<StringMap> string_data;  // write only: the server moves it to data
  std::string type;
  Opaque extra;

  Secret() : Object(kKind) {}
  std::shared_ptr<Object> clone() const override;
  static const TypeInfo& type_info();
};

struct ConfigMap final : Object {
  static constexpr Kind kKind = Kind::kConfigMap;
  std::optional<bool> immutable;
  Shared<StringMap> data;
  Shared<BytesMap> binary_data;
  Opaque extra;

  ConfigMap() : Object(kKind) {}
  std::shared_ptr<Object> clone() const override;
  static const TypeInfo& type_info();
};

struct ServiceAccount final : Object {
  static constexpr Kind kKind = Kind::kServiceAccount;
  std::vector<ObjectReference> secrets;
  std::vector<LocalObjectReference> image_pull_secrets;
  std::optional<bool> automount_service_account_token;
  Opaque extra;

  ServiceAccount() : Object(kKind) {}
  std::shared_ptr<Object> clone() const override;
  static const TypeInfo& type_info();
};

// ---- PersistentVolumeClaim, PersistentVolume

enum class ClaimPhase : uint8_t { kUnset, kPending, kBound, kLost };
template <>
struct EnumNames<ClaimPhase> {
  static constexpr std::array<std::string_view, 4> kNames{"", "Pending", "Bound", "Lost"};
};

enum class VolumePhase : uint8_t { kUnset, kPending, kAvailable, kBound, kReleased, kFailed };
template <>
struct EnumNames<VolumePhase> {
  static constexpr std::array<std::string_view, 6> kNames{"",      "Pending",  "Available",
                                                          "Bound", "Released", "Failed"};
};

enum class ReclaimPolicy : uint8_t { kUnset, kRetain, kDelete, kRecycle };
template <>
struct EnumNames<ReclaimPolicy> {
  static constexpr std::array<std::string_view, 4> kNames{"", "Retain", "Delete", "Recycle"};
};

struct PersistentVolumeClaimSpec {
  std::vector<std::string> access_modes;  // "ReadWriteOnce", ...
  std::optional<LabelSelector> selector;
  ResourceRequirements resources;
  std::string volume_name;
  std::optional<std::string> storage_class_name;  // "" is not the same as absent
  std::optional<std::string> volume_mode;
  Opaque extra;

  bool operator==(const PersistentVolumeClaimSpec&) const = default;
  static const TypeInfo& type_info();
};

struct PersistentVolumeClaimStatus {
  ClaimPhase phase = ClaimPhase::kUnset;
  std::vector<std::string> access_modes;
  ResourceList capacity;
  std::vector<StatusCondition> conditions;
  Opaque extra;

  bool operator==(const PersistentVolumeClaimStatus&) const = default;
  static const TypeInfo& type_info();
};

struct PersistentVolumeClaim final : Object {
  static constexpr Kind kKind = Kind::kPersistentVolumeClaim;
  Shared<PersistentVolumeClaimSpec> spec;
  Shared<PersistentVolumeClaimStatus> status;
  Opaque extra;

  PersistentVolumeClaim() : Object(kKind) {}
  std::shared_ptr<Object> clone() const override;
  static const TypeInfo& type_info();
};

struct PersistentVolumeSpec {
  ResourceList capacity;
  std::vector<std::string> access_modes;
  std::optional<ObjectReference> claim_ref;
  ReclaimPolicy persistent_volume_reclaim_policy = ReclaimPolicy::kUnset;
  std::string storage_class_name;
  std::optional<std::string> volume_mode;
  std::optional<VolumeNodeAffinity> node_affinity;
  Opaque extra;  // the volume's source: csi, hostPath, ...

  bool operator==(const PersistentVolumeSpec&) const = default;
  static const TypeInfo& type_info();
};

struct PersistentVolumeStatus {
  VolumePhase phase = VolumePhase::kUnset;
  std::string message;
  std::string reason;
  Opaque extra;

  bool operator==(const PersistentVolumeStatus&) const = default;
  static const TypeInfo& type_info();
};

struct PersistentVolume final : Object {
  static constexpr Kind kKind = Kind::kPersistentVolume;
  Shared<PersistentVolumeSpec> spec;
  Shared<PersistentVolumeStatus> status;
  Opaque extra;

  PersistentVolume() : Object(kKind) {}
  std::shared_ptr<Object> clone() const override;
  static const TypeInfo& type_info();
};

// ---- Event

struct EventSource {
  std::string component;
  std::string host;
  Opaque extra;

  bool operator==(const EventSource&) const = default;
  static const TypeInfo& type_info();
};

struct Event final : Object {
  static constexpr Kind kKind = Kind::kEvent;
  ObjectReference involved_object;
  std::string reason;
  std::string message;
  EventSource source;
  std::optional<Timestamp> first_timestamp;
  std::optional<Timestamp> last_timestamp;
  int32_t count = 0;
  std::string type;  // "Normal", "Warning"
  std::optional<MicroTime> event_time;
  std::string action;
  std::string reporting_component;
  std::string reporting_instance;
  Opaque extra;

  Event() : Object(kKind) {}
  std::shared_ptr<Object> clone() const override;
  static const TypeInfo& type_info();
};

}  // namespace sdbtwin::api
