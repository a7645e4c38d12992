#include "model/cluster/petset/petset_controller.h"

#include <utility>

#include "model/api/typed_client.h"
#include "model/cluster/petset/defaults.h"
#include "model/cluster/petset/identity.h"
#include "model/cluster/petset/placement.h"

namespace sdbtwin::cluster {
namespace {

using api::Result;

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
      sync_(tools(), pods_.cache(), options.pass),
      queue_(runtime) {
  for (client::Informer* members : {&pods_, &revisions_}) {
    for (auto& [name, function] : member_indices()) members->add_index(name, function);
  }
  for (auto& [name, function] : claim_indices()) claims_.add_index(name, function);
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
    sync_.forget(set->metadata.uid);
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
  const auto all = informers();
  std::vector<client::Informer*> to_wait_for(all.begin(), all.end());
  co_await client::wait_for_sync(*runtime_, std::move(to_wait_for));
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
    if (!updated) co_return updated.failure();
    set = *updated;
  }
  if (set->spec->selector && !set->spec->selector->check()) co_return Result<void>();
  const Result<std::optional<int32_t>> synced = co_await sync_.sync(set);
  if (!synced) co_return synced.failure();
  const int32_t min_ready = set->spec->min_ready_seconds;
  if (min_ready > 0 && *synced && **synced != replicas_of(*set))
    queue_.add_after(key, std::chrono::seconds(min_ready));
  co_return Result<void>();
}

}  // namespace sdbtwin::cluster
