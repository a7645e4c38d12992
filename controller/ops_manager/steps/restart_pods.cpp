#include <string>
#include <utility>
#include <vector>

#include "controller/ops_manager/steps/pod_stage.h"
#include "controller/ops_manager/steps/steps.h"

namespace sdbtwin::ops_manager {
namespace {

const PetSetView* petset_of(const Snapshot& snapshot, const PodSlot& slot) {
  for (const PetSetView& petset : snapshot.petsets) {
    if (petset.name == slot.petset) return &petset;
  }
  return nullptr;
}

// Why the next eviction may not be sent now, or "".
std::string held_back(const Snapshot& snapshot, const PetSetView& petset) {
  if (!petset.observed) return "the PetSet controller to see PetSet " + petset.name;
  if (snapshot.first_pod_free) return {};
  if (!snapshot.unready_others) return "the list of pods";
  if (!snapshot.unready_others->empty()) {
    return "pod " + snapshot.unready_others->front() + " to be ready";
  }
  if (!snapshot.clearance) return "the database to answer";
  if (!snapshot.clearance->all_open()) {
    return "pod " + snapshot.clearance->pod + ", " + snapshot.clearance->first_reason();
  }
  return {};
}

void evict(Plan& plan, const PodView& pod, const PodSlot& slot) {
  plan.actions.emplace_back(EvictPod{slot.pod, pod.uid});
  plan.actions.emplace_back(SetConditions{{pod_step(PodStep::kEvict, slot.pod, true)}});
}

ConditionChange got(const PodSlot& slot, const PodView& pod, const Baseline& baseline) {
  ConditionChange change = pod_step(PodStep::kGet, slot.pod, true);
  change.message = get_pod_message(slot.pod, pod.uid, baseline);
  return change;
}

// ---- GetPod--x: UID and baseline are on record before anything is evicted

Plan plan_take(const Snapshot& snapshot, const PodSlot& slot, const PetSetView& petset) {
  const PodView& pod = *snapshot.pod;
  if (!pod.exists || pod.terminating) return wait_for("pod " + slot.pod + " to be there");
  if (auto cause = held_back(snapshot, petset); !cause.empty()) return wait_for(std::move(cause));
  if (!snapshot.baseline) return wait_for("the sizes of pod " + slot.pod);
  Plan plan;
  if (is_of_new_template(snapshot)) {
    ConditionChange evicted = pod_step(PodStep::kEvict, slot.pod, true);
    evicted.message += kNotNeededTag;
    plan.actions.emplace_back(SetConditions{{got(slot, pod, *snapshot.baseline), evicted}});
    return plan;
  }
  plan.actions.emplace_back(SetConditions{{got(slot, pod, *snapshot.baseline)}});
  evict(plan, pod, slot);
  return plan;
}

// ---- EvictPod--x

// The pod that is there now has to go: it is the old one, or a new one made from an old template.
Plan plan_evict(const Snapshot& snapshot, const PodSlot& slot, const PetSetView& petset) {
  const PodView& pod = *snapshot.pod;
  const PodProgress& done = *snapshot.progress->pod(slot.pod);
  if (auto cause = held_back(snapshot, petset); !cause.empty()) return wait_for(std::move(cause));
  Plan plan;
  SetConditions record;
  if (pod.uid != done.record->uid) record.changes.push_back(got(slot, pod, done.record->baseline));
  if (done.evicted) record.changes.push_back(pod_step(PodStep::kEvict, slot.pod, false));
  if (!record.changes.empty()) plan.actions.emplace_back(std::move(record));
  evict(plan, pod, slot);
  return plan;
}

Plan plan_note(const PodSlot& slot) {
  Plan plan;
  plan.actions.emplace_back(SetConditions{{pod_step(PodStep::kEvict, slot.pod, true)}});
  return plan;
}

// ---- CheckPodReady--x and the gates

Plan plan_check(const Snapshot& snapshot, const PodSlot& slot) {
  const PodView& pod = *snapshot.pod;
  const bool ready = pod.exists && !pod.terminating && pod.ready;
  SetConditions record{{pod_step(PodStep::kReady, slot.pod, ready)}};
  Plan plan;
  if (!ready) {
    plan.waiting_for = "pod " + slot.pod + " to be ready";
    if (!pod.trouble.empty()) plan.waiting_for += " (" + pod.trouble + ")";
  } else {
    const GateReport empty{};
    const GateReport& gates = snapshot.gates ? *snapshot.gates : empty;
    const GateResult* online = gates.find(Gate::kNodeOnline);
    const GateResult* synced = gates.find(Gate::kReplicationSynced);
    const GateResult* size = gates.find(Gate::kDatabaseSize);
    const bool is_synced =
        online != nullptr && online->open() && synced != nullptr && synced->open();
    record.changes.push_back(pod_step(PodStep::kSynced, slot.pod, is_synced));
    if (is_synced && size != nullptr) {
      record.changes.push_back(pod_step(PodStep::kSize, slot.pod, size->open()));
    }
    if (!gates.all_open() || size == nullptr) {
      plan.waiting_for = "pod " + slot.pod + ", " + gates.first_reason();
    }
  }
  plan.actions.emplace_back(std::move(record));
  return plan;
}

Plan plan_pod(const Snapshot& snapshot, const PodSlot& slot, const PetSetView& petset) {
  if (!snapshot.pod) return wait_for("pod " + slot.pod + ", which could not be read");
  switch (pod_stage(snapshot)) {
    case PodStage::kTake:
      return plan_take(snapshot, slot, petset);
    case PodStage::kEvict:
      return plan_evict(snapshot, slot, petset);
    case PodStage::kNote:
      return plan_note(slot);
    case PodStage::kCheck:
      return plan_check(snapshot, slot);
  }
  SIM_UNREACHABLE();
}

Plan plan_end(const Snapshot& snapshot) {
  if (!snapshot.order->empty() && !snapshot.first_pod_free) {
    if (!snapshot.clearance) return wait_for("the database to answer");
    if (!snapshot.clearance->all_open()) {
      return wait_for("pod " + snapshot.clearance->pod + ", " + snapshot.clearance->first_reason());
    }
  }
  Plan plan;
  plan.actions.emplace_back(finish_step(snapshot, restart_step(snapshot.request->spec->type)));
  plan.wake = Wake::kNow;
  return plan;
}

}  // namespace

// The fence is checked on every poll, not only when it was set up: a user may have lifted it.
Plan plan_restart_pods(const Snapshot& snapshot) {
  std::vector<Action> repairs;
  if (!is_paused_by_us(snapshot)) repairs.emplace_back(PauseDatabase{});
  bool fence_holds = true;
  for (const PetSetView& petset : snapshot.petsets) {
    if (!petset.exists) return wait_for("PetSet " + petset.name + ", which does not exist");
    if (is_fenced_by_us(snapshot, petset) && petset.has_images) continue;
    fence_holds = false;
    if (!changes_images(snapshot.request->spec->type)) {
      repairs.emplace_back(StampPetSet{petset.name});
    } else if (snapshot.target) {
      repairs.emplace_back(SetImages{petset.name, *snapshot.target});
    }
  }
  Plan plan;
  if (!fence_holds) {
    plan.waiting_for = "the fence of the PetSets to hold again";
  } else if (const PodSlot* slot = snapshot.slot()) {
    const PetSetView* petset = petset_of(snapshot, *slot);
    SIM_ASSERT(petset != nullptr);
    plan = plan_pod(snapshot, *slot, *petset);
  } else {
    plan = plan_end(snapshot);
  }
  plan.actions.insert(plan.actions.begin(), repairs.begin(), repairs.end());
  return plan;
}

}  // namespace sdbtwin::ops_manager
