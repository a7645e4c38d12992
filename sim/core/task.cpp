#include "sim/core/task.h"

#include <cstdio>
#include <cstdlib>
#include <exception>

namespace sdbtwin::sim {

void PromiseBase::unhandled_exception() const noexcept {
  try {
    throw;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "exception left a task: %s\n", error.what());
  } catch (...) {
    std::fprintf(stderr, "exception left a task\n");
  }
  std::fflush(stderr);
  std::abort();
}

}  // namespace sdbtwin::sim
