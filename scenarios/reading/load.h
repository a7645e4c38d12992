// Scenario files: from YAML to Scenario, with every problem at its file, line and column.
//
//   apiVersion: sdbtwin.dev/v1alpha1
//   kind: Scenario
//   metadata: {name, description}
//   spec: {base, manifests, cluster, database, workload, policy, actions, faults, expect,
//          invariants, horizon}
//
// `base` is another scenario: its settings hold unless they are given here, its manifests, actions
// and faults come first, its expectations hold unless `expect` is given here.
// A scenario that has problems is never run.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scenarios/spec/scenario.h"

namespace sdbtwin::scenarios {

std::optional<Scenario> load_scenario(const std::string& path, Problems& problems);

// Files as they are; of folders all *.yaml and *.yml, sorted, with subfolders but without those
// named `manifests`. An empty result is a problem.
std::vector<std::string> find_scenario_files(const std::vector<std::string>& paths,
                                             Problems& problems);

// All of them; two scenarios of one name are a problem, as results go by name.
std::vector<Scenario> load_suite(const std::vector<std::string>& paths, Problems& problems);

// `sdbtwin run -f`: the manifests as they are, in the default cluster, databases first.
std::optional<Scenario> scenario_of_manifests(const std::vector<std::string>& files,
                                              Problems& problems);

}  // namespace sdbtwin::scenarios
