// Whether nodes can fail in a scenario, so far as anybody could notice. Pure.
#pragma once

#include "scenarios/spec/scenario.h"
#include "sim/core/time.h"

namespace sdbtwin::scenarios {

// Kubelets have heartbeats in this run, and there are controllers that watch them. With
// `heartbeats: auto` that is so when the scenario has
// - a fault nodeDown or nodeCutOff;
// - faults that kill or pause kubelets, for good or together for 30 s or longer: less is not
// noticed
//   within a grace of 50 s, of which a renewal takes 10 s;
// - a fault that kills or pauses one of those controllers, or concerns writes of Leases or Nodes;
// - a fault of the API server's traffic (apiOutage, watchStall, watchBreak, staleCache) that meets
//   kubelets or those controllers for 30 s or longer;
// - an action that changes, deletes or brings a Node.
bool has_heartbeats(const Scenario& scenario);

// How long some kubelet may be away at most, in all; what its node should end waits as long.
sim::Duration longest_outage(const Scenario& scenario);

}  // namespace sdbtwin::scenarios
