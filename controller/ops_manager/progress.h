// Progress: what a request's conditions say has been done; the only memory of a rollout.
//
// A pure reading of status.conditions, so a new process continues where the old one wrote last.
// Read once; what this process writes itself is applied on top, so that the cost of a write does
// not grow with the number of pods.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "controller/ops_manager/messages.h"
#include "model/api/ops_request.h"

namespace sdbtwin::ops_manager {

struct PodProgress {
  std::optional<PodRecord> record;  // of GetPod--x being True
  bool evicted = false;
  bool ready = false;
  bool synced = false;
  bool size = false;
};

struct StepState {
  bool done = false;
  // When it became what it is: of a step that runs, when it began. One second granularity.
  std::optional<api::Timestamp> since;
};

class Progress {
 public:
  explicit Progress(const api::SinglestoreOpsRequest& request);

  // One condition, as it was written. Conditions are applied in the order of the list, or in the
  // order in which they are written.
  void apply(const api::Condition& condition);

  // Null: the step has not begun.
  const StepState* step(std::string_view type) const;
  bool done(std::string_view type) const;
  // The request has been given up (the decision is written, the database may still be paused).
  const std::optional<std::string>& failure() const { return failure_; }

  // Null: nothing has been written about the pod.
  const PodProgress* pod(std::string_view name) const;
  // All checks are True. A Restart has our own two as well: a pod that is not back in the cluster
  // is as dangerous to it as to an update.
  bool pod_done(std::string_view name) const;
  // The pod whose last check was appended last, or "".
  const std::string& last_done() const { return last_done_; }

 private:
  void read_pod(const PodConditionName& name, const api::Condition& condition);

  std::string start_;  // the condition that begins this type of request
  std::map<std::string, StepState, std::less<>> steps_;
  std::map<std::string, PodProgress, std::less<>> pods_;
  std::optional<std::string> failure_;
  std::string last_done_;
};

}  // namespace sdbtwin::ops_manager
