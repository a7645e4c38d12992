// All that the program takes from its surroundings: two environment variables and two terminals.
// Nothing else may read the environment; results never depend on it.
#pragma once

namespace sdbtwin::cli {

struct Environment {
  bool color = false;     // stdout is a terminal, NO_COLOR is not set, TERM is not dumb
  bool progress = false;  // stderr is a terminal
};
Environment read_environment();

}  // namespace sdbtwin::cli
