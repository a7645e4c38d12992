// The planner of each step: from a snapshot to the next actions. Pure.
//
// Each is called while its step is the current one, any number of times and after any crash; none
// may rely on what an earlier call planned. What they share: condition changes.
#pragma once

#include <string>
#include <string_view>

#include "controller/ops_manager/plan.h"
#include "controller/ops_manager/snapshot.h"

namespace sdbtwin::ops_manager {

// Paused condition, then the stamps: DatabasePauseSucceeded. reference/kubedb.md 3, design.md 7.
Plan plan_pause(const Snapshot& snapshot);
// The images of every PetSet: UpdatePetSets.
Plan plan_update_petsets(const Snapshot& snapshot);
// Pod by pod: RestartPods, RestartNodes.
Plan plan_restart_pods(const Snapshot& snapshot);
// spec.version: UpdateDatabase.
Plan plan_update_database(const Snapshot& snapshot);
// Stamps lifted, database resumed, phase Successful.
Plan plan_finish(const Snapshot& snapshot);
// The same with phase Failed, when the failure is on record.
Plan plan_failed(const Snapshot& snapshot);

// Gives the request up.
Plan plan_give_up(std::string why);

// ---- Shared by the steps

ConditionChange step_done(std::string_view step);
ConditionChange step_begun(std::string_view step);
ConditionChange pod_step(PodStep step, std::string_view pod, bool status);
// step_done(step), and the next step of the request begun.
SetConditions finish_step(const Snapshot& snapshot, std::string_view step);
Plan wait_for(std::string cause);
// Whether the pause and every stamp are this request's.
bool is_paused_by_us(const Snapshot& snapshot);
bool is_fenced_by_us(const Snapshot& snapshot, const PetSetView& petset);

}  // namespace sdbtwin::ops_manager
