#include "controller/ops_manager/steps/steps.h"

namespace sdbtwin::ops_manager {

// The strategy is OnDelete: new images move no pod, so all PetSets can be updated first.
Plan plan_update_petsets(const Snapshot& snapshot) {
  if (!snapshot.target) return wait_for("the target version, which is not in the catalogue");
  Plan plan;
  for (const PetSetView& petset : snapshot.petsets) {
    if (!petset.exists) return wait_for("PetSet " + petset.name + ", which does not exist");
    if (!petset.has_images || !is_fenced_by_us(snapshot, petset)) {
      plan.actions.emplace_back(SetImages{petset.name, *snapshot.target});
    }
  }
  plan.actions.emplace_back(finish_step(snapshot, kUpdatePetSets));
  return plan;
}

}  // namespace sdbtwin::ops_manager
