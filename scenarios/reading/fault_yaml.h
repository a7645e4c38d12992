// Triggers and fault plans in YAML, both ways. What write_faults() writes, read_faults() reads back
// equal; that is how a reproducer is kept.
#pragma once

#include <string>

#include "faults/plan.h"
#include "scenarios/text/map_reader.h"

namespace sdbtwin::scenarios {

// Namespace of patterns that do not say one: objects of any namespace.
// Reads `at:` or `when:` of the mapping (one of them is required); `occurrence` and `delay` belong
// to `when`. Problems are reported; the result is usable only when there were none.
faults::Trigger read_trigger(MapReader& reader);

// The list `faults:` of a scenario's spec: names are unique, the result is sorted.
faults::FaultPlan read_faults(MapReader& spec);

// The `faults:` list as YAML text, indented by `indent` spaces.
std::string write_faults(const faults::FaultPlan& plan, int indent = 0);

}  // namespace sdbtwin::scenarios
