// Runs one scenario with one seed, from an empty cluster to a verdict.
//
// Pure: the same scenario and seed give the same result and the same trace, whatever runs beside
// it; two runs in two threads share nothing but the immutable scenario.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "scenarios/spec/scenario.h"
#include "scenarios/verdict/result.h"
#include "scenarios/world/planners.h"
#include "sim/core/trace.h"

namespace sdbtwin::scenarios {

class Cluster;

// Something that is done to the world from outside of it: what no plan says, for tests.
struct Intervention {
  sim::Time at{};
  std::function<void(Cluster&)> act;
};

struct RunOptions {
  std::uint64_t seed = 1;
  Planners planners;
  // Sees the whole trace, from the first event, before everybody else. Outlives the call.
  sim::TraceObserver* observer = nullptr;
  std::vector<Intervention> interventions;  // in the order of their times
};

RunResult run(const Scenario& scenario, const RunOptions& options);

}  // namespace sdbtwin::scenarios
