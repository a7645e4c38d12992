// Processor time of the calling thread: for speed figures only, never for results.
#pragma once

#include "sim/core/time.h"

namespace sdbtwin::cli {

sim::Duration thread_cpu_time();

}  // namespace sdbtwin::cli
