#include "model/cluster/petset_plan.h"

#include <algorithm>

#include "model/cluster/petset_identity.h"

namespace sdbtwin::cluster {
namespace {

using api::PodPhase;

PodPhase phase_of(const PodPtr& pod) { return pod ? pod->status->phase : PodPhase::kUnset; }

bool is_terminal(const PodPtr& pod) {
  return phase_of(pod) == PodPhase::kSucceeded || phase_of(pod) == PodPhase::kFailed;
}

bool is_running_ready(const PodPtr& pod) { return pod && api::is_running_and_ready(*pod); }

std::string_view revision_of(const PodPtr& pod) {
  return pod ? api::label_of(pod->metadata, api::kRevisionLabel) : std::string_view{};
}

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
        options_(options) {}

  PassPlan run(const std::vector<PodPtr>& pods) {
    plan_.monotonic = set_.spec->pod_management_policy != api::PodManagementPolicy::kParallel;
    plan_.deleting = api::is_deleting(set_.metadata);
    distribute(pods);
    if (plan_.deleting) return plan_;
    plan_slots();
    if (plan_.exit_after_steps) return plan_;
    for (const PodPtr& pod : plan_.condemned) {
      if (!claims_.retention_matches(set_, *pod)) plan_.fix_claims.push_back(pod);
    }
    plan_condemned();
    if (plan_.exit_after_scale_down) return plan_;
    plan_update();
    return plan_;
  }

 private:
  void distribute(const std::vector<PodPtr>& pods) {
    const int32_t wanted = std::max(replicas_of(set_), 0);
    for (int32_t index = 0; index < wanted; ++index) {
      Slot slot;
      slot.ordinal = start_ordinal(set_) + index;
      slot.at_current = created_at_current(set_, index);
      plan_.slots.push_back(slot);
    }
    for (const PodPtr& pod : pods) {
      const int32_t ordinal = ordinal_of(*pod);
      if (in_ordinal_range(set_, ordinal)) {
        plan_.slots[static_cast<size_t>(ordinal - start_ordinal(set_))].pod = pod;
      } else if (ordinal >= 0) {
        plan_.condemned.push_back(pod);
      }
    }
    std::sort(plan_.condemned.begin(), plan_.condemned.end(),
              [](const auto& a, const auto& b) { return ordinal_of(*a) > ordinal_of(*b); });
    after_.reserve(plan_.slots.size());
    for (const Slot& slot : plan_.slots) after_.push_back(slot.pod);
  }

  // The lowest unhealthy replica, else the lowest unhealthy condemned pod. `found` without a pod:
  // a replica that is not created.
  const PodPtr* first_unhealthy() const {
    for (const Slot& slot : plan_.slots) {
      if (!is_healthy(slot.pod)) return &slot.pod;
    }
    for (auto pod = plan_.condemned.rbegin(); pod != plan_.condemned.rend(); ++pod) {
      if (!is_healthy(*pod)) return &*pod;
    }
    return nullptr;
  }

  // A. True: nothing behind this slot may be done in this pass.
  bool plan_slot(size_t index) {
    const Slot& slot = plan_.slots[index];
    SlotStep step;
    step.slot = index;
    PodPtr& pod = after_[index];
    if (is_terminal(pod)) {  // a1
      step.delete_terminal = true;
      pod = nullptr;
    }
    if (!is_created(pod)) {  // a2
      step.blocked_by_stale_claim = claims_.is_stale(set_, slot.ordinal, pod);
      step.create = !step.blocked_by_stale_claim;
      plan_.steps.push_back(step);
      return step.blocked_by_stale_claim || plan_.monotonic;
    }
    step.ensure_claims = phase_of(pod) == PodPhase::kPending;  // a3
    const bool blocks = plan_.monotonic &&                     // a4
                        (is_terminating(pod) || !is_running_ready(pod) ||
                         !is_available(pod, set_.spec->min_ready_seconds, now_));
    if (!blocks) {  // a5
      step.update = !identity_matches(set_, *pod) || !storage_matches(set_, *pod) ||
                    !claims_.retention_matches(set_, *pod);
    }
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
    const PodPtr* unhealthy = first_unhealthy();
    for (const PodPtr& pod : plan_.condemned) {
      if (is_terminating(pod)) {
        if (!plan_.monotonic) continue;
        plan_.exit_after_scale_down = true;
        return;
      }
      const bool ready =
          is_running_ready(pod) && is_available(pod, set_.spec->min_ready_seconds, now_);
      if (plan_.monotonic && !ready && (unhealthy == nullptr || *unhealthy != pod)) {
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
    if (after_[index]) return revision_of(after_[index]);
    return plan_.slots[index].at_current ? current_ : update_;
  }

  void plan_update() {  // D, E
    if (set_.spec->update_strategy.type == api::UpdateStrategyType::kOnDelete) return;
    int64_t budget = 1;
    if (options_.max_unavailable) {
      const auto unavailable = std::count_if(after_.begin(), after_.end(),
                                             [](const PodPtr& pod) { return !is_healthy(pod); });
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
  PassPlan plan_;
  std::vector<PodPtr> after_;  // the slots' pods when the steps planned so far are done
};

}  // namespace

bool is_created(const PodPtr& pod) { return phase_of(pod) != PodPhase::kUnset; }
bool is_terminating(const PodPtr& pod) { return pod && api::is_deleting(pod->metadata); }
bool is_healthy(const PodPtr& pod) { return is_running_ready(pod) && !is_terminating(pod); }

bool is_available(const PodPtr& pod, int32_t min_ready_seconds, sim::Time now) {
  if (!pod) return false;
  const api::PodCondition* ready = api::find_condition(*pod->status->conditions, api::kPodReady);
  if (ready == nullptr || ready->status != api::ConditionStatus::kTrue) return false;
  if (min_ready_seconds == 0) return true;
  return ready->last_transition_time && api::ClusterTime::to_run(*ready->last_transition_time) +
                                                std::chrono::seconds(min_ready_seconds) <
                                            now;
}

PassPlan plan_pass(const api::PetSet& set, std::string_view current_revision,
                   std::string_view update_revision, const std::vector<PodPtr>& pods,
                   const ClaimView& claims, sim::Time now, const PassOptions& options) {
  Planner planner(set, current_revision, update_revision, claims, now, options);
  return planner.run(pods);
}

std::vector<PodPtr> pods_of(const PassPlan& plan) {
  std::vector<PodPtr> pods;
  for (const Slot& slot : plan.slots) {
    if (slot.pod) pods.push_back(slot.pod);
  }
  pods.insert(pods.end(), plan.condemned.begin(), plan.condemned.end());
  return pods;
}

void count_pods(const api::PetSet& set, const std::vector<PodPtr>& pods, sim::Time now,
                api::PetSetStatus& status) {
  status.replicas = 0;
  status.ready_replicas = 0;
  status.available_replicas = 0;
  status.current_replicas = 0;
  status.updated_replicas = 0;
  for (const PodPtr& pod : pods) {
    if (is_created(pod)) ++status.replicas;
    if (is_running_ready(pod)) ++status.ready_replicas;
    if (is_available(pod, set.spec->min_ready_seconds, now)) ++status.available_replicas;
    if (!is_created(pod) || is_terminating(pod)) continue;
    if (revision_of(pod) == status.current_revision) ++status.current_replicas;
    if (revision_of(pod) == status.update_revision) ++status.updated_replicas;
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
