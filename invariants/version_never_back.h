// Within one rollout nothing returns to a version that it has left: not spec.version of the
// database and not the image of a PetSet by a write of an operator, and not the image of a pod,
// whoever creates it. A downgrade is not supported by the database (singlestore.md 4.10), and a
// pod that is upgraded and downgraded by turns never settles.
//
// A rollout lasts from the pause of the database to its resumption: after a failed request the
// Provisioner puts the PetSets back to the version that the database still has.
// What somebody else sets back by hand is the new starting point.
#pragma once

#include <memory>

#include "invariants/invariant.h"

namespace sdbtwin::invariants {
std::unique_ptr<Invariant> make_version_never_back();
}
