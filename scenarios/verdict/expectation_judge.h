// Are the expectations of a scenario met? A pure function of the final state and the result so far.
#pragma once

#include <vector>

#include "model/api/admission.h"
#include "scenarios/spec/scenario.h"
#include "scenarios/verdict/result.h"

namespace sdbtwin::scenarios {

// `store` is the state at the end; `result` holds requests, counters and invariants.
std::vector<ExpectationResult> judge_expectations(const Scenario& scenario,
                                                  const api::StoreReader& store,
                                                  const RunResult& result);

}  // namespace sdbtwin::scenarios
