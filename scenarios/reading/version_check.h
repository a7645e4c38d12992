// What a scenario asks of versions, checked before it runs: every version exists in its catalogue,
// every UpdateVersion request names a database of the scenario and a target that is allowed from
// its version. What would only be refused by the API server during the run is shown at its line
// instead.
#pragma once

#include "scenarios/spec/scenario.h"

namespace sdbtwin::scenarios {

// Requests of actions with `mayBeRefused` are left alone: they test the refusal.
void check_versions(const Scenario& scenario, Problems& problems);

}  // namespace sdbtwin::scenarios
