#include <chrono>

#include "controller/ops_manager/steps/steps.h"

namespace sdbtwin::ops_manager {
namespace {

// From the Paused condition to the stamps. Together with the 2 s for which the start of a request
// waits for its cache (start.h) this gives the 3 s of the recorded runs (kubedb.md 7) [us].
constexpr sim::Duration kSettle = std::chrono::seconds(1);

}  // namespace

// The order matters. A Provisioner that looks at the database after the pause stops by itself; one
// that looked before may still write, and the stamp, which comes second, makes it lose: it moves
// the resourceVersion that such a write carries.
Plan plan_pause(const Snapshot& snapshot) {
  Plan plan;
  if (!is_paused_by_us(snapshot)) {
    plan.actions.emplace_back(PauseDatabase{});
    plan.wake = Wake::kSoon;
    plan.after = kSettle;
    plan.waiting_for = "the pause to show in the cache";
    return plan;
  }
  for (const PetSetView& petset : snapshot.petsets) {
    if (!petset.exists) return wait_for("PetSet " + petset.name + ", which does not exist");
    if (!is_fenced_by_us(snapshot, petset)) plan.actions.emplace_back(StampPetSet{petset.name});
  }
  plan.actions.emplace_back(finish_step(snapshot, kDatabasePauseSucceeded));
  return plan;
}

}  // namespace sdbtwin::ops_manager
