#include "model/cluster/scheduler/preemption.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "model/cluster/scheduler/scheduling_cycle.h"

namespace sdbtwin::cluster {
namespace {

using PodPtr = std::shared_ptr<const api::Pod>;

struct Victim {
  PodInfo info;
  bool violates = false;  // its budget
};

// Later than any start: a pod that has not started is the least important.
api::Timestamp start_of(const api::Pod& pod) {
  return pod.status->start_time.value_or(api::Timestamp{std::numeric_limits<int64_t>::max()});
}

bool more_important(const Victim& a, const Victim& b) {
  if (a.info.priority != b.info.priority) return a.info.priority > b.info.priority;
  const api::Timestamp left = start_of(*a.info.pod);
  const api::Timestamp right = start_of(*b.info.pod);
  if (left != right) return left < right;
  return a.info.uid() < b.info.uid();
}

// filterPodsWithPDBViolation: each budget allows so many disruptions, the more important first.
void mark_violations(std::vector<Victim>& victims, const Budgets& budgets) {
  std::vector<int64_t> allowed;
  for (const auto& budget : budgets) allowed.push_back(budget->status->disruptions_allowed);
  for (Victim& victim : victims) {
    const api::ObjectMeta& meta = victim.info.pod->metadata;
    if (meta.labels->empty()) continue;
    for (size_t i = 0; i < budgets.size(); ++i) {
      const api::PodDisruptionBudget& budget = *budgets[i];
      if (budget.metadata.namespace_ != meta.namespace_) continue;
      const auto& selector = budget.spec->selector;
      if (!selector || selector->empty() || !selector->matches(*meta.labels)) continue;
      if (budget.status->disrupted_pods.contains(meta.name)) continue;
      if (--allowed[i] < 0) victim.violates = true;
    }
  }
}

// One node tried out. The pool is as before when this ends.
class DryRun {
 public:
  DryRun(NodePool& pool, const PodInfo& pod, const ClaimsOfPod& claims, std::string node)
      : pool_(pool), pod_(pod), claims_(claims), node_(std::move(node)) {}
  DryRun(const DryRun&) = delete;
  DryRun& operator=(const DryRun&) = delete;
  ~DryRun() {
    for (const Victim& victim : out_) pool_.place(victim.info, node_);
  }

  // The victims, or why there are none.
  std::optional<Rejection> run(const Budgets& budgets, std::vector<Victim>& victims) {
    std::vector<Victim> lower = lower_pods();
    if (lower.empty()) {
      return Rejection::unresolvable(Plugin::kNodeResourcesFit,
                                     "No preemption victims found for incoming pod");
    }
    out_ = lower;
    for (const Victim& victim : lower) pool_.remove(victim.info.uid());
    if (auto rejection = why_not_with_nominated(pool_, pod_, claims_, node_)) return rejection;
    std::sort(lower.begin(), lower.end(), more_important);
    mark_violations(lower, budgets);
    for (const bool violating : {true, false}) {
      for (Victim& victim : lower) {
        if (victim.violates == violating && !reprieve(victim)) victims.push_back(victim);
      }
    }
    std::sort(victims.begin(), victims.end(), more_important);
    return std::nullopt;
  }

 private:
  std::vector<Victim> lower_pods() const {
    std::vector<Victim> lower;
    for (const auto& [uid, there] : pool_.find(node_)->pods) {
      if (there->priority < pod_.priority) lower.push_back(Victim{*there});
    }
    return lower;
  }

  // True: the pod fits with this one still there.
  bool reprieve(const Victim& victim) {
    pool_.place(victim.info, node_);
    if (!why_not_with_nominated(pool_, pod_, claims_, node_)) return true;
    pool_.remove(victim.info.uid());
    return false;
  }

  NodePool& pool_;
  const PodInfo& pod_;
  const ClaimsOfPod& claims_;
  std::string node_;
  std::vector<Victim> out_;
};

struct Candidate {
  std::string node;
  std::vector<Victim> victims;
  int64_t violations = 0;

