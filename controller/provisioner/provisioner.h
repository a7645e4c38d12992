// Provisioner: the operator that makes a database out of a Singlestore, and leaves it alone while
// it is paused (reference/kubedb.md 2, 3).
//
// Composed of a Manager (informers), one Controller, the reconciler and the health checks. It has
// no state of its own worth keeping: a new one continues from what is stored. It owns its two
// clients and lives in its process; it knows nothing of what runs behind them.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "controller/kit/controller.h"
#include "controller/kit/manager.h"
#include "controller/kit/operator.h"
#include "controller/provisioner/database_reconciler.h"
#include "controller/provisioner/executor.h"
#include "controller/provisioner/health.h"
#include "controller/provisioner/manager_cache.h"
#include "controller/provisioner/planner.h"
#include "model/api/client.h"
#include "model/client/event_recorder.h"
#include "model/sql/client.h"
#include "sim/core/runtime.h"

namespace sdbtwin::provisioner {

struct ProvisionerOptions {
  Planner planner = make_plan;
  // Between the aggregators' PetSet and the leaves': recorded ages differ by 3-4 s (kubedb.md 2.2).
  sim::Duration leaf_delay = std::chrono::milliseconds(3500);
  int workers = 5;
  // Null: this process leads from the start.
  std::unique_ptr<kit::Leadership> leadership;
};

class Provisioner final : public kit::Operator {
 public:
  // `runtime` outlives it.
  Provisioner(sim::Runtime& runtime, std::unique_ptr<api::Client> client,
              std::unique_ptr<sql::DatabaseClient> sql, ProvisionerOptions options);

  // Once.
  void start();
  const kit::Controller& controller() const { return controller_; }

 private:
  void add_sources();
  void enqueue_owner(const api::Object& child);
  void enqueue_users_of_version(const api::Object& version);
  void enqueue_users_of_secret(const api::Object& secret);

  kit::Manager manager_;
  std::unique_ptr<sql::DatabaseClient> sql_;
  ManagerCache cache_;
  client::EventRecorder recorder_;
  Executor executor_;
  HealthChecker health_;
  DatabaseReconciler reconciler_;
  kit::Controller controller_;
};

// A Provisioner that has been started. It owns the clients; `runtime` outlives it.
std::unique_ptr<kit::Operator> make_provisioner(sim::Runtime& runtime,
                                                std::unique_ptr<api::Client> client,
                                                std::unique_ptr<sql::DatabaseClient> sql,
                                                ProvisionerOptions options);

}  // namespace sdbtwin::provisioner
