#include "cli/cpu_time.h"

#include <ctime>

namespace sdbtwin::cli {

sim::Duration thread_cpu_time() {
  timespec now{};
  if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) != 0) return {};
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

}  // namespace sdbtwin::cli
