#include "model/cluster/petset/plan.h"

#include <algorithm>

#include "model/cluster/petset/identity.h"

namespace sdbtwin::cluster {
namespace {

bool is_created(const SetPod* pod) { return pod != nullptr && pod->created(); }
bool is_healthy(const SetPod* pod) { return pod != nullptr && pod->healthy(); }
bool is_terminating(const SetPod* pod) { return pod != nullptr && pod->terminating; }

// The first arm holds for RollingUpdate without a rollingUpdate block; the second ignores the type,
// so that OnDelete with a left-over partition honours it.
bool created_at_current(const api::PetSet& set, int32_t index) {
  const api::PetSetUpdateStrategy& strategy = set.spec->update_strategy;
  if (strategy.rolling_update) return index < strategy.rolling_update->partition.value_or(0);
  return strategy.type == api::UpdateStrategyType::kRollingUpdate &&
         index < set.status->current_replicas;
}

int32_t partition_of(const api::PetSet& set) {
  const auto& rolling = set.spec->update_strategy.rolling_update;
  return rolling ? rolling->partition.value_or(0) : 0;
}

class Planner {
 public:
  Planner(const api::PetSet& set, std::string_view current, std::string_view update,
          const ClaimView& claims, sim::Time now, const PassOptions& options)
      : set_(set),
        current_(current),
        update_(update),
        claims_(claims),
        now_(now),
        options_(options),
        check_claims_(claims.retention_matters(set)) {}

  PassPlan run(const SetPods& pods) {
    plan_.monotonic = set_.spec->pod_management_policy != api::PodManagementPolicy::kParallel;
    plan_.deleting = api::is_deleting(set_.metadata);
    distribute(pods);
    if (plan_.deleting) return std::move(plan_);
    plan_slots();
    if (plan_.exit_after_steps) return std::move(plan_);
    for (const SetPod* pod : plan_.condemned) {
      if (!retention_matches(*pod)) plan_.fix_claims.push_back(pod);
    }
    plan_condemned();
    if (plan_.exit_after_scale_down) return std::move(plan_);
    plan_update();
    return std::move(plan_);
  }

 private:
  void distribute(const SetPods& pods) {
    const int32_t start = start_ordinal(set_);
    const int32_t wanted = std::max(replicas_of(set_), 0);
    plan_.slots.resize(static_cast<size_t>(wanted));
    for (int32_t index = 0; index < wanted; ++index) {
      Slot& slot = plan_.slots[static_cast<size_t>(index)];
      slot.ordinal = start + index;
      slot.at_current = created_at_current(set_, index);
    }
    for (const SetPod* pod : pods) {
      if (pod->ordinal >= start && pod->ordinal - start < wanted) {
        plan_.slots[static_cast<size_t>(pod->ordinal - start)].pod = pod;
      } else if (pod->ordinal >= 0) {
        plan_.condemned.push_back(pod);
      }
    }
    std::sort(plan_.condemned.begin(), plan_.condemned.end(),
              [](const SetPod* a, const SetPod* b) { return a->ordinal > b->ordinal; });
    after_.reserve(plan_.slots.size());
    for (const Slot& slot : plan_.slots) after_.push_back(slot.pod);
  }

  bool retention_matches(const SetPod& pod) const {
    return !check_claims_ || claims_.retention_matches(set_, *pod.pod);
  }

  bool is_usable(const SetPod& pod) const {
    return pod.running_and_ready() && pod.available(set_.spec->min_ready_seconds, now_);
  }

  // The lowest unhealthy condemned pod, unless a replica is unhealthy.
  const SetPod* first_unhealthy() const {
    for (const Slot& slot : plan_.slots) {
      if (!is_healthy(slot.pod)) return nullptr;
    }
    for (auto pod = plan_.condemned.rbegin(); pod != plan_.condemned.rend(); ++pod) {
      if (!is_healthy(*pod)) return *pod;
    }
    return nullptr;
  }

  // A. True: nothing behind this slot may be done in this pass.
  bool plan_slot(size_t index) {
    const Slot& slot = plan_.slots[index];
    SlotStep step;
    step.slot = index;
    const SetPod*& pod = after_[index];
    if (pod != nullptr && pod->terminal()) {  // a1
      step.delete_terminal = true;
      pod = nullptr;
    }
    if (!is_created(pod)) {  // a2
      step.blocked_by_stale_claim = claims_.is_stale(
          set_, slot.ordinal, pod == nullptr ? std::string_view() : pod->pod->metadata.uid);
      step.create = !step.blocked_by_stale_claim;
      plan_.steps.push_back(step);
      return step.blocked_by_stale_claim || plan_.monotonic;
    }
    step.ensure_claims = pod->phase == api::PodPhase::kPending;                     // a3
    const bool blocks = plan_.monotonic && (pod->terminating || !is_usable(*pod));  // a4
    if (!blocks) step.update = !pod->in_shape || !retention_matches(*pod);          // a5
    if (step.ensure_claims || step.update) plan_.steps.push_back(step);
    return blocks;
  }

