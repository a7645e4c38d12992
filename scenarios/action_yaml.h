// The lists of a scenario's spec: manifests and actions.
#pragma once

#include <string>
#include <vector>

#include "scenarios/map_reader.h"
#include "scenarios/scenario.h"

namespace sdbtwin::scenarios {

// Items of a list of manifests: a path (relative to the scenario's file), or an object in place.
std::vector<Manifest> read_manifest_list(MapReader& reader, std::string_view field);

std::vector<Action> read_actions(MapReader& spec);

// All objects that the scenario ever applies.
std::vector<const Manifest*> all_objects(const Scenario& scenario);
// Those of them that the API server has to take: without what may be refused.
std::vector<const Manifest*> accepted_objects(const Scenario& scenario);

}  // namespace sdbtwin::scenarios
