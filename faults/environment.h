// What faults act on and look at: pointers into the world of a run. Filled by whoever composes the
// run; everything outlives the injector. A null pointer: the run has none of it, and what needs it
// never finds anything to strike.
#pragma once

#include <vector>

#include "model/cluster/node/disk_array.h"
#include "model/cluster/node/node_machine.h"
#include "model/cluster/server/api_server_client.h"
#include "model/singlestore/fleet.h"
#include "model/store/store.h"
#include "sim/engine/simulation.h"

namespace sdbtwin::faults {

class RegistryOutage;

struct Environment {
  sim::Simulation* simulation = nullptr;  // never null
  cluster::ApiEndpoint* api = nullptr;
  const store::Store* store = nullptr;
  singlestore::Fleet* fleet = nullptr;
  RegistryOutage* registry = nullptr;
  cluster::DiskArray* disks = nullptr;
  std::vector<cluster::NodeMachine*> machines;
};

}  // namespace sdbtwin::faults
