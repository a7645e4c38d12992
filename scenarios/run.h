// Runs one scenario with one seed, from an empty cluster to a verdict.
//
// Pure: the same scenario and seed give the same result and the same trace, whatever runs beside
// it; two runs in two threads share nothing but the immutable scenario.
#pragma once

#include <cstdint>
#include <vector>

#include "scenarios/planners.h"
#include "scenarios/result.h"
#include "scenarios/scenario.h"
#include "sim/core/trace.h"

namespace sdbtwin::scenarios {

struct RunOptions {
  std::uint64_t seed = 1;
  Planners planners;
  // Sees the whole trace, from the first event, before everybody else. Outlives the call.
  sim::TraceObserver* observer = nullptr;
};

RunResult run(const Scenario& scenario, const RunOptions& options);

}  // namespace sdbtwin::scenarios
