// Which operators run: the real ones, or ones whose decisions are replaced. A run with replaced
// decisions shows that the invariants see what a wrong operator does; no scenario file can ask
// for it.
#pragma once

#include "controller/ops_manager/plan.h"
#include "controller/provisioner/plan.h"

namespace sdbtwin::scenarios {

struct Planners {
  provisioner::Planner provisioner;  // unset: the real one
  ops_manager::Planner ops_manager;  // unset: the real one
};

}  // namespace sdbtwin::scenarios
