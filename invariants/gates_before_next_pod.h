// An UpdateVersion or a Restart goes on to the next pod, or to the end, only after the pod that it
// restarted last was online and in sync at some instant between the sending of a query by the
// Ops-manager and its answer. The age of that evidence when the next pod is evicted is a margin: at
// most one poll.
#pragma once

#include <memory>

#include "invariants/invariant.h"

namespace sdbtwin::invariants {
std::unique_ptr<Invariant> make_gates_before_next_pod();
}
