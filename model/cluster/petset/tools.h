// What the parts of the PetSet controller share: its client, its caches (which may be stale), its
// recorder of Events. Plain references; everything outlives the tasks that use it.
#pragma once

#include "model/api/client.h"
#include "model/api/core.h"
#include "model/api/petset.h"
#include "model/api/pod.h"
#include "model/api/unstructured.h"
#include "model/client/event_recorder.h"
#include "model/client/lister.h"
#include "sim/core/runtime.h"

namespace sdbtwin::cluster {

// Indices of the caches of pods and revisions: those of a controller, and those that nobody
// controls, which are all that a set may adopt.
inline constexpr std::string_view kControllerIndex = "controller-uid";
inline constexpr std::string_view kOrphanIndex = "orphan-namespace";
// Index of the claims' cache: claims with any owner, by namespace.
inline constexpr std::string_view kOwnedClaims = "owned-in-namespace";

// The live LIST of pods that the real controller makes for every missing ordinal of a pass
// (kubernetes.md 1.8 #6). Its answer matters to placement policies only, but it takes time.
enum class LivePodList : uint8_t { kNever, kPerCreatedPod };

struct PetSetTools {
  sim::Runtime& runtime;
  api::Client& client;
  client::EventRecorder& events;
  client::Lister<api::PetSet> sets;
  client::Lister<api::Pod> pods;
  client::Lister<api::PersistentVolumeClaim> claims;
  client::Lister<api::ControllerRevision> revisions;
  client::Lister<api::Unstructured> policies;  // PlacementPolicy
  LivePodList live_list = LivePodList::kPerCreatedPod;
};

}  // namespace sdbtwin::cluster
