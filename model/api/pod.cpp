#include "model/api/pod.h"

#include <algorithm>
#include <array>
#include <utility>

#include "model/api/table.h"

namespace sdbtwin::api {

const TypeInfo& PodCondition::type_info() {
  using T = PodCondition;
  static constexpr FieldInfo kFields[] = {
      field<&T::type>("type").always().need(),
      field<&T::observed_generation>("observedGeneration"),
      field<&T::status>("status").always().need(),
      field<&T::last_probe_time>("lastProbeTime").always(),
      field<&T::last_transition_time>("lastTransitionTime").always(),
      field<&T::reason>("reason"),
      field<&T::message>("message"),
  };
  static constexpr TypeInfo kType = struct_type<T>("PodCondition", kFields);
  return kType;
}

const TypeInfo& ContainerStateWaiting::type_info() {
  using T = ContainerStateWaiting;
  static constexpr FieldInfo kFields[] = {
      field<&T::reason>("reason"),
      field<&T::message>("message"),
  };
  static constexpr TypeInfo kType = struct_type<T>("ContainerStateWaiting", kFields);
  return kType;
}

const TypeInfo& ContainerStateRunning::type_info() {
  using T = ContainerStateRunning;
  static constexpr FieldInfo kFields[] = {
      field<&T::started_at>("startedAt").always(),
  };
  static constexpr TypeInfo kType = struct_type<T>("ContainerStateRunning", kFields);
  return kType;
}

const TypeInfo& ContainerStateTerminated::type_info() {
  using T = ContainerStateTerminated;
  static constexpr FieldInfo kFields[] = {
      field<&T::exit_code>("exitCode").always(),
      field<&T::signal>("signal"),
      field<&T::reason>("reason"),
      field<&T::message>("message"),
      field<&T::started_at>("startedAt").always(),
      field<&T::finished_at>("finishedAt").always(),
      field<&T::container_id>("containerID"),
  };
  static constexpr TypeInfo kType = struct_type<T>("ContainerStateTerminated", kFields);
  return kType;
}

const TypeInfo& ContainerState::type_info() {
  using T = ContainerState;
  static constexpr FieldInfo kFields[] = {
      field<&T::waiting>("waiting"),
      field<&T::running>("running"),
      field<&T::terminated>("terminated"),
  };
  static constexpr TypeInfo kType = struct_type<T>("ContainerState", kFields);
  return kType;
}

const TypeInfo& ContainerStatus::type_info() {
  using T = ContainerStatus;
  static constexpr FieldInfo kFields[] = {
      field<&T::name>("name").always().need(),
      field<&T::state>("state").always(),
      field<&T::last_state>("lastState").always(),
      field<&T::ready>("ready").always(),
      field<&T::restart_count>("restartCount").always(),
      field<&T::image>("image").always(),
      field<&T::image_id>("imageID").always(),
      field<&T::container_id>("containerID"),
      field<&T::started>("started"),
      known("allocatedResources"),
      known("resources"),
      known("volumeMounts").list_map("mountPath"),
      known("user"),
      known("allocatedResourcesStatus").list_map("name"),
      known("stopSignal"),
  };
  static constexpr TypeInfo kType = struct_type<T>("ContainerStatus", kFields);
  return kType;
}

const TypeInfo& PodIp::type_info() {
  using T = PodIp;
  static constexpr FieldInfo kFields[] = {
      field<&T::ip>("ip").always(),
  };
  static constexpr TypeInfo kType = struct_type<T>("PodIP", kFields);
  return kType;
}

const TypeInfo& PodStatus::type_info() {
  using T = PodStatus;
  static constexpr FieldInfo kFields[] = {
      field<&T::observed_generation>("observedGeneration"),
      field<&T::phase>("phase"),
      field<&T::conditions>("conditions").list_map("type"),
      field<&T::message>("message"),
      field<&T::reason>("reason"),
      field<&T::nominated_node_name>("nominatedNodeName"),
      field<&T::host_ip>("hostIP"),
      field<&T::host_ips>("hostIPs").list_map("ip"),
      field<&T::pod_ip>("podIP"),
      field<&T::pod_ips>("podIPs").list_map("ip"),
      field<&T::start_time>("startTime"),
      field<&T::init_container_statuses>("initContainerStatuses"),
      field<&T::container_statuses>("containerStatuses"),
      field<&T::qos_class>("qosClass"),
      known("ephemeralContainerStatuses"),
      known("resize"),
      known("resourceClaimStatuses").list_map("name"),
      known("extendedResourceClaimStatus"),
  };
  static constexpr TypeInfo kType = struct_type<T>("PodStatus", kFields);
  return kType;
}

const TypeInfo& Pod::type_info() {
  using T = Pod;
  static constexpr FieldInfo kFields[] = {
      field<&T::spec>("spec").always(),
      field<&T::status>("status").always(),
  };
  static constexpr TypeInfo kType = struct_type<T>("Pod", kFields);
  return kType;
}

std::shared_ptr<Object> Pod::clone() const { return clone_of(*this); }

const TypeInfo& PodTemplateSpec::type_info() {
  using T = PodTemplateSpec;
  static constexpr FieldInfo kFields[] = {
      field<&T::metadata>("metadata").always(),
      field<&T::spec>("spec").always(),
  };
  static constexpr TypeInfo kType = struct_type<T>("PodTemplateSpec", kFields);
  return kType;
}

bool set_pod_condition(std::vector<PodCondition>& conditions, PodCondition condition,
                       Timestamp now) {
  auto found = std::ranges::find(conditions, condition.type, &PodCondition::type);
  if (found == conditions.end()) {
    condition.last_transition_time = now;
    conditions.push_back(std::move(condition));
    return true;
  }
  condition.last_transition_time =
      found->status == condition.status ? found->last_transition_time : now;
  if (*found == condition) return false;
  *found = std::move(condition);
  return true;
}

bool is_pod_ready(const Pod& pod) { return is_condition_true(*pod.status->conditions, kPodReady); }

bool is_pod_terminal(const Pod& pod) {
  const PodPhase phase = pod.status->phase;
  return phase == PodPhase::kSucceeded || phase == PodPhase::kFailed;
}

bool is_running_and_ready(const Pod& pod) {
  return pod.status->phase == PodPhase::kRunning && is_pod_ready(pod);
}

namespace {

constexpr std::array kQosResources = {std::string_view("cpu"), std::string_view("memory")};

bool is_positive(const ResourceList& list, std::string_view resource) {
  auto found = list.find(std::string(resource));
  return found != list.end() && found->second.milli().value_or(0) > 0;
}

// Limits of both resources are set, and requests are equal to them or left out.
bool is_guaranteed(const ResourceRequirements& resources) {
  for (std::string_view resource : kQosResources) {
    if (!is_positive(resources.limits, resource)) return false;
    auto request = resources.requests.find(std::string(resource));
    if (request == resources.requests.end()) continue;
    const Quantity& limit = resources.limits.at(std::string(resource));
    if (compare(request->second, limit) != 0) return false;
  }
  return true;
}

bool is_best_effort(const ResourceRequirements& resources) {
  for (std::string_view resource : kQosResources) {
    if (is_positive(resources.limits, resource)) return false;
    if (is_positive(resources.requests, resource)) return false;
  }
  return true;
}

}  // namespace

QosClass qos_class_of(const PodSpec& spec) {
  bool guaranteed = true;
  bool best_effort = true;
  for (const auto* containers : {&spec.init_containers, &spec.containers}) {
    for (const Container& container : *containers) {
      guaranteed = guaranteed && is_guaranteed(container.resources);
      best_effort = best_effort && is_best_effort(container.resources);
    }
  }
  if (best_effort) return QosClass::kBestEffort;
  return guaranteed ? QosClass::kGuaranteed : QosClass::kBurstable;
}

}  // namespace sdbtwin::api
