#include "cli/environment.h"

#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace sdbtwin::cli {
namespace {

// The allow-list is these two calls: https://no-color.org, and terminals without colours.
bool color_wanted() {
  const char* no_color = std::getenv("NO_COLOR");
  if (no_color != nullptr && *no_color != '\0') return false;
  const char* term = std::getenv("TERM");
  return term != nullptr && std::string_view(term) != "dumb";
}

}  // namespace

Environment read_environment() {
  Environment environment;
  environment.color = isatty(STDOUT_FILENO) == 1 && color_wanted();
  environment.progress = isatty(STDERR_FILENO) == 1;
  return environment;
}

}  // namespace sdbtwin::cli
