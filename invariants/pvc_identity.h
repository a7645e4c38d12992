// A pod of a PetSet keeps its claims, a claim keeps its volume, and the operators neither delete a
// claim nor ask for less storage than before, as long as the database is not being deleted itself.
//
// A new pod of the same name on another (empty) disk is a leaf that has lost its data; it looks
// healthy to everything but the database.
#pragma once

#include <memory>

#include "invariants/invariant.h"

namespace sdbtwin::invariants {
std::unique_ptr<Invariant> make_pvc_identity();
}
