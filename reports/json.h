// Results as JSON for machines. The schema has a version: fields are added within a version, and
// renamed or removed only with a new one.
#pragma once

#include <string>
#include <vector>

#include "scenarios/verdict/result.h"

namespace sdbtwin::reports {

inline constexpr int kJsonSchemaVersion = 1;

// {"schemaVersion", "tool", "version", "summary", "runs": [...]}; ends with a newline. Durations
// and times are nanoseconds (fields end in Ns), digests 16 hexadecimal digits. `with_speed` adds
// what depends on the machine; without it the bytes are the same in every run.
std::string render_json(const std::vector<scenarios::RunResult>& results, bool with_speed);

}  // namespace sdbtwin::reports
