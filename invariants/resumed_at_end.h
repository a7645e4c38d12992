// A request that ended (Successful, Failed, ...) leaves its database neither paused nor fenced at
// the instant of its last status write; one that was deleted, at the end of the run.
#pragma once

#include <memory>

#include "invariants/invariant.h"

namespace sdbtwin::invariants {
std::unique_ptr<Invariant> make_resumed_at_end();
}
