// What a kubelet reports of a pod: phase, conditions and container statuses, computed from the
// pod's spec and what is on the node (kubernetes.md 3.1). Pure. Only the kubelet's own parts of the
// status are made; conditions of others are left alone.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/api/pod.h"
#include "model/api/value.h"
#include "model/cluster/node/node_machine.h"
#include "sim/core/time.h"

namespace sdbtwin::cluster {

// Why a container does not run, as the kubelet remembers it.
struct WaitingReason {
  std::string reason;
  std::string message;
};

// What the kubelet knows besides what is on the node. Keys are container names.
struct PodObservation {
  const NodeMachine::Pod* on_node = nullptr;  // null: nothing of the pod is here
  std::map<std::string, WaitingReason, std::less<>> waiting;
  std::map<std::string, bool, std::less<>> ready;    // by probe; absent: no readiness probe
  std::map<std::string, bool, std::less<>> started;  // by probe; absent: no startup probe
  bool terminated = false;  // all containers are gone for good: the phase becomes terminal
  // Set: the kubelet has ended the pod (rejected, evicted); it is Failed whatever its containers
  // say.
  std::optional<WaitingReason> failed;
  bool disrupted = false;  // that was for the node's sake: condition DisruptionTarget
};

bool is_sidecar(const api::Container& init_container);

// The status that `pod` should have now; starts from the status that it has.
api::PodStatus make_pod_status(const api::Pod& pod, const PodObservation& seen,
                               std::string_view host_ip, sim::Time now);

// The body of the strategic merge patch that takes `from` to `to`, uid included; null: no
// difference.
api::Value status_patch(std::string_view uid, const api::PodStatus& from, const api::PodStatus& to);

}  // namespace sdbtwin::cluster
