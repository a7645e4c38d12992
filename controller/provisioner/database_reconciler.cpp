#include "controller/provisioner/database_reconciler.h"

#include <utility>

#include "model/api/core.h"

namespace sdbtwin::provisioner {
namespace {

constexpr std::string_view kLicenseKey = "password";  // kubedb.md 1.1

}  // namespace

bool DatabaseReconciler::has_license(const api::Singlestore& database) {
  const auto& reference = database.spec->license_secret;
  if (!reference) return false;
  const auto secret = parts_.cache.get<api::Secret>(database.metadata.namespace_, reference->name);
  return secret != nullptr && secret->data->contains(std::string(kLicenseKey));
}

Snapshot DatabaseReconciler::observe(std::shared_ptr<const api::Singlestore> database) {
  Snapshot snapshot;
  snapshot.version = parts_.cache.get<api::SinglestoreVersion>("", database->spec->version);
  snapshot.has_license = has_license(*database);
  for (const Child& child : children_of(*database)) {
    api::ObjectPtr object = parts_.cache.find(ref_of(child, *database));
    if (object != nullptr) snapshot.children.emplace(child, std::move(object));
  }
  snapshot.leaf_delay = leaf_delay_;
  if (const auto created = parts_.executor.petset_created_at(*database)) {
    snapshot.leaf_wait = *created + leaf_delay_ - parts_.runtime.now();
  }
  snapshot.database = std::move(database);
  snapshot.drifted = drift_.find(snapshot);
  return snapshot;
}

sim::Task<api::Result<kit::Outcome>> DatabaseReconciler::reconcile(api::ObjectRef ref) {
  const auto database = parts_.cache.get<api::Singlestore>(ref.key);
  if (database == nullptr) {
    parts_.executor.forget(ref.key);
    drift_.forget(ref.key);
    co_return kit::Outcome();
  }
  Plan plan = planner_(observe(database));
  const std::optional<sim::Duration> look_again = plan.look_again;
  if (plan.check_health) parts_.health.watch(*database);
  const api::Result<void> done = co_await parts_.executor.run(database, std::move(plan));
  if (!done) co_return done.error();
  co_return look_again ? kit::Outcome(*look_again) : kit::Outcome();
}

}  // namespace sdbtwin::provisioner
