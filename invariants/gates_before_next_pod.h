// An UpdateVersion or a Restart goes on to the next pod, or to the end, only after the pod that it
// restarted last was online and in sync, and had its rows, at some instant between the sending of a
// query by the Ops-manager and its answer. Its rows: at redundancy 1 not fewer than before its
// eviction, at redundancy 2 almost as many as the other copy of the same partition.
//
// The age of that evidence is a margin: at most one poll, when the next eviction is sent and when
// the end of the restarts is put on record. What follows that disrupts nobody, and may take its
// time.
#pragma once

#include <memory>

#include "invariants/invariant.h"

namespace sdbtwin::invariants {
std::unique_ptr<Invariant> make_gates_before_next_pod();
}
