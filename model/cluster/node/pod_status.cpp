#include "model/cluster/node/pod_status.h"

#include <algorithm>
#include <utility>

#include "model/api/codec.h"

namespace sdbtwin::cluster {
namespace {

using api::ConditionStatus;
using api::PodPhase;

using Run = NodeMachine::Run;

api::ContainerStateTerminated terminated_state(const Run& run) {
  api::ContainerStateTerminated state;
  state.exit_code = run.exit_code;
  state.reason = run.exit_code == 0 ? "Completed" : "Error";
  state.started_at = api::ClusterTime::at(run.started_at);
  state.finished_at = api::ClusterTime::at(run.finished_at.value_or(run.started_at));
  state.container_id = "containerd://" + std::to_string(run.id);
  return state;
}

class StatusMaker {
 public:
  StatusMaker(const api::Pod& pod, const PodObservation& seen, sim::Time now)
      : pod_(pod), seen_(seen), now_(api::ClusterTime::at(now)) {}

  api::PodStatus run(std::string_view host_ip) {
    status_ = *pod_.status;
    init_ = statuses(pod_.spec->init_containers, true);
    main_ = statuses(pod_.spec->containers, false);
    status_.phase = phase();
    status_.host_ip = host_ip;
    if (!status_.start_time) status_.start_time = now_;
    if (seen_.failed) {
      status_.reason = seen_.failed->reason;
      status_.message = seen_.failed->message;
    }
    if (seen_.on_node != nullptr && !seen_.on_node->ip.empty()) {
      status_.pod_ip = seen_.on_node->ip;
      api::PodIp ip;
      ip.ip = seen_.on_node->ip;
      status_.pod_ips = std::vector<api::PodIp>{ip};
    }
    conditions();
    assign(status_.init_container_statuses, std::move(init_));
    assign(status_.container_statuses, std::move(main_));
    return std::move(status_);
  }

 private:
  using Statuses = std::vector<api::ContainerStatus>;

  // Keeps the old part when nothing changed, so that versions share it.
  static void assign(api::Shared<Statuses>& part, Statuses&& fresh) {
    if (*part != fresh) part = std::move(fresh);
  }

  const NodeMachine::Container* on_node(std::string_view name) const {
    return seen_.on_node == nullptr ? nullptr : seen_.on_node->find(name);
  }

  bool flag(const std::map<std::string, bool, std::less<>>& flags, std::string_view name,
            bool fallback) const {
    const auto found = flags.find(name);
    return found == flags.end() ? fallback : found->second;
  }

  void fill_waiting(api::ContainerStatus& status) const {
    api::ContainerStateWaiting& waiting = status.state.waiting.emplace();
    const auto why = seen_.waiting.find(status.name);
    if (why != seen_.waiting.end()) {
      waiting.reason = why->second.reason;
      waiting.message = why->second.message;
    } else {
      waiting.reason = pod_.spec->init_containers.empty() ? "ContainerCreating" : "PodInitializing";
    }
  }

  void fill_from_run(api::ContainerStatus& status, const NodeMachine::Container& container,
                     bool init) const {
    const Run& run = *container.current;
    status.restart_count = container.restart_count;
    status.container_id = "containerd://" + std::to_string(run.id);
    status.image_id = run.image;
    if (container.previous) status.last_state.terminated = terminated_state(*container.previous);
    if (run.running()) {
      status.state.running.emplace().started_at = api::ClusterTime::at(run.started_at);
      status.started = flag(seen_.started, status.name, true);
      status.ready = !init && *status.started && flag(seen_.ready, status.name, true);
    } else if (!seen_.terminated && seen_.waiting.contains(status.name)) {
      fill_waiting(status);  // back-off
      status.last_state.terminated = terminated_state(run);
    } else {
      status.state.terminated = terminated_state(run);
      status.ready = init && run.exit_code == 0;
    }
  }

  Statuses statuses(const std::vector<api::Container>& containers, bool init) const {
    Statuses made;
    for (const api::Container& container : containers) {
      api::ContainerStatus status;
      status.name = container.name;
      status.image = container.image;
      status.started = false;
      const NodeMachine::Container* found = on_node(container.name);
      if (found != nullptr && found->current) {
        fill_from_run(status, *found, init && !is_sidecar(container));
      } else if (seen_.terminated) {
        fill_never_started(status);
      } else {
        fill_waiting(status);
      }
      made.push_back(std::move(status));
    }
    return made;
  }

