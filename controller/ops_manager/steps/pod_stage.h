// Where the restart of the current pod stands, by its conditions and by the pod itself. Pure; the
// observer reads what the stage needs, the planner decides on it, and both ask here.
#pragma once

#include <cstdint>

#include "controller/ops_manager/snapshot.h"

namespace sdbtwin::ops_manager {

enum class PodStage : std::uint8_t {
  kTake,   // nothing is on record: UID and baseline come first
  kEvict,  // on record; the pod that is there has to go
  kNote,   // it has gone, but the one who sent the eviction did not live to write it down
  kCheck,  // gone, on record; wait for what comes back
};

// Precondition: the snapshot has a current slot, and its pod was read.
PodStage pod_stage(const Snapshot& snapshot);

// The pod was made from the new template (request types that have one): after the second in which
// the PetSets were updated, with the images to reach.
bool is_of_new_template(const Snapshot& snapshot);

}  // namespace sdbtwin::ops_manager
