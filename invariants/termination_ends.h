// Liveness: nothing is on its way out for ever. An object that has been deleted is gone within a
// bound: its pods stop within their grace, its finalizers are taken off by whoever put them there.
//
// Does not apply to plans with a fault whose effect stays: without a kubelet no pod ends.
#pragma once

#include <memory>

#include "invariants/invariant.h"

namespace sdbtwin::invariants {
std::unique_ptr<Invariant> make_termination_ends();
}
