// From what happened to a verdict: are the expectations met, did every fault fire, was anything
// compared at all. Pure functions of the final state and the result so far.
#pragma once

#include <string>
#include <vector>

#include "model/api/admission.h"
#include "scenarios/result.h"
#include "scenarios/scenario.h"

namespace sdbtwin::scenarios {

// `store` is the state at the end; `result` holds requests and counters.
std::vector<ExpectationResult> judge_expectations(const Scenario& scenario,
                                                  const api::StoreReader& store,
                                                  const RunResult& result);

std::vector<DatabaseResult> describe_databases(const Scenario& scenario,
                                               const api::StoreReader& store);

// Sets verdict and reason. `open`: what had not ended at the horizon; `refused`: what the API
// server refused against the scenario's will.
void judge(RunResult& result, const std::vector<std::string>& open,
           const std::vector<std::string>& refused);

}  // namespace sdbtwin::scenarios