  int64_t sum_of_priorities() const {
    int64_t sum = 0;
    // Shifted, so that more victims are never better because of negative priorities.
    for (const Victim& victim : victims)
      sum += int64_t{victim.info.priority} + std::numeric_limits<int32_t>::max() + 1;
    return sum;
  }
  // The earliest start among the victims of the highest priority.
  api::Timestamp earliest_start() const {
    api::Timestamp earliest = start_of(*victims.front().info.pod);
    for (const Victim& victim : victims) {
      if (victim.info.priority == victims.front().info.priority)
        earliest = std::min(earliest, start_of(*victim.info.pod));
    }
    return earliest;
  }
};

constexpr const char* kNotHelpful = "Preemption is not helpful for scheduling";

std::vector<std::string> names_of_nodes(const NodePool& pool) {
  std::vector<std::string> names;
  for (const auto& [name, node] : pool.nodes()) {
    if (node.node != nullptr) names.push_back(name);
  }
  return names;
}

// pickOneNodeForPreemption.
bool better(const Candidate& a, const Candidate& b) {
  if (a.violations != b.violations) return a.violations < b.violations;
  if (a.victims.empty() || b.victims.empty()) return a.victims.empty() && !b.victims.empty();
  const int32_t left = a.victims.front().info.priority;
  const int32_t right = b.victims.front().info.priority;
  if (left != right) return left < right;
  if (a.sum_of_priorities() != b.sum_of_priorities())
    return a.sum_of_priorities() < b.sum_of_priorities();
  if (a.victims.size() != b.victims.size()) return a.victims.size() < b.victims.size();
  return b.earliest_start() < a.earliest_start();
}

}  // namespace

bool is_preempted(const api::Pod& pod) {
  const api::PodCondition* target =
      api::find_condition(*pod.status->conditions, api::kDisruptionTarget);
  return target != nullptr && target->status == api::ConditionStatus::kTrue &&
         target->reason == "PreemptionByScheduler";
}

std::string not_eligible(const NodePool& pool, const PodInfo& pod, const Diagnosis& diagnosis) {
  if (pod.pod->spec->preemption_policy == "Never")
    return "not eligible due to preemptionPolicy=Never.";
  const auto nominated = pool.nominations().find(pod.uid());
  if (nominated == pool.nominations().end()) return {};
  const std::string& name = nominated->second.node;
  const auto rejected = diagnosis.by_node.find(name);
  if (rejected != diagnosis.by_node.end() && !rejected->second.preemption_may_help) return {};
  const NodeInfo* node = pool.find(name);
  if (node == nullptr) return {};
  for (const auto& [uid, there] : node->pods) {
    if (there->priority < pod.priority && api::is_deleting(there->pod->metadata) &&
        is_preempted(*there->pod)) {
      return "not eligible due to a terminating pod on the nominated node.";
    }
  }
  return {};
}

std::optional<Preemption> find_victims(NodePool& pool, const PodInfo& pod,
                                       const ClaimsOfPod& claims, const Budgets& budgets,
                                       Diagnosis& diagnosis) {
  std::optional<Candidate> best;
  Diagnosis tried;
  tried.nodes = diagnosis.nodes;
  for (const std::string& name : names_of_nodes(pool)) {
    const auto rejected = diagnosis.by_node.find(name);
    if (rejected == diagnosis.by_node.end() || !rejected->second.preemption_may_help) {
      tried.by_node.emplace(name, Rejection::unresolvable(Plugin::kNodeResourcesFit, kNotHelpful));
      continue;
    }
    Candidate candidate{name, {}};
    DryRun dry_run(pool, pod, claims, name);
    if (std::optional<Rejection> hopeless = dry_run.run(budgets, candidate.victims)) {
      tried.by_node.emplace(name, *std::move(hopeless));
      continue;
    }
    candidate.violations = std::count_if(candidate.victims.begin(), candidate.victims.end(),
                                         [](const Victim& victim) { return victim.violates; });
    if (!best || better(candidate, *best)) best = std::move(candidate);
  }
  if (!best) {
    diagnosis.preemption = tried.message();
    return std::nullopt;
  }
  Preemption result;
  result.node = best->node;
  result.violations = best->violations;
  for (const Victim& victim : best->victims) result.victims.push_back(victim.info.pod);
  return result;
}

}  // namespace sdbtwin::cluster
