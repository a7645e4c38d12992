// At most one copy of a partition acknowledges writes at any instant: two that do hold two logs, of
// which one will be thrown away.
#pragma once

#include <memory>

#include "invariants/invariant.h"

namespace sdbtwin::invariants {
std::unique_ptr<Invariant> make_one_writable_master();
}
