// While a database is paused and all its PetSets carry the request's stamp (the fence), the
// Provisioner changes none of its children.
//
// A write that was on its way when the pause came is harmless only if the fence refuses it: a
// change of a stamped PetSet, and a new PetSet while the pause is in force, are violations at any
// time. Other children carry no stamp; a write to them counts once no request from before the pause
// can still be on its way.
#pragma once

#include <memory>

#include "invariants/invariant.h"

namespace sdbtwin::invariants {
std::unique_ptr<Invariant> make_pause_respected();
}