  void plan_slots() {
    for (size_t index = 0; index < plan_.slots.size(); ++index) {
      const bool exit = plan_slot(index);
      if (exit && plan_.monotonic) {
        plan_.exit_after_steps = true;
        return;
      }
    }
  }

  void plan_condemned() {  // C
    const SetPod* unhealthy = first_unhealthy();
    for (const SetPod* pod : plan_.condemned) {
      if (pod->terminating) {
        if (!plan_.monotonic) continue;
        plan_.exit_after_scale_down = true;
        return;
      }
      if (plan_.monotonic && !is_usable(*pod) && pod != unhealthy) {
        plan_.exit_after_scale_down = true;
        return;
      }
      plan_.scale_down.push_back(pod);
      if (!plan_.monotonic) continue;
      plan_.exit_after_scale_down = true;
      return;
    }
  }

  std::string_view revision_at(size_t index) const {
    if (after_[index] != nullptr) return after_[index]->revision;
    return plan_.slots[index].at_current ? current_ : update_;
  }

  void plan_update() {  // D, E
    if (set_.spec->update_strategy.type == api::UpdateStrategyType::kOnDelete) return;
    int64_t budget = 1;
    if (options_.max_unavailable) {
      const auto unavailable = std::count_if(after_.begin(), after_.end(),
                                             [](const SetPod* pod) { return !is_healthy(pod); });
      budget = max_unavailable_of(set_) - unavailable;
    }
    const auto lowest = static_cast<int64_t>(partition_of(set_));
    for (auto at = static_cast<int64_t>(after_.size()) - 1; at >= lowest && budget > 0; --at) {
      const auto index = static_cast<size_t>(at);
      if (revision_at(index) != update_ && !is_terminating(after_[index])) {
        plan_.replace.push_back(index);
        --budget;
      } else if (!options_.max_unavailable && !is_healthy(after_[index])) {
        return;
      }
    }
  }

  const api::PetSet& set_;
  std::string_view current_;
  std::string_view update_;
  const ClaimView& claims_;
  sim::Time now_;
  PassOptions options_;
  bool check_claims_;
  PassPlan plan_;
  SetPods after_;  // the slots' pods when the steps planned so far are done
};

}  // namespace

PassPlan plan_pass(const api::PetSet& set, std::string_view current_revision,
                   std::string_view update_revision, const SetPods& pods, const ClaimView& claims,
                   sim::Time now, const PassOptions& options) {
  Planner planner(set, current_revision, update_revision, claims, now, options);
  return planner.run(pods);
}

SetPods pods_of(const PassPlan& plan) {
  SetPods pods;
  pods.reserve(plan.slots.size() + plan.condemned.size());
  for (const Slot& slot : plan.slots) {
    if (slot.pod != nullptr) pods.push_back(slot.pod);
  }
  pods.insert(pods.end(), plan.condemned.begin(), plan.condemned.end());
  return pods;
}

void count_pods(const api::PetSet& set, const SetPods& pods, sim::Time now,
                api::PetSetStatus& status) {
  const int32_t min_ready = set.spec->min_ready_seconds;
  status.replicas = 0;
  status.ready_replicas = 0;
  status.available_replicas = 0;
  status.current_replicas = 0;
  status.updated_replicas = 0;
  for (const SetPod* pod : pods) {
    if (pod->created()) ++status.replicas;
    if (pod->running_and_ready()) ++status.ready_replicas;
    if (pod->available(min_ready, now)) ++status.available_replicas;
    if (!pod->created() || pod->terminating) continue;
    if (pod->revision == status.current_revision) ++status.current_replicas;
    if (pod->revision == status.update_revision) ++status.updated_replicas;
  }
}

void complete_rolling_update(const api::PetSet& set, api::PetSetStatus& status) {
  if (set.spec->update_strategy.type != api::UpdateStrategyType::kRollingUpdate) return;
  if (status.updated_replicas != status.replicas || status.ready_replicas != status.replicas ||
      status.replicas != replicas_of(set)) {
    return;
  }
  status.current_replicas = status.updated_replicas;
  status.current_revision = status.update_revision;
}

bool status_differs(const api::PetSetStatus& stored, const api::PetSetStatus& wanted) {
  return wanted.observed_generation > stored.observed_generation ||
         wanted.replicas != stored.replicas || wanted.current_replicas != stored.current_replicas ||
         wanted.ready_replicas != stored.ready_replicas ||
         wanted.updated_replicas != stored.updated_replicas ||
         wanted.available_replicas != stored.available_replicas ||
         wanted.current_revision != stored.current_revision ||
         wanted.update_revision != stored.update_revision;
}

int64_t max_unavailable_of(const api::PetSet& set) {
  const auto& rolling = set.spec->update_strategy.rolling_update;
  if (!rolling || !rolling->max_unavailable) return 1;
  return std::max<int64_t>(1, rolling->max_unavailable->scaled_down(replicas_of(set)).value_or(1));
}

}  // namespace sdbtwin::cluster
