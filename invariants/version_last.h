// spec.version of a database is changed by the Ops-manager only when the templates of all its
// PetSets and all its pods have the image of that version.
#pragma once

#include <memory>

#include "invariants/invariant.h"

namespace sdbtwin::invariants {
std::unique_ptr<Invariant> make_version_last();
}
