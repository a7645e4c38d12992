// The DatabaseClient of the twin: statements travel to the Fleet and back in time.
#pragma once

#include <memory>
#include <string>

#include "model/singlestore/fleet.h"
#include "model/sql/client.h"
#include "sim/core/distribution.h"
#include "sim/core/runtime.h"

namespace sdbtwin::singlestore {

// `runtime` is the asking process's and outlives the client. Traces query-answered there.
std::unique_ptr<sql::DatabaseClient> make_fleet_client(sim::Runtime& runtime, std::string name,
                                                       std::shared_ptr<FleetLink> link,
                                                       sim::Distribution one_way);

}  // namespace sdbtwin::singlestore
