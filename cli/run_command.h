// `sdbtwin run`: loads, runs in parallel, reports. Nothing runs when anything is wrong with the
// input; results come in the order of the input, whatever the number of threads.
#pragma once

#include "cli/environment.h"
#include "cli/exit_code.h"
#include "cli/options.h"

namespace sdbtwin::cli {

ExitCode run_command(const Options& options, const Environment& environment);

}  // namespace sdbtwin::cli
