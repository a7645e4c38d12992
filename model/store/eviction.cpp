// POST pods/{name}/eviction: deletion as far as disruption budgets allow it (kubernetes.md 4.10).
#include <fmt/format.h>

#include <utility>

#include "model/api/pod.h"
#include "model/api/policy.h"
#include "model/store/metadata.h"
#include "model/store/remove.h"
#include "model/store/transaction.h"

namespace sdbtwin::store {

namespace {

using Budget = api::PodDisruptionBudget;
using BudgetPtr = std::shared_ptr<const Budget>;

constexpr std::string_view kViolates =
    "Cannot evict pod as it would violate the pod's disruption budget.";
constexpr int kStillProcessingRetrySeconds = 10;
constexpr std::size_t kDisruptedPodsMax = 2000;
constexpr int kEvicted = 201;

bool budget_is_ignored(const api::Pod& pod) {
  return pod.status->phase == api::PodPhase::kPending || api::is_pod_terminal(pod) ||
         api::is_deleting(pod.metadata);
}

std::vector<BudgetPtr> budgets_of(const Transaction& transaction, const api::Pod& pod) {
  std::vector<BudgetPtr> budgets;
  const Table& table = transaction.table_of(api::Kind::kPodDisruptionBudget);
  const auto [first, last] = table.range(pod.metadata.namespace_);
  for (auto it = first; it != last; ++it) {
    auto budget = api::as<Budget>(it->second);
    // No selector selects nothing; an empty one selects everything.
    const std::optional<api::LabelSelector>& selector = budget->spec->selector;
    if (!selector || !selector->matches(*pod.metadata.labels)) continue;
    budgets.push_back(std::move(budget));
  }
  return budgets;
}

api::ApiError more_than_one_budget() {
  api::ApiError error;
  error.reason = api::Reason::kInternalError;
  error.code = 500;
  error.message =
      "This pod has more than one PodDisruptionBudget, which the eviction subresource does not "
      "support.";
  return error;
}

// An unready pod is not guarded by its budget, unless the budget lacks healthy pods.
bool may_go_unready(const api::Pod& pod, const Budget& budget) {
  if (api::is_pod_ready(pod)) return false;
  if (budget.spec->unhealthy_pod_eviction_policy == api::UnhealthyPodEviction::kAlwaysAllow) {
    return true;
  }
  return budget.status->current_healthy >= budget.status->desired_healthy &&
         budget.status->desired_healthy > 0;
}

api::ApiError too_many(int retry_after_seconds, std::string why) {
  api::ApiError error = api::errors::too_many_requests(std::string(kViolates), retry_after_seconds);
  error.causes.push_back(
      api::StatusCause{.type = "DisruptionBudget", .message = std::move(why), .field = ""});
  return error;
}

api::Result<void> check_budget(const Budget& budget) {
  static constexpr api::GroupResource kResource{"policy", "poddisruptionbudget"};
  const api::PodDisruptionBudgetStatus& status = *budget.status;
  const std::string& name = budget.metadata.name;
  if (status.observed_generation < budget.metadata.generation) {
    return too_many(
        kStillProcessingRetrySeconds,
        fmt::format("The disruption budget {} is still being processed by the server.", name));
  }
  if (status.disruptions_allowed < 0) {
    return api::errors::forbidden(kResource, name, "pdb disruptions allowed is negative");
  }
  if (status.disrupted_pods.size() > kDisruptedPodsMax) {
    return api::errors::forbidden(
        kResource, name,
        "DisruptedPods map too big - too many evictions not confirmed by PDB controller");
  }
  if (status.disruptions_allowed > 0) return {};
  // No retry-after: the client must not repeat it by itself.
  return too_many(0, fmt::format("The disruption budget {} needs {} healthy pods and has {} "
                                 "currently",
                                 name, status.desired_healthy, status.current_healthy));
}

void charge(Transaction& transaction, const Budget& budget, const std::string& pod) {
  auto next = api::copy(budget);
  api::PodDisruptionBudgetStatus& status = next->status.edit();
  --status.disruptions_allowed;
  status.disrupted_pods[pod] = transaction.timestamp();
  if (status.disruptions_allowed == 0) {
    api::StatusCondition condition;
    condition.type = "DisruptionAllowed";
    condition.status = api::ConditionStatus::kFalse;
    condition.observed_generation = status.observed_generation;
    condition.reason = "InsufficientPods";
    api::set_status_condition(status.conditions, std::move(condition), transaction.timestamp());
  }
  transaction.put_in(api::Kind::kPodDisruptionBudget, std::move(next));
}

// The reason of the disruption stays readable until the pod is gone.
api::ObjectPtr mark_disrupted(Transaction& transaction,
                              const std::shared_ptr<const api::Pod>& pod) {
  auto next = api::copy(*pod);
  api::PodStatus& status = next->status.edit();
  api::PodCondition condition;
  condition.type = std::string(api::kDisruptionTarget);
  condition.status = api::ConditionStatus::kTrue;
  condition.reason = "EvictionByEvictionAPI";
  condition.message = "Eviction API: evicting";
  if (status.observed_generation > 0) condition.observed_generation = next->metadata.generation;
  const bool changed = api::set_pod_condition(status.conditions.edit(), std::move(condition),
                                              transaction.timestamp());
  if (!changed) return pod;
  return transaction.put(std::move(next));
}

Answer disrupt(Transaction& transaction, const std::shared_ptr<const api::Pod>& pod) {
  const api::ObjectPtr marked = mark_disrupted(transaction, pod);
  api::DeleteOptions options = *transaction.request().delete_options;
  if (options.resource_version) options.resource_version = marked->metadata.resource_version;
  const Answer removed = remove_object(transaction, marked, options);
  if (!removed) return removed.error();
  return transaction.success(kEvicted);
}

}  // namespace

Answer evict(Transaction& transaction) {
  const auto pod = api::as_if<api::Pod>(transaction.find());
  if (pod == nullptr) return transaction.not_found();
  const api::Result<void> meant = check_preconditions(
      transaction.resource(), *transaction.request().delete_options, pod->metadata);
  if (!meant) return meant.error();
  if (budget_is_ignored(*pod)) return disrupt(transaction, pod);

  const std::vector<BudgetPtr> budgets = budgets_of(transaction, *pod);
  if (budgets.size() > 1) return more_than_one_budget();
  if (budgets.empty() || may_go_unready(*pod, *budgets.front())) return disrupt(transaction, pod);
  const api::Result<void> allowed = check_budget(*budgets.front());
  if (!allowed) return allowed.error();
  charge(transaction, *budgets.front(), pod->metadata.name);
  return disrupt(transaction, pod);
}

}  // namespace sdbtwin::store
