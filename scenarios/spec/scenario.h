// A scenario: what is set up, what happens, what goes wrong and what must come of it. Data only;
// load.h reads it from YAML, run.h runs it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "faults/plan.h"
#include "model/api/client.h"
#include "model/api/core.h"
#include "model/api/object.h"
#include "scenarios/spec/settings.h"
#include "scenarios/text/source.h"
#include "scenarios/text/yaml_node.h"

namespace sdbtwin::scenarios {

// An object from a manifest, with where it was written.
struct Manifest {
  api::ObjectPtr object;
  Location location;
  YamlPtr root;  // as written, to find the place of a field
};

struct ApplyAction {
  std::vector<Manifest> objects;
};
struct DeleteAction {
  api::ObjectRef ref;
  bool force = false;  // with grace 0: the object goes, whatever becomes of its processes
};
struct PatchAction {
  api::ObjectRef ref;
  api::PatchType type = api::PatchType::kMerge;
  bool status = false;
  api::Value body;
};
// `kubectl drain`.
struct DrainAction {
  std::string node;                           // as of a NodeAction
  std::optional<std::int64_t> grace_seconds;  // else each pod's own
  sim::Duration timeout{0};                   // 0: for ever
  bool force = false;                         // also pods without a controller
};

// What a human does to a node with kubectl.
enum class NodeVerb : std::uint8_t { kCordon, kUncordon, kTaint, kUntaint, kDelete };
struct NodeAction {
  NodeVerb verb = NodeVerb::kCordon;
  std::string node;  // faults/node_name.h; found when the action is due
  api::Taint taint;  // of kTaint and kUntaint
};

// Something that the user does. Actions that are due at once happen in the order of the file.
struct Action {
  std::string name;
  faults::Trigger trigger;
  std::variant<ApplyAction, DeleteAction, PatchAction, NodeAction, DrainAction> what;
  bool may_be_refused = false;  // else a refusal by the API server fails the run
  Location location;
};

struct ExpectedRequest {
  api::ObjectKey key;
  std::string phase;
  std::string reason;                     // of the condition that says how it ended
  std::string message;                    // that it contains, or a glob
  std::optional<sim::Duration> within;    // from creation to the end
  std::optional<sim::Duration> at_least;  // a rollout that is too fast did not do its work
};
// Of all pods, or PetSets, with a name that fits; there must be one.
struct ExpectedVersion {
  std::string name;  // a glob
  std::string version;
};
struct ExpectedDatabase {
  api::ObjectKey key;
  std::string phase;
  std::string version;  // of the object and, unless `pods` are given, of every pod
  std::optional<bool> paused;
  std::vector<ExpectedVersion> pods;
  std::vector<ExpectedVersion> petsets;  // of their templates
};
struct ExpectedCount {
  std::string counter;
  std::int64_t at_least = 0;
  std::optional<std::int64_t> at_most;
};
// How near an invariant came to its limit. Times in nanoseconds.
struct ExpectedMargin {
  std::string invariant;
  std::string what;  // a part of the margin's name; "": the only one
  std::optional<std::int64_t> at_most;
  std::optional<std::int64_t> at_least;
};
// How long the pods of the rollout took from their eviction until they were Ready again.
struct ExpectedRestart {
  std::string pod;  // a glob on the name; it must fit one at least
  std::optional<sim::Duration> within;
  std::optional<sim::Duration> at_least;
};
// How long clients had to do without. Absent limits hold.
struct ExpectedAvailability {
  api::ObjectKey key;            // of the Singlestore
  std::string database = "app";  // in it
  std::optional<int> partition;  // absent: all of them together
  bool writes = true;            // else reads
  std::optional<std::int64_t> outages_at_least;
  std::optional<std::int64_t> outages_at_most;
  std::optional<sim::Duration> longest_at_most;
  std::optional<sim::Duration> total_at_least;
  std::optional<sim::Duration> total_at_most;
};
struct Expectation {
  std::variant<ExpectedRequest, ExpectedDatabase, ExpectedCount, ExpectedMargin,
               ExpectedAvailability, ExpectedRestart>
      what;
  Location location;
};

struct Scenario {
  std::string name;
  std::string description;
  std::string file;
  Location name_location;          // of metadata.name
  std::vector<std::string> notes;  // what was supplied without being asked for

  ClusterSettings cluster;
  DatabaseSettings database;
  WorkloadSettings workload;
  OperatorsSettings operators;
  PolicySettings policy;
  std::vector<Manifest> manifests;  // applied at the start, in this order
  std::vector<Action> actions;
  faults::FaultPlan faults;
  std::vector<Expectation> expectations;
  std::vector<std::string> disabled_invariants;
  sim::Duration horizon{std::chrono::hours(1)};  // [us] a rollout of three pods takes three minutes
};

// All objects that the scenario ever applies.
std::vector<const Manifest*> all_objects(const Scenario& scenario);
// Those of them that the API server has to take: without what may be refused.
std::vector<const Manifest*> accepted_objects(const Scenario& scenario);

}  // namespace sdbtwin::scenarios
