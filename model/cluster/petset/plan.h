// One pass of the PetSet controller over the pods of a set, as a decision without effects
// (kubernetes.md 1.6; the marks a1..E in the comments are those of that section).
//
// plan_pass() reads a snapshot (the informers' caches, which may be stale) and says what to do in
// which order. The controller executes it and stops at the first failure. A slot is one wanted
// ordinal; its pod is null when the pod is to be created, and is then "in memory" only: phase "".
// Plans point to the SetPods that they were made from.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/api/petset.h"
#include "model/cluster/petset/pod.h"
#include "sim/core/time.h"

namespace sdbtwin::cluster {

using SetPods = std::vector<const SetPod*>;

// What the pass asks about claims. Answers come from the same snapshot.
class ClaimView {
 public:
  // A claim of this ordinal belongs to a pod of the same name that is gone (only with whenScaled
  // Delete): nothing can be done until the claim is.
  virtual bool is_stale(const api::PetSet& set, int32_t ordinal,
                        std::string_view pod_uid) const = 0;
  // False: retention_matches() holds for all pods.
  virtual bool retention_matters(const api::PetSet& set) const = 0;
  // The owner references of the ordinal's claims are what the retention policy wants.
  virtual bool retention_matches(const api::PetSet& set, const api::Pod& pod) const = 0;

 protected:
  ~ClaimView() = default;
};

struct PassOptions {
  bool max_unavailable = false;  // feature gate MaxUnavailablePetSet: off by default (1.1)
};

// A slot's pod and the revision at which it would be created.
struct Slot {
  int32_t ordinal = 0;
  const SetPod* pod = nullptr;
  bool at_current = false;  // created from the current revision, not from the update revision
};

struct SlotStep {
  size_t slot = 0;
  bool delete_terminal = false;         // a1: then the slot is empty
  bool blocked_by_stale_claim = false;  // a2
  bool create = false;                  // a2: claims, pod, references of the claims
  bool ensure_claims = false;           // a3
  bool update = false;                  // a5: identity, storage or retention
};

struct PassPlan {
  std::vector<Slot> slots;        // ascending ordinals
  SetPods condemned;              // descending ordinals
  bool deleting = false;          // the set is: status only
  bool monotonic = true;          // one step after another; else in growing batches
  std::vector<SlotStep> steps;    // A
  bool exit_after_steps = false;  // something has to be waited for
  SetPods fix_claims;             // B
  SetPods scale_down;             // C
  bool exit_after_scale_down = false;
  std::vector<size_t> replace;  // E: slots of an old revision; each takes one off currentReplicas
};

PassPlan plan_pass(const api::PetSet& set, std::string_view current_revision,
                   std::string_view update_revision, const SetPods& pods, const ClaimView& claims,
                   sim::Time now, const PassOptions& options);

// The counts of the status over slots and condemned pods; the rest of `status` stays.
void count_pods(const api::PetSet& set, const SetPods& pods, sim::Time now,
                api::PetSetStatus& status);
SetPods pods_of(const PassPlan& plan);

// RollingUpdate is complete: current becomes update (never with OnDelete).
void complete_rolling_update(const api::PetSet& set, api::PetSetStatus& status);
// observedGeneration grew, or a count or revision differs (collisionCount alone does not count).
bool status_differs(const api::PetSetStatus& stored, const api::PetSetStatus& wanted);

// max(1, floor(maxUnavailable)); 1 when not set. Percentages are of the replicas.
int64_t max_unavailable_of(const api::PetSet& set);

}  // namespace sdbtwin::cluster
