// The trace as JSON lines: one event per line,
//   {"sequence":1,"timeNs":0,"process":"user","event":"object-written", <its fields>}
// A field that is named like one of the four is written with a trailing underscore.
// Used by `--trace` and for the messages about a run's last events.
#pragma once

#include <string>

#include "sim/core/trace.h"

namespace sdbtwin::reports {

// Without the newline. Appends, so that a writer can reuse its buffer.
void append_json_line(std::string& out, const sim::TraceEvent& event);

}  // namespace sdbtwin::reports
