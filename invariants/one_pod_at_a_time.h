// The Ops-manager disrupts a pod (evicts or deletes it) only when every other pod of the database
// is ready. What it disrupted itself it must know of; a pod that failed by itself counts once it
// has been unready for a poll.
#pragma once

#include <memory>

#include "invariants/invariant.h"

namespace sdbtwin::invariants {
std::unique_ptr<Invariant> make_one_pod_at_a_time();
}
