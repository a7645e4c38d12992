// OpsReconciler: one pass over a SinglestoreOpsRequest, or over a Singlestore that a request may
// have left behind (janitor.h).
//
// A pass is observe, plan, execute, repeated while the plan says "now". Between passes nothing is
// kept that matters. Names: requests by their own, databases by theirs; one database is worked on
// by one pass at a time.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "controller/kit/reconciler.h"
#include "controller/ops_manager/executor.h"
#include "controller/ops_manager/janitor.h"
#include "controller/ops_manager/observer.h"
#include "controller/ops_manager/options.h"
#include "controller/ops_manager/starter.h"
#include "model/sql/client.h"

namespace sdbtwin::ops_manager {

class OpsReconciler final : public kit::Reconciler {
 public:
  // All outlive it. `options.planner` is set.
  OpsReconciler(kit::Manager& manager, sql::DatabaseClient& database_client,
                client::EventRecorder& recorder, const OpsManagerOptions& options);

  sim::Task<api::Result<kit::Outcome>> reconcile(api::ObjectRef ref) override;

 private:
  using Result = api::Result<kit::Outcome>;

  // Holds a database for the length of a pass: kubedb.md 4.3 item 3, the mutex of one process.
  class Hold;

  sim::Task<Result> reconcile_request(api::ObjectKey key);
  sim::Task<Result> reconcile_database(api::ObjectKey key);
  sim::Task<Result> start(RequestPtr request, RequestMemory& memory);
  sim::Task<Result> work(RequestPtr request, RequestMemory& memory);
  sim::Task<Result> leave(RequestPtr request);
  Result wait(sim::Time until, RequestMemory& memory);
  Result after(const Plan& plan, RequestMemory& memory);
  // By the cache, our own writes and reads; null: it is gone.
  RequestPtr newest(const api::ObjectKey& key);
  // Effect: the request is read from the server once in the life of this process, so that nothing
  // is done for a request that is finished or gone in truth.
  sim::Task<api::Result<void>> confirm(RequestPtr request, RequestMemory& memory);
  RequestMemory& memory_of(const api::SinglestoreOpsRequest& request);
  void trace_waiting(const api::SinglestoreOpsRequest& request, const std::string& cause,
                     RequestMemory& memory);

  kit::Manager& manager_;
  sql::DatabaseClient& database_client_;
  const OpsManagerOptions& options_;
  kit::OwnWrites own_;
  RequestWriter requests_;
  Observer observer_;
  Executor executor_;
  Starter starter_;
  Janitor janitor_;
  client::Lister<api::SinglestoreOpsRequest> cached_;
  std::map<std::string, std::unique_ptr<RequestMemory>> memories_;  // by UID
  std::set<api::ObjectKey> held_;
};

}  // namespace sdbtwin::ops_manager
