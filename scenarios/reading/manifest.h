// Kubernetes manifests in YAML as typed objects. One file may hold several documents, and a `List`
// its items. The kinds that the twin owns are checked strictly: an unknown field or a wrong type is
// a problem at the place where it was written, with the nearest known name.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/api/value.h"
#include "scenarios/spec/scenario.h"
#include "scenarios/text/yaml_node.h"

namespace sdbtwin::scenarios {

// All objects of the file, in its order. An object without namespace gets `default`, as with
// kubectl.
std::vector<Manifest> load_manifests(const std::string& path, Problems& problems);

// One object, or a List.
std::vector<Manifest> read_manifests(const YamlDocument& document, const YamlPtr& node,
                                     Problems& problems);

// A problem for each object that was there before (same kind, namespace and name).
void check_duplicates(const std::vector<Manifest>& manifests, Problems& problems);

api::Value to_value(const YamlNode& node);

// Where "spec.topology.leaf.replicas" or "spec.containers[0].image" was written; the nearest
// ancestor when it was not written at all.
Position find_position(const YamlNode& root, std::string_view field_path);
// The same of an object; that of the object itself when it is not from a file.
Location place_of(const Manifest& manifest, std::string_view field_path);

}  // namespace sdbtwin::scenarios
