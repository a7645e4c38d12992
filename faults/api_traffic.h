// What faults of the traffic with the API server have in common.
#pragma once

#include <string>

#include "faults/environment.h"

namespace sdbtwin::cluster {
class ApiServer;
struct Identity;
}  // namespace sdbtwin::cluster

namespace sdbtwin::faults {

// null: none runs.
cluster::ApiServer* server_of(const Environment& environment);

// `processes`: a glob; empty: everybody.
bool fits(const std::string& processes, const cluster::Identity& client);

// Effect: the open watches of the processes that fit the glob break; empty: those of everybody.
void break_watches(const Environment& environment, const std::string& processes);

}  // namespace sdbtwin::faults
