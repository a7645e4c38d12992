// The Ops-manager: carries out SinglestoreOpsRequests (UpdateVersion, Restart).
//
// One process. It sees an API server and a database, and knows nothing of what is behind them.
// All progress is in the requests' status: a new one continues where a dead one stopped.
#pragma once

#include <memory>

#include "controller/kit/leadership.h"
#include "controller/kit/operator.h"
#include "controller/ops_manager/options.h"
#include "model/api/client.h"
#include "model/sql/client.h"
#include "sim/core/runtime.h"

namespace sdbtwin::ops_manager {

// Starts at once; works when its caches have synced and it leads. `leadership` null: it leads from
// the start.
std::unique_ptr<kit::Operator> make_ops_manager(
    sim::Runtime& runtime, std::unique_ptr<api::Client> client,
    std::unique_ptr<sql::DatabaseClient> database_client, OpsManagerOptions options = {},
    std::unique_ptr<kit::Leadership> leadership = nullptr);

}  // namespace sdbtwin::ops_manager
