// What the exit code of sdbtwin says. Part of its interface: scripts and CI depend on it.
#pragma once

namespace sdbtwin::cli {

enum class ExitCode : int {
  kOk = 0,                // all runs passed, or nothing to complain about
  kFailed = 1,            // a scenario did not pass
  kBadInput = 2,          // wrong usage or wrong files; nothing was run
  kNotDeterministic = 3,  // --check-determinism: two runs of one seed differed
  kOutputError = 4,       // results could not be written
  kInterrupted = 130,     // Ctrl-C or SIGTERM: the runs that had ended are reported
};

}  // namespace sdbtwin::cli
