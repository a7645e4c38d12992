// The real planner: KubeDB's order of work for one database (reference/kubedb.md 3, 2.5):
// deletion and finalizer; phase and first condition; nothing more while paused; halt; children.
#pragma once

#include "controller/provisioner/plan.h"
#include "controller/provisioner/snapshot.h"

namespace sdbtwin::provisioner {

// Pure.
Plan make_plan(const Snapshot& snapshot);

}  // namespace sdbtwin::provisioner
