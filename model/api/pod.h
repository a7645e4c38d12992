// Pod, its status, and the pod template of a workload (core/v1).
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

namespace sdbtwin::api {

enum class PodPhase : uint8_t { kUnset, kPending, kRunning, kSucceeded, kFailed, kUnknown };
template <>
struct EnumNames<PodPhase> {
  static constexpr std::array<std::string_view, 6> kNames{"",          "Pending", "Running",
                                                          "Succeeded", "Failed",  "Unknown"};
};

enum class QosClass : uint8_t { kUnset, kGuaranteed, kBurstable, kBestEffort };
template <>
struct EnumNames<QosClass> {
  static constexpr std::array<std::string_view, 4> kNames{"", "Guaranteed", "Burstable",
                                                          "BestEffort"};
};

struct PodCondition {
  std::string type;  // kPodReady, ...
  int64_t observed_generation = 0;
  ConditionStatus status = ConditionStatus::kUnset;
  std::optional<Timestamp> last_probe_time;  // written as null, as the server does
  std::optional<Timestamp> last_transition_time;
  std::string reason;
  std::string message;
  Opaque extra;

  bool operator==(const PodCondition&) const = default;
  static const TypeInfo& type_info();
};

inline constexpr std::string_view kPodReady = "Ready";
inline constexpr std::string_view kContainersReady = "ContainersReady";
inline constexpr std::string_view kPodInitialized = "Initialized";
inline constexpr std::string_view kPodScheduled = "PodScheduled";
inline constexpr std::string_view kPodReadyToStartContainers = "PodReadyToStartContainers";
inline constexpr std::string_view kDisruptionTarget = "DisruptionTarget";

struct ContainerStateWaiting {
  std::string reason;  // "ContainerCreating", "CrashLoopBackOff", ...
  std::string message;
  Opaque extra;

  bool operator==(const ContainerStateWaiting&) const = default;
  static const TypeInfo& type_info();
};

struct ContainerStateRunning {
  std::optional<Timestamp> started_at;
  Opaque extra;

  bool operator==(const ContainerStateRunning&) const = default;
  static const TypeInfo& type_info();
};

struct ContainerStateTerminated {
  int32_t exit_code = 0;
  int32_t signal = 0;
  std::string reason;
  std::string message;
  std::optional<Timestamp> started_at;
  std::optional<Timestamp> finished_at;
  std::string container_id;
  Opaque extra;

  bool operator==(const ContainerStateTerminated&) const = default;
  static const TypeInfo& type_info();
};

// At most one is set; none means waiting.
struct ContainerState {
  std::optional<ContainerStateWaiting> waiting;
  std::optional<ContainerStateRunning> running;
  std::optional<ContainerStateTerminated> terminated;
  Opaque extra;

  bool operator==(const ContainerState&) const = default;
  static const TypeInfo& type_info();
};

struct ContainerStatus {
  std::string name;
  ContainerState state;
  ContainerState last_state;
  bool ready = false;
  int32_t restart_count = 0;
  std::string image;
  std::string image_id;
  std::string container_id;
  std::optional<bool> started;
  Opaque extra;

  bool operator==(const ContainerStatus&) const = default;
  static const TypeInfo& type_info();
};

struct PodIp {
  std::string ip;
  Opaque extra;

  bool operator==(const PodIp&) const = default;
  static const TypeInfo& type_info();
};

// The lists are shared, because most new versions of a pod change one of them or none.
struct PodStatus {
  int64_t observed_generation = 0;
  PodPhase phase = PodPhase::kUnset;
  Shared<std::vector<PodCondition>> conditions;
  std::string message;
  std::string reason;
  std::string nominated_node_name;
  std::string host_ip;
  Shared<std::vector<PodIp>> host_ips;
  std::string pod_ip;
  Shared<std::vector<PodIp>> pod_ips;
  std::optional<Timestamp> start_time;
  Shared<std::vector<ContainerStatus>> init_container_statuses;
  Shared<std::vector<ContainerStatus>> container_statuses;
  QosClass qos_class = QosClass::kUnset;
  Opaque extra;

  bool operator==(const PodStatus&) const = default;
  static const TypeInfo& type_info();
};

struct Pod final : Object {
  static constexpr Kind kKind = Kind::kPod;
  Shared<PodSpec> spec;
  Shared<PodStatus> status;
  Opaque extra;

  Pod() : Object(kKind) {}
  std::shared_ptr<Object> clone() const override;
  static const TypeInfo& type_info();
};

struct PodTemplateSpec {
  ObjectMeta metadata;
  PodSpec spec;
  Opaque extra;

  bool operator==(const PodTemplateSpec&) const = default;
  static const TypeInfo& type_info();
};

// The condition's transition time moves only when its status does (podutil.UpdatePodCondition).
// False: nothing changed.
bool set_pod_condition(std::vector<PodCondition>& conditions, PodCondition condition,
                       Timestamp now);

bool is_pod_ready(const Pod& pod);     // condition Ready is True
bool is_pod_terminal(const Pod& pod);  // phase Succeeded or Failed
bool is_running_and_ready(const Pod& pod);
QosClass qos_class_of(const PodSpec& spec);  // by requests and limits of all containers

}  // namespace sdbtwin::api
