// RecordedRun: a scenario that was recorded on a real PetSet controller, as a JSON file: the
// objects at the start, what the outside did in each step, and what the controller wrote. Data
// only; the recordings are not part of the project, and who finds none has nothing to compare.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/api/value.h"
#include "sim/core/time.h"

namespace sdbtwin::property_tests {

// Placeholders in bodies: "<uid Pod/web-0 #2>" is the uid of the second Pod web-0 of the run.
struct RecordedAction {
  std::string by;  // "user", "fake-kubelet"
  std::string verb;
  std::string resource;  // plural, with "/subresource"
  std::string name;
  std::string patch_type;        // "merge-patch", "json-patch" or ""
  api::Value body;               // null when there is none
  std::string sets;              // in place of the body of a kubelet's status write
  std::int64_t code = 0;         // of the answer
  sim::Duration pause_after{0};  // before the next action
};

struct RecordedStep {
  int number = 0;
  std::string what;
  std::optional<sim::Duration> observed;  // else until it is quiet
  std::vector<RecordedAction> actions;
  std::vector<std::string> core;  // the controller's effective writes, in order
  bool order_varies = false;      // of core, between recordings of the same
  api::Value state_after;         // kind -> name -> digest
};

struct RecordedRun {
  std::string scenario;
  std::vector<std::string> setup;  // how the initial objects came to be, in words
  std::vector<api::Value> initial_objects;
  std::vector<RecordedStep> steps;
};

// Null: there is no such file. Precondition: what is there is a recording.
std::optional<RecordedRun> read_recorded_run(const std::string& path);

}  // namespace sdbtwin::property_tests
