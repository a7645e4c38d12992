// DatabaseReconciler: one Singlestore, one pass: observe, plan, carry out.
// Belongs to one process; what it is made of outlives it.
#pragma once

#include "controller/kit/reconciler.h"
#include "controller/provisioner/drift.h"
#include "controller/provisioner/executor.h"
#include "controller/provisioner/health.h"
#include "controller/provisioner/object_cache.h"
#include "controller/provisioner/plan.h"
#include "controller/provisioner/snapshot.h"
#include "sim/core/runtime.h"

namespace sdbtwin::provisioner {

class DatabaseReconciler final : public kit::Reconciler {
 public:
  struct Parts {
    sim::Runtime& runtime;
    ObjectCache& cache;
    Executor& executor;
    HealthChecker& health;
  };

  DatabaseReconciler(Parts parts, Planner planner, sim::Duration leaf_delay)
      : parts_(parts), planner_(std::move(planner)), leaf_delay_(leaf_delay) {}

  sim::Task<api::Result<kit::Outcome>> reconcile(api::ObjectRef ref) override;

 private:
  Snapshot observe(std::shared_ptr<const api::Singlestore> database);
  bool has_license(const api::Singlestore& database);

  Parts parts_;
  Planner planner_;
  sim::Duration leaf_delay_;
  DriftFinder drift_;
};

}  // namespace sdbtwin::provisioner
