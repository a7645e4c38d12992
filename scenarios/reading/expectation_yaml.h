// `expect:` of a scenario's spec: what must come of its requests and databases, how often things
// happen, how near the invariants come to their limits, and how long clients have to do without.
#pragma once

#include <vector>

#include "scenarios/spec/scenario.h"
#include "scenarios/text/map_reader.h"

namespace sdbtwin::scenarios {

// Names are resolved against the objects of the scenario, so that a misspelt one is a problem now
// and not a failed run later. Precondition: manifests and actions have been read.
std::vector<Expectation> read_expectations(MapReader& spec, const Scenario& scenario);

}  // namespace sdbtwin::scenarios
