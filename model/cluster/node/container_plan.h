// Which containers of a pod are to be started now, or later: init containers one after the other,
// then all others; ended ones as the restart policy and the back-off say (kubernetes.md 3.1, 3.2).
// A decision without effects.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/api/pod.h"
#include "model/cluster/node/node_machine.h"
#include "model/cluster/node/retry_backoff.h"
#include "sim/core/time.h"

namespace sdbtwin::cluster {

using Backoffs = std::map<std::string, RetryBackoff, std::less<>>;  // by container

struct ContainerPlan {
  struct Start {
    const api::Container* container;
    bool init = false;
  };
  std::vector<Start> start;
  std::vector<std::string> backing_off;
  std::optional<sim::Time> next;  // when the first of those may start
};

using Started = std::map<std::string, bool, std::less<>>;  // by container that has a startup probe

// `observed`: null while nothing of the pod is on the node. `started`: what startup probes say; a
// sidecar must have passed its own before the next container begins.
ContainerPlan plan_containers(const api::PodSpec& spec, const NodeMachine::Pod* observed,
                              const Backoffs& backoffs, sim::Time now, const Started& started = {});

}  // namespace sdbtwin::cluster
