// `sdbtwin validate` and `sdbtwin list`.
#pragma once

#include "cli/exit_code.h"
#include "cli/options.h"

namespace sdbtwin::cli {

ExitCode validate_command(const Options& options);
ExitCode list_command(const Options& options);

}  // namespace sdbtwin::cli
