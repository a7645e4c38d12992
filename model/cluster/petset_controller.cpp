#include "model/cluster/petset_controller.h"

#include <utility>

#include "model/api/typed_client.h"
#include "model/client/backoff.h"
#include "model/cluster/petset_defaults.h"
#include "model/cluster/petset_identity.h"
#include "model/cluster/petset_placement.h"

namespace sdbtwin::cluster {
namespace {

using api::Result;

// Pods that nobody controls, by namespace: all that a set may adopt.
constexpr std::string_view kOrphanIndex = "orphan-namespace";
constexpr std::string_view kControllerIndex = "controller-uid";

void index_controller(const api::Object& object, std::vector<std::string>& values) {
  if (const api::OwnerReference* owner = api::controller_of(object.metadata))
    values.push_back(owner->uid);
}

void index_orphan(const api::Object& object, std::vector<std::string>& values) {
  if (api::controller_of(object.metadata) == nullptr) values.push_back(object.metadata.namespace_);
}

client::InformerOptions resync_every(sim::Duration period) {
  client::InformerOptions options;
  options.resync = period;
  return options;
}

client::InformerOptions untyped(std::string_view kind) {
  client::InformerOptions options;
  options.untyped = kind;
  return options;
}

void index_owned(const api::Object& object, std::vector<std::string>& values) {
  if (!object.metadata.owner_references->empty()) values.push_back(object.metadata.namespace_);
}

bool same_controller(const api::Pod& a, const api::Pod& b) {
  const api::OwnerReference* one = api::controller_of(a.metadata);
  const api::OwnerReference* other = api::controller_of(b.metadata);
  if (one == nullptr || other == nullptr) return one == other;
  return *one == *other;
}

}  // namespace

PetSetController::PetSetController(sim::Runtime& runtime, std::unique_ptr<api::Client> client,
                                   const PetSetControllerOptions& options)
    : runtime_(&runtime),
      client_(std::move(client)),
      options_(options),
      events_(runtime, *client_, "petset-controller"),
      sets_(runtime, *client_, api::Kind::kPetSet, resync_every(options.resync)),
      pods_(runtime, *client_, api::Kind::kPod),
      claims_(runtime, *client_, api::Kind::kPersistentVolumeClaim),
      revisions_(runtime, *client_, api::Kind::kControllerRevision),
      policies_(runtime, *client_, api::Kind::kUnstructured, untyped(kPlacementPolicy)),
      control_(tools()),
      history_(tools()),
      queue_(runtime) {
  pods_.add_index(std::string(kControllerIndex), index_controller);
  pods_.add_index(std::string(kOrphanIndex), index_orphan);
  claims_.add_index(std::string(kOwnedClaims), index_owned);
  add_handlers();
  for (client::Informer* informer : informers()) informer->start();
  runtime.spawn(start());
}

std::array<client::Informer*, 5> PetSetController::informers() {
  return {&sets_, &pods_, &claims_, &revisions_, &policies_};
}

PetSetTools PetSetController::tools() {
  return PetSetTools{*runtime_,
                     *client_,
                     events_,
                     sets_.lister<api::PetSet>(),
                     pods_.lister<api::Pod>(),
                     claims_.lister<api::PersistentVolumeClaim>(),
                     revisions_.lister<api::ControllerRevision>(),
                     policies_.lister<api::Unstructured>(),
                     options_.live_list};
}

// ---- Events (1.3). Claims, revisions and policies are cached but wake nobody.

void PetSetController::add_handlers() {
  client::EventHandlers sets;
  sets.on_add = [this](const api::ObjectPtr& set) { queue_.add(api::key_of(*set)); };
  sets.on_update = [this](const api::ObjectPtr&, const api::ObjectPtr& set) {
    queue_.add(api::key_of(*set));
  };
  sets.on_delete = [this](const api::ObjectPtr& set, bool) {
    history_.forget(set->metadata.uid);
    memos_.erase(set->metadata.uid);
    queue_.add(api::key_of(*set));
  };
  sets_.add_handlers(std::move(sets));
  client::EventHandlers pods;
  pods.on_add = [this](const api::ObjectPtr& pod) { on_pod_added(api::as<api::Pod>(pod)); };
  pods.on_update = [this](const api::ObjectPtr& before, const api::ObjectPtr& pod) {
    on_pod_updated(api::as<api::Pod>(before), api::as<api::Pod>(pod));
  };
  pods.on_delete = [this](const api::ObjectPtr& pod, bool) {
    on_pod_deleted(api::as<api::Pod>(pod));
  };
  pods_.add_handlers(std::move(pods));
}

void PetSetController::enqueue_owner(const api::Pod& pod) {
  const api::OwnerReference* owner = api::controller_of(pod.metadata);
  if (owner == nullptr || owner->kind != "PetSet") return;
  const Key key(pod.metadata.namespace_, owner->name);
  const SetPtr set = sets_.lister<api::PetSet>().get(key);
  if (set && set->metadata.uid == owner->uid) queue_.add(key);
}

void PetSetController::enqueue_matching(const api::Pod& pod) {
  for (const SetPtr& set : sets_.lister<api::PetSet>().list(pod.metadata.namespace_)) {
    if (selects(*set, pod)) queue_.add(api::key_of(*set));
  }
}

void PetSetController::on_pod_added(const PodPtr& pod) {
  if (api::is_deleting(pod->metadata)) {
    on_pod_deleted(pod);
  } else if (api::controller_of(pod->metadata) != nullptr) {
    enqueue_owner(*pod);
  } else {
    enqueue_matching(*pod);
  }
}

void PetSetController::on_pod_updated(const PodPtr& before, const PodPtr& pod) {
  if (before->metadata.resource_version == pod->metadata.resource_version) return;
  const bool moved = !same_controller(*before, *pod);
  if (moved) enqueue_owner(*before);
  if (api::controller_of(pod->metadata) == nullptr) {
    if (moved || !(before->metadata.labels == pod->metadata.labels)) enqueue_matching(*pod);
    return;
  }
  enqueue_owner(*pod);
  if (api::is_pod_ready(*before) || !api::is_pod_ready(*pod)) return;
  const api::OwnerReference* owner = api::controller_of(pod->metadata);
  const Key key(pod->metadata.namespace_, owner->name);
  const SetPtr set = sets_.lister<api::PetSet>().get(key);
  if (set && set->metadata.uid == owner->uid && set->spec->min_ready_seconds > 0)
    queue_.add_after(key, std::chrono::seconds(set->spec->min_ready_seconds + 1));
}

void PetSetController::on_pod_deleted(const PodPtr& pod) { enqueue_owner(*pod); }

// ---- Work (1.4).

sim::Task<void> PetSetController::start() {
  for (client::Informer* informer : informers()) co_await informer->synced();
  for (int worker = 0; worker < options_.workers; ++worker) runtime_->spawn(work());
}

sim::Task<void> PetSetController::work() {
  while (true) {
    const std::optional<Key> key = co_await queue_.get();
    if (!key) co_return;
    const Result<void> result = co_await sync(*key);
    if (result) {
      queue_.forget(*key);
    } else {
      queue_.add_rate_limited(*key);
    }
    PetSetSynced event;
    event.set = api::to_string(*key);
    event.good = result.ok();
    runtime_->trace(event);
    queue_.done(*key);
  }
}

sim::Task<Result<void>> PetSetController::sync(Key key) {
  SetPtr set = sets_.lister<api::PetSet>().get(key);
  if (set == nullptr) co_return Result<void>();
  if (lacks_defaults(*set)) {
    auto defaulted = api::copy(*set);
    default_petset(*defaulted);
    const auto updated = co_await api::update(*client_, defaulted);
    if (!updated) co_return updated.error();
    set = *updated;
  }
  if (set->spec->selector && !set->spec->selector->check()) co_return Result<void>();
  const std::vector<RevisionPtr> revisions = history_.list(*set);
  const Result<void> adopted = co_await history_.adopt_orphans(set, revisions);
  if (!adopted) co_return adopted;
  co_return co_await sync_set(set);
}

// 1.5: the status is written also after an error; if both fail, the error of the pass counts.
sim::Task<Result<void>> PetSetController::sync_set(SetPtr set) {
  // Shared, because the set may vanish from the cache, and its memo with it, meanwhile.
  std::shared_ptr<SetPodMemo>& known = memos_[set->metadata.uid];
  if (known == nullptr) known = std::make_shared<SetPodMemo>();
  const std::shared_ptr<SetPodMemo> memo = known;
  const Result<SetPods> pods = co_await claim_pods(set, memo);
  if (!pods) co_return pods.error();
  const std::vector<RevisionPtr> revisions = history_.list(*set);
  const Result<RevisionPair> pair = co_await history_.resolve(set, revisions);
  if (!pair) co_return pair.error();
  PetSetPass pass(tools(), control_, set, *pair, options_.pass);
  Result<void> result = co_await pass.run(*pods);
  if (pass.has_status()) {
    const Result<void> written = co_await write_status(set, pass.status());
    if (result) result = written;
  }
  const Result<void> truncated = co_await history_.truncate(set, revisions, *pair, *pods);
  if (result) result = truncated;
  if (result && set->spec->min_ready_seconds > 0 &&
      pass.status().available_replicas != replicas_of(*set)) {
    queue_.add_after(api::key_of(*set), std::chrono::seconds(set->spec->min_ready_seconds));
  }
  co_return result;
}

sim::Task<Result<SetPods>> PetSetController::claim_pods(SetPtr set,
                                                        std::shared_ptr<SetPodMemo> memo) {
  SetPods claimed;
  Result<void> first_error;
  bool checked = false;
  const bool deleting = api::is_deleting(set->metadata);
  const client::Cache& cache = pods_.cache();
  const std::vector<SetPod>& all =
      memo->refresh(*set, cache.by_index(kControllerIndex, set->metadata.uid),
                    cache.by_index(kOrphanIndex, set->metadata.namespace_));
  claimed.reserve(all.size());
  for (const SetPod& pod : all) {
    if (pod.controlled && pod.wanted) {
      claimed.push_back(&pod);
      continue;
    }
    if (deleting || pod.controlled == pod.wanted || (pod.wanted && pod.terminating)) continue;
    sim::Task<Result<void>> change =
        pod.wanted ? adopt(set, pod.pod, checked) : release(set, pod.pod);
    const Result<void> result = co_await std::move(change);
    if (!result && first_error) first_error = result;
    if (result && pod.wanted) claimed.push_back(&pod);
  }
  if (!first_error) co_return first_error.error();
  co_return claimed;
}

// A pod that is gone meanwhile is no error.
sim::Task<Result<void>> PetSetController::adopt(SetPtr set, PodPtr pod, bool& checked) {
  if (!checked) {
    const Result<void> may = co_await check_may_adopt(*client_, set);
    if (!may) co_return may;
    checked = true;
  }
  const api::Value patch = adopt_patch(*set, *pod);
  const auto adopted =
      co_await api::patch<api::Pod>(*client_, pod->metadata.namespace_, pod->metadata.name,
                                    api::PatchType::kStrategicMerge, patch);
  if (!adopted) co_return adopted.error();
  co_return Result<void>();
}

sim::Task<Result<void>> PetSetController::release(SetPtr set, PodPtr pod) {
  const api::Value patch = release_patch(*set, *pod);
  const auto released =
      co_await api::patch<api::Pod>(*client_, pod->metadata.namespace_, pod->metadata.name,
                                    api::PatchType::kStrategicMerge, patch);
  const bool fine = released.ok() || api::is(released, api::Reason::kNotFound) ||
                    api::is(released, api::Reason::kInvalid);
  if (!fine) co_return released.error();
  co_return Result<void>();
}

// Up to 5 tries on a conflict, each from the cache (which may not be any newer).
sim::Task<Result<void>> PetSetController::write_status(SetPtr set, api::PetSetStatus status) {
  complete_rolling_update(*set, status);
  if (!status_differs(*set->status, status)) co_return Result<void>();
  client::Backoff backoff(client::kDefaultRetry, runtime_->rng("status-retry"));
  for (int step = 1;; ++step) {
    auto changed = api::copy(*set);
    status.conditions = set->status->conditions;
    changed->status = status;
    const auto updated = co_await api::update_status(*client_, changed);
    if (updated) co_return Result<void>();
    const bool again = api::is(updated, api::Reason::kConflict);
    if (!again || step >= client::kDefaultRetry.steps) co_return updated.error();
    co_await runtime_->sleep(backoff.next());
    if (const SetPtr cached = sets_.lister<api::PetSet>().get(api::key_of(*set))) set = cached;
  }
}

}  // namespace sdbtwin::cluster
