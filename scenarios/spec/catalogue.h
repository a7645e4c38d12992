// What the twin supplies when the manifests do not bring it: the catalogue of SinglestoreVersions,
// a storage class, the licence secret, namespaces and nodes. All of it is said in notes, so that
// nobody takes it for their own.
#pragma once

#include <string>
#include <vector>

#include "model/api/core.h"
#include "model/api/object.h"
#include "model/api/singlestore_version.h"
#include "scenarios/spec/scenario.h"

namespace sdbtwin::scenarios {

// The six versions of KubeDB's catalogue, oldest first; image names and constraints are facts.
std::vector<std::shared_ptr<const api::SinglestoreVersion>> default_catalogue();

struct Supplied {
  std::vector<api::ObjectPtr> objects;  // in the order in which they are to be created
  std::vector<std::string> notes;
};
Supplied supply_defaults(const Scenario& scenario);

// The versions of this scenario: its own manifests, then the default catalogue.
std::vector<std::shared_ptr<const api::SinglestoreVersion>> versions_of(const Scenario& scenario);

std::string node_name(std::int32_t index);  // "node-0"
// The Node of that index as its kubelet registers it: the scenario's own, or what the twin
// supplies.
std::shared_ptr<const api::Node> node_of(const Scenario& scenario, std::int32_t index);

api::ObjectPtr make_namespace(std::string_view name);

}  // namespace sdbtwin::scenarios
