// Which machine a fault or a user means: by the node's name, or by what runs there.
//   node-2     the node of this name
//   leaf/1     the node on which that pod is (target.h), by the truth at this moment
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "faults/environment.h"

namespace sdbtwin::faults {

// The text is one of the two. Pure.
bool names_node(std::string_view text);
inline constexpr std::string_view kNodeHint =
    "write the name of a node, for example `node-2`, or what runs on it: `leaf/1`, `aggregator/0`";

// nullopt: there is no such machine now; a pod that has no node is nowhere.
std::optional<std::string> resolve_node(std::string_view text, const Environment& environment);

// Null: there is none.
cluster::NodeMachine* find_machine(std::string_view node, const Environment& environment);

}  // namespace sdbtwin::faults
