// The lists of a scenario's spec: manifests, actions, expectations.
#pragma once

#include <string>
#include <vector>

#include "scenarios/map_reader.h"
#include "scenarios/scenario.h"

namespace sdbtwin::scenarios {

// Items of a list of manifests: a path (relative to the scenario's file), or an object in place.
std::vector<Manifest> read_manifest_list(MapReader& reader, std::string_view field);

std::vector<Action> read_actions(MapReader& spec);

// Names are resolved against the objects of the scenario, so that a misspelt one is a problem now
// and not a failed run later. Precondition: manifests and actions have been read.
std::vector<Expectation> read_expectations(MapReader& spec, const Scenario& scenario);

// All objects that the scenario ever applies.
std::vector<const Manifest*> all_objects(const Scenario& scenario);

}  // namespace sdbtwin::scenarios
