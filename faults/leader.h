// Processes as faults name them: by name, or as the one that leads: "leader of ops-manager" is
// whoever holds the Lease of that name when it is asked.
#pragma once

#include <string_view>

#include "faults/environment.h"

namespace sdbtwin::faults {

inline constexpr std::string_view kLeaderPrefix = "leader of ";

// null: there is none.
sim::Process* find_process(const Environment& environment, std::string_view name);

}  // namespace sdbtwin::faults
