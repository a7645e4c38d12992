// Whether everything is as it should be when nothing happens: the end to which every run must come
// once its faults are over.
#pragma once

#include <string>

#include "invariants/invariant.h"

namespace sdbtwin::invariants {

// What is not well, or "". Well are: no database paused or in another phase than Ready; all pods
// that the PetSets ask for there and ready; all leaves online and in sync, in truth; nothing on
// its way out. A database that is halted or gone has nothing to be well.
std::string not_well(const DatabaseView& view, const Truth& truth, sim::Time now);

}  // namespace sdbtwin::invariants
