#include "invariants/wellness.h"

#include <fmt/format.h>

namespace sdbtwin::invariants {
namespace {

std::string not_well_database(const Database& database, const Truth& truth, sim::Time now) {
  const std::string name = to_string(database.key);
  if (!database.unready.empty())
    return fmt::format("pod {} is not ready", *database.unready.begin());
  std::size_t wanted = 0;
  for (const auto& [petset, object] : database.petsets) {
    wanted += static_cast<std::size_t>(object->spec->replicas.value_or(1));
  }
  if (database.petsets.empty()) return name + " has no PetSets";
  if (database.pods.size() != wanted) {
    return fmt::format("{} has {} of {} pods", name, database.pods.size(), wanted);
  }
  if (database.paused()) return name + " is paused";
  const api::DatabasePhase phase = database.object->status->phase;
  if (phase != api::DatabasePhase::kReady) return fmt::format("{} is {}", name, to_string(phase));
  const singlestore::ClusterState* state = truth.state(database.key.namespace_, database.key.name);
  if (state == nullptr || state->leaves.empty()) return {};
  const singlestore::NodeTruth leaves = state->history.current();
  if (!leaves.online) return fmt::format("a leaf of {} is not online", name);
  if (!leaves.synced_within(sim::Duration::zero(), now)) {
    return fmt::format("a leaf of {} is not in sync", name);
  }
  return {};
}

}  // namespace

std::string not_well(const DatabaseView& view, const Truth& truth, sim::Time now) {
  if (!view.terminating().empty()) {
    return fmt::format("{} is still being deleted", to_string(view.terminating().begin()->first));
  }
  for (const auto& [key, database] : view.databases()) {
    if (database.object == nullptr || database.object->spec->halted) continue;
    if (std::string problem = not_well_database(database, truth, now); !problem.empty()) {
      return problem;
    }
  }
  return {};
}

}  // namespace sdbtwin::invariants
