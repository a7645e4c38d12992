// The lists of a scenario's spec: manifests and actions.
#pragma once

#include <string>
#include <vector>

#include "scenarios/spec/scenario.h"
#include "scenarios/text/map_reader.h"

namespace sdbtwin::scenarios {

// Items of a list of manifests: a path (relative to the scenario's file), or an object in place.
std::vector<Manifest> read_manifest_list(MapReader& reader, std::string_view field);

std::vector<Action> read_actions(MapReader& spec);

}  // namespace sdbtwin::scenarios
