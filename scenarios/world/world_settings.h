// A scenario's settings in the terms of the parts that a Cluster is made of. Pure.
#pragma once

#include "invariants/invariant.h"
#include "model/cluster/node/image_registry.h"
#include "model/cluster/timing/latency.h"
#include "model/cluster/timing/timings.h"
#include "model/singlestore/fleet.h"
#include "scenarios/spec/scenario.h"

namespace sdbtwin::scenarios {

cluster::ApiLatency latency_of(const ClusterSettings& cluster);
cluster::Timings timings_of(const ClusterSettings& cluster);
singlestore::FleetSettings fleet_settings_of(const Scenario& scenario);
cluster::ImageTable images_of(const Scenario& scenario);
invariants::Settings invariant_settings_of(const Scenario& scenario);

}  // namespace sdbtwin::scenarios