  // A container of a pod that ended before it could start counts as failed.
  static void fill_never_started(api::ContainerStatus& status) {
    api::ContainerStateTerminated& state = status.state.terminated.emplace();
    state.exit_code = 137;
    state.reason = "ContainerStatusUnknown";
    state.message = "The container could not be located when the pod was terminated";
  }

  bool init_done(const api::Container& container, const api::ContainerStatus& status) const {
    if (is_sidecar(container)) return status.state.running && status.started.value_or(false);
    return status.state.terminated && status.state.terminated->exit_code == 0;
  }

  std::vector<std::string> incomplete_init() const {
    std::vector<std::string> names;
    const auto& containers = pod_.spec->init_containers;
    for (size_t index = 0; index < containers.size(); ++index) {
      if (!init_done(containers[index], init_[index])) names.push_back(containers[index].name);
    }
    return names;
  }

  PodPhase terminal_phase() const {
    const bool good = std::all_of(main_.begin(), main_.end(), [](const api::ContainerStatus& s) {
      return s.state.terminated && s.state.terminated->exit_code == 0;
    });
    return good ? PodPhase::kSucceeded : PodPhase::kFailed;
  }

  // Terminal phases never go back.
  PodPhase phase() const {
    if (api::is_pod_terminal(pod_)) return pod_.status->phase;
    if (seen_.failed) return PodPhase::kFailed;
    if (seen_.terminated) return terminal_phase();
    const api::RestartPolicy policy = pod_.spec->restart_policy;
    if (!incomplete_init().empty()) {
      const bool over = policy == api::RestartPolicy::kNever &&
                        std::any_of(init_.begin(), init_.end(), [](const auto& status) {
                          return status.state.terminated && status.state.terminated->exit_code != 0;
                        });
      return over ? PodPhase::kFailed : PodPhase::kPending;
    }
    return phase_of_main(policy);
  }

  PodPhase phase_of_main(api::RestartPolicy policy) const {
    bool running = false;
    bool failed = false;
    for (const api::ContainerStatus& status : main_) {
      if (status.state.waiting && !status.last_state.terminated) return PodPhase::kPending;
      running = running || status.state.running;
      failed = failed || !status.state.terminated || status.state.terminated->exit_code != 0;
    }
    if (running || policy == api::RestartPolicy::kAlways || policy == api::RestartPolicy::kUnset) {
      return PodPhase::kRunning;
    }
    if (!failed) return PodPhase::kSucceeded;
    return policy == api::RestartPolicy::kNever ? PodPhase::kFailed : PodPhase::kRunning;
  }

  static std::string join(const std::vector<std::string>& names) {
    std::string text = "[";
    for (const std::string& name : names) {
      if (text.size() > 1) text += ' ';
      text += name;
    }
    return text + "]";
  }

  void set(std::string_view type, bool holds, std::string reason = "", std::string message = "") {
    api::PodCondition condition;
    condition.type = type;
    condition.status = holds ? ConditionStatus::kTrue : ConditionStatus::kFalse;
    condition.reason = std::move(reason);
    condition.message = std::move(message);
    const auto* old = api::find_condition(*status_.conditions, type);
    if (old != nullptr && old->status == condition.status && old->reason == condition.reason &&
        old->message == condition.message) {
      return;
    }
    api::set_pod_condition(status_.conditions.edit(), std::move(condition), now_);
  }

  void conditions() {
    set(api::kPodReadyToStartContainers,
        seen_.on_node != nullptr && !seen_.on_node->ip.empty() && !seen_.terminated);
    const bool succeeded = status_.phase == PodPhase::kSucceeded;
    const std::vector<std::string> incomplete = incomplete_init();
    if (succeeded) {
      set(api::kPodInitialized, true, "PodCompleted");
    } else if (incomplete.empty()) {
      set(api::kPodInitialized, true);
    } else {
      set(api::kPodInitialized, false, "ContainersNotInitialized",
          "containers with incomplete status: " + join(incomplete));
    }
    const auto [reason, message] = why_not_ready();
    set(api::kContainersReady, reason.empty(), reason, message);
    if (seen_.failed && seen_.disrupted)
      set(api::kDisruptionTarget, true, "TerminationByKubelet", seen_.failed->message);
    set_ready(reason, message);
    if (api::find_condition(*status_.conditions, api::kPodScheduled) == nullptr)
      set(api::kPodScheduled, true);
  }

