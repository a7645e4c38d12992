// Liveness: when the requests have ended and the faults are over, everything becomes well within a
// bound (wellness.h), and is so half a minute later, when the run ends.
//
// Does not apply to plans with a fault whose effect stays: such a run may end unwell.
#pragma once

#include <memory>

#include "invariants/invariant.h"

namespace sdbtwin::invariants {
std::unique_ptr<Invariant> make_converges();
}
