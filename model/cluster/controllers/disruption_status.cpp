#include "model/cluster/controllers/disruption_status.h"

#include <algorithm>
#include <utility>

namespace sdbtwin::cluster {
namespace {

// disruption.DeletionTimeout: an eviction that has not led to a deletion by then is forgotten.
constexpr sim::Duration kDeletionTimeout = std::chrono::minutes(2);

void set_condition(api::PodDisruptionBudgetStatus& status, bool allowed, std::string reason,
                   std::string message, int64_t generation, sim::Time now) {
  api::StatusCondition condition;
  condition.type = "DisruptionAllowed";
  condition.status = allowed ? api::ConditionStatus::kTrue : api::ConditionStatus::kFalse;
  condition.reason = std::move(reason);
  condition.message = std::move(message);
  condition.observed_generation = generation;
  api::set_status_condition(status.conditions, std::move(condition), api::ClusterTime::at(now));
}

}  // namespace

bool counts_by_scale(const api::PodDisruptionBudgetSpec& spec) {
  return spec.max_unavailable || (spec.min_available && spec.min_available->text);
}

Expected expected_of(const api::PodDisruptionBudgetSpec& spec, int64_t count) {
  Expected expected;
  expected.pods = count;
  if (spec.max_unavailable) {
    const int64_t unavailable = spec.max_unavailable->scaled_up(count).value_or(0);
    expected.healthy = std::max<int64_t>(0, count - unavailable);
  } else if (spec.min_available) {
    expected.healthy = spec.min_available->scaled_up(count).value_or(0);
  }
  return expected;
}

Disrupted still_disrupted(const api::PodDisruptionBudget& budget,
                          const std::vector<std::shared_ptr<const api::Pod>>& pods, sim::Time now) {
  Disrupted result;
  if (budget.status->disrupted_pods.empty()) return result;
  for (const auto& pod : pods) {
    if (api::is_deleting(pod->metadata)) continue;
    const auto found = budget.status->disrupted_pods.find(pod->metadata.name);
    if (found == budget.status->disrupted_pods.end()) continue;
    const sim::Time until = api::ClusterTime::to_run(found->second) + kDeletionTimeout;
    if (until < now) continue;
    result.pods.insert(*found);
    if (!result.recheck || until < *result.recheck) result.recheck = until;
  }
  return result;
}

api::PodDisruptionBudgetStatus budget_status(
    const api::PodDisruptionBudget& budget,
    const std::vector<std::shared_ptr<const api::Pod>>& pods, const Expected& expected,
    const Disrupted& disrupted, sim::Time now) {
  api::PodDisruptionBudgetStatus status = *budget.status;
  const auto healthy = std::count_if(pods.begin(), pods.end(), [&](const auto& pod) {
    return api::is_pod_ready(*pod) && !api::is_deleting(pod->metadata) &&
           !disrupted.pods.contains(pod->metadata.name);
  });
  const int64_t spare = expected.pods <= 0 ? 0 : std::max<int64_t>(0, healthy - expected.healthy);
  status.current_healthy = static_cast<int32_t>(healthy);
  status.desired_healthy = static_cast<int32_t>(expected.healthy);
  status.expected_pods = static_cast<int32_t>(expected.pods);
  status.disruptions_allowed = static_cast<int32_t>(spare);
  status.disrupted_pods = disrupted.pods;
  status.observed_generation = budget.metadata.generation;
  set_condition(status, spare > 0, spare > 0 ? "SufficientPods" : "InsufficientPods", "",
                budget.metadata.generation, now);
  return status;
}

api::PodDisruptionBudgetStatus failed_budget_status(const api::PodDisruptionBudget& budget,
                                                    std::string message, sim::Time now) {
  api::PodDisruptionBudgetStatus status = *budget.status;
  status.disruptions_allowed = 0;
  status.observed_generation = budget.metadata.generation;
  set_condition(status, false, "SyncFailed", std::move(message), budget.metadata.generation, now);
  return status;
}

}  // namespace sdbtwin::cluster