  void set_ready(const std::string& reason, const std::string& message) {
    if (!reason.empty()) return set(api::kPodReady, false, reason, message);
    for (const api::PodReadinessGate& gate : pod_.spec->readiness_gates) {
      if (api::is_condition_true(*status_.conditions, gate.condition_type)) continue;
      return set(api::kPodReady, false, "ReadinessGatesNotReady",
                 "the status of pod readiness gate \"" + gate.condition_type +
                     "\" is not \"True\", but False");
    }
    set(api::kPodReady, true);
  }

  // Reason and message; both empty when all containers are ready.
  std::pair<std::string, std::string> why_not_ready() const {
    if (status_.phase == PodPhase::kSucceeded) return {"PodCompleted", ""};
    if (status_.phase == PodPhase::kFailed) return {"PodFailed", ""};
    std::vector<std::string> unready;
    const auto& inits = pod_.spec->init_containers;
    for (size_t index = 0; index < inits.size(); ++index) {
      if (is_sidecar(inits[index]) && !init_[index].ready) unready.push_back(inits[index].name);
    }
    for (const api::ContainerStatus& status : main_) {
      if (!status.ready) unready.push_back(status.name);
    }
    if (unready.empty()) return {};
    return {"ContainersNotReady", "containers with unready status: " + join(unready)};
  }

  const api::Pod& pod_;
  const PodObservation& seen_;
  api::Timestamp now_;
  api::PodStatus status_;
  Statuses init_;
  Statuses main_;
};

bool is_own_condition(std::string_view type) {
  return type == api::kPodReady || type == api::kContainersReady || type == api::kPodInitialized ||
         type == api::kPodReadyToStartContainers || type == api::kPodScheduled ||
         type == api::kDisruptionTarget;
}

template <class T>
api::Value encode_list(const std::vector<T>& items) {
  api::Value::Array encoded;
  for (const T& item : items) encoded.push_back(api::struct_to_value(item));
  return api::Value(std::move(encoded));
}

api::Value changed_conditions(const api::PodStatus& from, const api::PodStatus& to) {
  api::Value::Array changed;
  for (const api::PodCondition& condition : *to.conditions) {
    if (!is_own_condition(condition.type)) continue;
    const auto* old = api::find_condition(*from.conditions, condition.type);
    if (old == nullptr || !(*old == condition)) changed.push_back(api::struct_to_value(condition));
  }
  return api::Value(std::move(changed));
}

}  // namespace

bool is_sidecar(const api::Container& init_container) {
  return init_container.restart_policy == "Always";
}

api::PodStatus make_pod_status(const api::Pod& pod, const PodObservation& seen,
                               std::string_view host_ip, sim::Time now) {
  StatusMaker maker(pod, seen, now);
  return maker.run(host_ip);
}

api::Value status_patch(std::string_view uid, const api::PodStatus& from,
                        const api::PodStatus& to) {
  api::Value::Object status;
  if (from.phase != to.phase) status["phase"] = api::to_string(to.phase);
  if (from.reason != to.reason) status["reason"] = to.reason;
  if (from.message != to.message) status["message"] = to.message;
  if (from.host_ip != to.host_ip) status["hostIP"] = to.host_ip;
  if (from.pod_ip != to.pod_ip) status["podIP"] = to.pod_ip;
  if (!(from.pod_ips == to.pod_ips)) status["podIPs"] = encode_list(*to.pod_ips);
  if (from.start_time != to.start_time) status["startTime"] = api::to_string(*to.start_time);
  if (!(from.init_container_statuses == to.init_container_statuses))
    status["initContainerStatuses"] = encode_list(*to.init_container_statuses);
  if (!(from.container_statuses == to.container_statuses))
    status["containerStatuses"] = encode_list(*to.container_statuses);
  const api::Value conditions = changed_conditions(from, to);
  if (conditions.size() > 0) status["conditions"] = conditions;
  if (status.empty()) return nullptr;
  const api::Value metadata = api::Value::object({{"uid", uid}});
  return api::Value::object({{"metadata", metadata}, {"status", api::Value(std::move(status))}});
}

}  // namespace sdbtwin::cluster
