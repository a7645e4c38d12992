// The one binary: parse, compose, run, exit code.
#include <fmt/format.h>

#include <cstdio>
#include <exception>

#include "cli/environment.h"
#include "cli/exit_code.h"
#include "cli/interrupt.h"
#include "cli/options.h"
#include "cli/other_commands.h"
#include "cli/run_command.h"

namespace {

using sdbtwin::cli::Command;
using sdbtwin::cli::ExitCode;

ExitCode dispatch(const sdbtwin::cli::Options& options) {
  switch (options.command) {
    case Command::kRun:
      return run_command(options, sdbtwin::cli::read_environment());
    case Command::kValidate:
      return validate_command(options);
    case Command::kList:
      return list_command(options);
  }
  return ExitCode::kBadInput;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const sdbtwin::cli::ParseResult parsed = sdbtwin::cli::parse_arguments(argc, argv);
    if (!parsed.options) {
      std::FILE* to = parsed.exit_code == 0 ? stdout : stderr;
      fmt::print(to, "{}", parsed.output);
      if (std::fflush(to) != 0) return static_cast<int>(ExitCode::kOutputError);
      return parsed.exit_code;
    }
    sdbtwin::cli::catch_interrupts();
    return static_cast<int>(dispatch(*parsed.options));
  } catch (const std::exception& error) {
    // Nothing of ours throws across this line on purpose: out of memory, or a bug.
    fmt::print(stderr, "sdbtwin: {}\n", error.what());
    return static_cast<int>(ExitCode::kOutputError);
  }
}
