// From what happened to a verdict: is an invariant broken, has everything ended, are the
// expectations met, did every fault fire, was anything compared at all. Pure functions.
#pragma once

#include <string>
#include <vector>

#include "model/api/admission.h"
#include "scenarios/verdict/result.h"

namespace sdbtwin::scenarios {

std::vector<DatabaseResult> describe_databases(const api::StoreReader& store);

// Sets verdict and reason. `open`: what had not ended at the horizon; `refused`: what the API
// server refused against the scenario's will.
//
// In this order: an unsafe run is violated, whatever else it is; then stuck (at the horizon, or a
// liveness invariant), expectation failed, vacuous, passed. Vacuous: a declared fault never fired,
// or pods were restarted and no check between them compared anything.
void judge(RunResult& result, const std::vector<std::string>& open,
           const std::vector<std::string>& refused);

}  // namespace sdbtwin::scenarios
