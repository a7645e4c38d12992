// The settings sections of a scenario's spec: cluster, database, policy, invariants.
// Each reader changes what the file gives and leaves the rest as it is.
#pragma once

#include <string>
#include <vector>

#include "scenarios/spec/settings.h"
#include "scenarios/text/map_reader.h"

namespace sdbtwin::scenarios {

void read_cluster(MapReader& spec, ClusterSettings& cluster);
void read_database(MapReader& spec, DatabaseSettings& database);
void read_workload(MapReader& spec, WorkloadSettings& workload);
void read_operators(MapReader& spec, OperatorsSettings& operators);
void read_policy(MapReader& spec, PolicySettings& policy);
// Fills the names of the invariants that are switched off.
void read_invariants(MapReader& spec, std::vector<std::string>& disabled);

}  // namespace sdbtwin::scenarios
