#include "model/cluster/controllers/disruption_controller.h"

#include <set>
#include <utility>

#include "model/api/typed_client.h"
#include "model/cluster/controllers/disruption_status.h"

namespace sdbtwin::cluster {
namespace {

using api::Result;

bool covers(const api::PodDisruptionBudget& budget, const api::Pod& pod) {
  return budget.metadata.namespace_ == pod.metadata.namespace_ && budget.spec->selector &&
         budget.spec->selector->matches(*pod.metadata.labels);
}

bool can_matter(const api::Pod& before, const api::Pod& pod) {
  return before.metadata.uid != pod.metadata.uid ||
         api::is_pod_ready(before) != api::is_pod_ready(pod) ||
         api::is_deleting(before.metadata) != api::is_deleting(pod.metadata) ||
         !(before.metadata.labels == pod.metadata.labels) ||
         !(before.metadata.owner_references == pod.metadata.owner_references);
}

bool same_status(const api::PodDisruptionBudgetStatus& a, const api::PodDisruptionBudgetStatus& b) {
  return a.current_healthy == b.current_healthy && a.desired_healthy == b.desired_healthy &&
         a.expected_pods == b.expected_pods && a.disruptions_allowed == b.disruptions_allowed &&
         a.disrupted_pods == b.disrupted_pods && a.observed_generation == b.observed_generation &&
         a.conditions == b.conditions;
}

}  // namespace

DisruptionController::DisruptionController(sim::Runtime& runtime,
                                           std::unique_ptr<api::Client> client)
    : runtime_(&runtime),
      client_(std::move(client)),
      budgets_(runtime, *client_, api::Kind::kPodDisruptionBudget),
      pods_(runtime, *client_, api::Kind::kPod),
      queue_(runtime) {
  add_handlers();
  budgets_.start();
  pods_.start();
  runtime.spawn(run());
}

void DisruptionController::add_handlers() {
  client::EventHandlers budgets;
  budgets.on_add = [this](const api::ObjectPtr& budget) {
    on_budget(api::as<api::PodDisruptionBudget>(budget), true);
  };
  budgets.on_update = [this](const api::ObjectPtr& before, const api::ObjectPtr& budget) {
    const auto now = api::as<api::PodDisruptionBudget>(budget);
    on_budget(now, !(api::as<api::PodDisruptionBudget>(before)->spec == now->spec));
  };
  budgets.on_delete = [this](const api::ObjectPtr& budget, bool) {
    members_.erase(api::key_of(*budget));
  };
  budgets_.add_handlers(std::move(budgets));

  client::EventHandlers pods;
  pods.on_add = [this](const api::ObjectPtr& pod) { on_pod(api::as<api::Pod>(pod), true); };
  pods.on_update = [this](const api::ObjectPtr& before, const api::ObjectPtr& pod) {
    const auto now = api::as<api::Pod>(pod);
    on_pod(now, can_matter(*api::as<api::Pod>(before), *now));
  };
  pods.on_delete = [this](const api::ObjectPtr& pod, bool) { on_pod_gone(api::as<api::Pod>(pod)); };
  pods_.add_handlers(std::move(pods));
}

void DisruptionController::on_budget(const BudgetPtr& budget, bool selector_changed) {
  const Key key = api::key_of(*budget);
  if (selector_changed) {
    Members members;
    for (const auto& [pod_key, object] : pods_.cache().objects()) {
      PodPtr pod = api::as<api::Pod>(object);
      if (covers(*budget, *pod)) members.emplace(pod_key, std::move(pod));
    }
    members_[key] = std::move(members);
  }
  queue_.add(key);
}

void DisruptionController::on_pod(const PodPtr& pod, bool matters) {
  const Key pod_key = api::key_of(*pod);
  for (auto& [key, members] : members_) {
    const auto budget = budgets_.lister<api::PodDisruptionBudget>().get(key);
    const bool covered = budget && covers(*budget, *pod);
    const bool was_covered = members.contains(pod_key);
    if (covered) {
      members[pod_key] = pod;
    } else if (was_covered) {
      members.erase(pod_key);
    }
    if ((covered || was_covered) && matters) queue_.add(key);
  }
}

void DisruptionController::on_pod_gone(const PodPtr& pod) {
  for (auto& [key, members] : members_) {
    if (members.erase(api::key_of(*pod)) > 0) queue_.add(key);
  }
}

sim::Task<void> DisruptionController::run() {
  std::vector<client::Informer*> informers{&budgets_, &pods_};
  co_await client::wait_for_sync(*runtime_, std::move(informers));
  while (true) {
    const std::optional<Key> key = co_await queue_.get();
    if (!key) co_return;
    const Result<void> result = co_await sync(*key);
    if (result) {
      queue_.forget(*key);
    } else {
      queue_.add_rate_limited(*key);
    }
    queue_.done(*key);
  }
}

// The sum of the scales of all controllers of these pods, each counted once.
sim::Task<Result<int64_t>> DisruptionController::expected_scale(std::vector<PodPtr> pods) {
  int64_t sum = 0;
  std::set<std::string> counted;
  for (const PodPtr& pod : pods) {
    const api::OwnerReference* owner = api::controller_of(pod->metadata);
    if (owner == nullptr || !counted.insert(owner->uid).second) continue;
    const api::KindInfo* info = api::find_kind(owner->api_version, owner->kind);
    if (info == nullptr || !info->scale_subresource) {
      api::ApiError error;
      error.message = "found no controllers for pod \"" + pod->metadata.name + "\"";
      co_return error;
    }
    api::ObjectRef ref(info->kind, pod->metadata.namespace_, owner->name);
    api::Request request = api::Request::get_scale(std::move(ref));
    const Result<api::Response> scale = co_await client_->call(std::move(request));
    if (!scale) co_return scale.error();
    sum += scale->scale_replicas;
  }
  co_return sum;
}

sim::Task<Result<void>> DisruptionController::sync(Key key) {
  const BudgetPtr budget = budgets_.lister<api::PodDisruptionBudget>().get(key);
  if (budget == nullptr) co_return Result<void>();
  std::vector<PodPtr> pods;
  for (const auto& [pod_key, pod] : members_[key]) pods.push_back(pod);
  Result<int64_t> count = static_cast<int64_t>(pods.size());
  if (counts_by_scale(*budget->spec)) count = co_await expected_scale(pods);
  const sim::Time now = runtime_->now();
  api::PodDisruptionBudgetStatus status;
  if (count) {
    const Disrupted disrupted = still_disrupted(*budget, pods, now);
    if (disrupted.recheck) queue_.add_after(key, *disrupted.recheck - now);
    status = budget_status(*budget, pods, expected_of(*budget->spec, *count), disrupted, now);
  } else {
    status = failed_budget_status(*budget, count.error().message, now);
  }
  if (!same_status(*budget->status, status)) {
    auto changed = api::copy(*budget);
    changed->status = std::move(status);
    const auto updated = co_await api::update_status(*client_, changed);
    if (!updated && !api::is(updated, api::Reason::kNotFound)) co_return updated.error();
  }
  if (!count) co_return count.error();
  co_return Result<void>();
}

}  // namespace sdbtwin::cluster
