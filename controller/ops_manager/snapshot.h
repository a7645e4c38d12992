// Snapshot: all that a planner may look at. Plain data, read by Observer for one pass.
//
// Absent is not the same as good: what could not be read is nullopt, and a planner waits for it.
// Objects are from the caches (with our own writes laid over), the pod is read live, rows are of
// this pass.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "controller/kit/images.h"
#include "controller/ops_manager/baseline.h"
#include "controller/ops_manager/gates.h"
#include "controller/ops_manager/progress.h"
#include "controller/ops_manager/rollout_order.h"
#include "model/api/ops_request.h"
#include "model/api/singlestore.h"

namespace sdbtwin::ops_manager {

// One PetSet of the database, as far as a plan needs it.
struct PetSetView {
  std::string name;
  kit::Role role = kit::Role::kLeaf;
  bool exists = false;
  std::string fenced_by;   // UID of a request, or ""
  bool has_images = true;  // those of the target; true when the request changes none
  bool observed = false;   // the PetSet controller has seen this generation
};

// The pod whose turn it is, read live.
struct PodView {
  bool exists = false;
  std::string uid;
  bool ready = false;
  bool terminating = false;
  bool has_images = true;  // those of the target; true when the request changes none
  std::optional<api::Timestamp> created;
  std::string trouble;  // why it is not ready, as its status says
};

struct GateReading {
  Gate gate;
  GateResult result;
};

// All gates of one node in one pass.
struct GateReport {
  std::string pod;
  std::vector<GateReading> readings;

  const GateResult* find(Gate gate) const;
  bool all_open() const;
  std::string first_reason() const;  // of the first gate that is not open, or ""
};

struct Snapshot {
  sim::Time now;
  std::shared_ptr<const api::SinglestoreOpsRequest> request;
  std::shared_ptr<const Progress> progress;
  std::shared_ptr<const api::Singlestore> database;  // null: gone
  // UpdateVersion: the images to reach; nullopt when the version is not (or no longer) known.
  std::optional<kit::ImageSet> target;
  std::vector<PetSetView> petsets;

  // All pods in order, and the one whose turn it is (order->size(): none is left).
  std::shared_ptr<const std::vector<PodSlot>> order;
  std::size_t current = 0;

  std::optional<PodView> pod;        // of the current slot
  std::optional<Baseline> baseline;  // of the current pod, before its eviction
  std::optional<GateReport> gates;   // of the current pod, after its restart
  // Gates that must be open before another pod is taken: those of the pod restarted last. Nullopt:
  // could not be read, or there was no such pod and none is required (see `first_pod_free`).
  std::optional<GateReport> clearance;
  // Pods of the database other than the current one that are not ready, by a live list made when an
  // eviction is due. Nullopt: could not be read.
  std::optional<std::vector<std::string>> unready_others;
  // No pod has been restarted yet and the request does not ask for a healthy database first.
  bool first_pod_free = false;

  const PodSlot* slot() const { return current < order->size() ? &(*order)[current] : nullptr; }
};

// ---- Small readers

// Ordered: the conditions a request of this type runs through after it has started.
std::vector<std::string_view> steps_of(api::OpsRequestType type);
// The first that is not done; "" when only the end is left.
std::string_view current_step(api::OpsRequestType type, const Progress& progress);
// RestartPods or RestartNodes.
std::string_view restart_step(api::OpsRequestType type);
bool changes_images(api::OpsRequestType type);

// How long the step may take: spec.timeout as the user wrote it, per step as KubeDB defines it.
// Without one: kDefaultStepTimeout, and for the step that restarts pods that much for each pod
// [us]: a fixed default would fail every large database.
inline constexpr sim::Duration kDefaultStepTimeout = std::chrono::minutes(10);
sim::Duration step_timeout(const Snapshot& snapshot, std::string_view step);

}  // namespace sdbtwin::ops_manager
