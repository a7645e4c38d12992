#include "sim/core/assert.h"

#include <cstdio>
#include <cstdlib>

namespace sdbtwin::sim {

void assertion_failed(const char* condition, const char* file, int line) noexcept {
  std::fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, condition);
  std::fflush(stderr);
  std::abort();
}

}  // namespace sdbtwin::sim
