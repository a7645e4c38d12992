// Liveness: every request reaches a final phase, or is deleted, within the time that its steps may
// take together: its timeout (or the default) for each step, counted from its creation or, when
// another request of the same database went first, from the end of that.
//
// Does not apply to plans with a fault whose effect stays: nobody ends a request without an
// operator.
#pragma once

#include <memory>

#include "invariants/invariant.h"

namespace sdbtwin::invariants {
std::unique_ptr<Invariant> make_request_ends();
}
