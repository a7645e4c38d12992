// What the property tests share: scenarios from the project's files, and runs that fail a test with
// everything that is needed to see them again.
#pragma once

#include <string>
#include <vector>

#include "scenarios/run.h"
#include "scenarios/spec/scenario.h"
#include "scenarios/verdict/result.h"

namespace sdbtwin::property_tests {

// From scenarios/NAME.yaml, or from NAME when it ends in ".yaml". Ends the test program when it
// cannot be read.
scenarios::Scenario scenario(const std::string& name);

// "violated: <reason>; first violation ...; sdbtwin run scenarios/x.yaml --seed 7"
std::string describe(const scenarios::RunResult& result);

// The names of the invariants that were violated, in the order of their violations.
std::vector<std::string> violated(const scenarios::RunResult& result);

}  // namespace sdbtwin::property_tests
