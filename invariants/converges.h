// Liveness: when the requests have ended and the faults are over, everything becomes well within a
// bound (wellness.h), and is well when the run ends half a minute later.
//
// Does not apply to plans with a fault whose effect stays: such a run may end unwell.
#pragma once

#include <memory>

#include "invariants/invariant.h"

namespace sdbtwin::invariants {
std::unique_ptr<Invariant> make_converges();
}
