// From the arguments to scenarios, and problems to the terminal. Shared by the commands.
#pragma once

#include <vector>

#include "cli/options.h"
#include "scenarios/spec/scenario.h"
#include "scenarios/text/source.h"

namespace sdbtwin::cli {

std::vector<scenarios::Scenario> load_input(const Options& options, scenarios::Problems& problems);

// To stderr, with a count at the end.
void print_problems(const scenarios::Problems& problems);

// True when the name contains the filter, or matches it as a glob. An empty filter selects all.
bool selected(const std::string& name, const std::string& filter);

}  // namespace sdbtwin::cli
