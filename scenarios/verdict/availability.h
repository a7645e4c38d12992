// What the application saw, from the client log of the database: outages of each database and of
// each partition, and totals. Databases that the twin keeps for itself are left out.
#pragma once

#include "model/singlestore/workload.h"
#include "scenarios/verdict/result.h"

namespace sdbtwin::scenarios {

// Effect: what the clients of this cluster ("namespace/name") saw is added to the result.
void describe_clients(const std::string& cluster, const singlestore::ClientLog& log, sim::Time end,
                      RunResult& result);

}  // namespace sdbtwin::scenarios
