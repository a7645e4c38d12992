// What faults of the traffic with the API server have in common.
#pragma once

#include <cstddef>
#include <string>

#include "faults/environment.h"

namespace sdbtwin::cluster {
class ApiServer;
struct Identity;
}  // namespace sdbtwin::cluster

namespace sdbtwin::faults {

// null: none runs.
cluster::ApiServer* server_of(const Environment& environment);

// `processes`: a glob, or "leader of x" (leader.h); empty: everybody.
bool fits(const Environment& environment, const std::string& processes,
          const cluster::Identity& client);

// Effect: the open watches of the processes that fit break. How many there were.
std::size_t break_watches(const Environment& environment, const std::string& processes);

}  // namespace sdbtwin::faults
