// A voluntary disruption costs no more than it must.
//
// Redundancy 2: the Ops-manager never takes a pod that holds the last serving copy of a partition:
// the other copy must be able to take over (in sync; of a database that replicates asynchronously,
// within max_lag). Redundancy 1: a pod has the only copy of its partitions, so they go; but those
// of the pod that was taken before it must be served again.
//
// Fair: what changed within one poll the Ops-manager may not have seen. The first pod of a request
// with `apply: Always` is free: the user asks to go on with a broken database (kubedb.md 4.3).
#pragma once

#include <memory>

#include "invariants/invariant.h"

namespace sdbtwin::invariants {
std::unique_ptr<Invariant> make_availability_floor();
}
