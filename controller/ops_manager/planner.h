// The real planner: which step is due, and whether it has run out of time.
#pragma once

#include "controller/ops_manager/plan.h"
#include "controller/ops_manager/snapshot.h"

namespace sdbtwin::ops_manager {

// Pure. Precondition: the request is Progressing.
Plan make_plan(const Snapshot& snapshot);

// Whether the step has run for at least as long as it may. Its beginning is known to the second
// only: it is never called late before it surely is.
bool is_late(const Snapshot& snapshot, std::string_view step);

}  // namespace sdbtwin::ops_manager
