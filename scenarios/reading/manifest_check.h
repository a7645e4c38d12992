// What is wrong with a scenario's manifests as far as it can be said without running: what the API
// server would refuse anyway, and what the twin's operators cannot do. Each problem has its place.
#pragma once

#include "scenarios/spec/scenario.h"
#include "scenarios/text/source.h"

namespace sdbtwin::scenarios {

// Objects of actions that may be refused are left out: they are wrong on purpose.
void check_manifests(const Scenario& scenario, Problems& problems);

// A scenario that expects nothing expects its requests to end Successful.
void expect_success(Scenario& scenario);

}  // namespace sdbtwin::scenarios
