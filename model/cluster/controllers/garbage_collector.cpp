#include "model/cluster/controllers/garbage_collector.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "model/api/codec.h"
#include "model/api/typed_client.h"

namespace sdbtwin::cluster {
namespace {

using api::Kind;

constexpr int kWorkers = 20;  // --concurrent-gc-syncs
// absentOwnerCache holds 500 entries; forgetting all of them only costs live reads.
constexpr size_t kAbsentMax = 500;

api::ApiError no_rest_mapping(const std::string& api_version, const std::string& kind) {
  api::ApiError error;
  error.message = "unable to get REST mapping for " + api_version + "/" + kind + ".";
  return error;
}

template <class T>
api::Result<void> ignoring_gone(const api::Result<T>& result) {
  const bool fine = result.ok() || api::is(result, api::Reason::kNotFound);
  if (fine) return api::Result<void>();
  return result.error();
}

bool waits_in_foreground(const api::Object& object) {
  return api::is_deleting(object.metadata) &&
         api::has_finalizer(object.metadata, kForegroundFinalizer);
}

}  // namespace

std::vector<Kind> GarbageCollector::watched_kinds() {
  return {Kind::kPod,
          Kind::kPetSet,
          Kind::kControllerRevision,
          Kind::kService,
          Kind::kSecret,
          Kind::kConfigMap,
          Kind::kPersistentVolumeClaim,
          Kind::kPodDisruptionBudget,
          Kind::kServiceAccount,
          Kind::kRole,
          Kind::kRoleBinding,
          Kind::kAppBinding,
          Kind::kSinglestore,
          Kind::kSinglestoreOpsRequest};
}

GarbageCollector::GarbageCollector(sim::Runtime& runtime, std::unique_ptr<api::Client> client,
                                   const Timings& timings)
    : runtime_(&runtime),
      client_(std::move(client)),
      timings_(&timings),
      rng_(runtime.rng("collection")),
      recorder_(runtime, *client_, "garbage-collector-controller"),
      checks_(runtime),
      orphans_(runtime) {
  for (const Kind kind : watched_kinds()) {
    auto informer = std::make_unique<client::Informer>(runtime, *client_, kind);
    add_handlers(*informer);
    informer->start();
    informers_.push_back(std::move(informer));
  }
  runtime.spawn(start());
}

void GarbageCollector::add_handlers(client::Informer& informer) {
  client::EventHandlers handlers;
  handlers.on_add = [this](const api::ObjectPtr& object) { enqueue(graph_.observe(*object)); };
  handlers.on_update = [this](const api::ObjectPtr& before, const api::ObjectPtr& object) {
    if (before->metadata.uid != object->metadata.uid) enqueue(graph_.forget(before->metadata.uid));
    enqueue(graph_.observe(*object));
  };
  handlers.on_delete = [this](const api::ObjectPtr& object, bool) {
    enqueue(graph_.forget(object->metadata.uid));
  };
  informer.add_handlers(std::move(handlers));
}

void GarbageCollector::enqueue(const OwnerGraph::Work& work) {
  for (const std::string& uid : work.check)
    checks_.add_after(uid, timings_->garbage_collection.sample(rng_));
  for (const std::string& uid : work.orphan) orphans_.add(uid);
}

sim::Task<void> GarbageCollector::start() {
  std::vector<client::Informer*> informers;
  for (const auto& informer : informers_) informers.push_back(informer.get());
  co_await client::wait_for_sync(*runtime_, std::move(informers));
  for (int worker = 0; worker < kWorkers; ++worker) runtime_->spawn(work());
  runtime_->spawn(work_on_orphans());
}

sim::Task<void> GarbageCollector::work() {
  while (true) {
    const std::optional<std::string> uid = co_await checks_.get();
    if (!uid) co_return;
    const Result result = co_await check(*uid);
    const OwnerGraph::Node* node = graph_.find(*uid);
    const bool late = node != nullptr && !node->seen;  // still virtual: its watch lags behind
    if (result && !late) {
      checks_.forget(*uid);
    } else {
      checks_.add_rate_limited(*uid);
    }
    checks_.done(*uid);
  }
}

sim::Task<void> GarbageCollector::work_on_orphans() {
  while (true) {
    const std::optional<std::string> uid = co_await orphans_.get();
    if (!uid) co_return;
    const Result result = co_await orphan(*uid);
    if (result) {
      orphans_.forget(*uid);
    } else {
      orphans_.add_rate_limited(*uid);
    }
    orphans_.done(*uid);
  }
}

GarbageCollector::OwnerKey GarbageCollector::key_of(const OwnerGraph::Node& node) {
  return {node.api_version, node.kind, node.namespace_, node.name, node.uid};
}

// The object of that node as the server has it; null: there is none, or another one of its name.
sim::Task<api::Result<api::ObjectPtr>> GarbageCollector::live(OwnerGraph::Node node) {
  const api::KindInfo* info = api::find_kind(node.api_version, node.kind);
  if (info == nullptr) co_return no_rest_mapping(node.api_version, node.kind);
  api::ObjectRef ref(info->kind, node.namespace_, node.name);
  api::Request request = api::Request::get(std::move(ref));
  const api::Result<api::Response> got = co_await client_->call(std::move(request));
  if (api::is(got, api::Reason::kNotFound)) co_return api::ObjectPtr();
  if (!got) co_return got.error();
  co_return got->object->metadata.uid == node.uid ? got->object : api::ObjectPtr();
}

sim::Task<api::Result<void>> GarbageCollector::check(std::string uid) {
  const OwnerGraph::Node* found = graph_.find(uid);
  if (found == nullptr) co_return Result();
  const OwnerGraph::Node node = *found;
  if (node.being_deleted && !node.deleting_dependents) co_return Result();
  const api::Result<api::ObjectPtr> object = co_await live(node);
  if (!object) co_return object.error();
  if (*object == nullptr) {
    // A virtual owner that never was, or an event that is still to come: dependents are looked at.
    if (!node.seen) absent_.insert(key_of(node));
    enqueue(graph_.forget(uid));
    co_return Result();
  }
  if (node.deleting_dependents) co_return co_await finish_foreground(node, *object);
  co_return co_await check_owned(*object);
}

sim::Task<api::Result<void>> GarbageCollector::check_owned(api::ObjectPtr object) {
  if (object->metadata.owner_references->empty()) co_return Result();
  const api::Result<Sorted> owners = co_await sort_owners(object);
  if (!owners) co_return owners.error();
  Owners gone = owners->dangling;
  gone.insert(gone.end(), owners->waiting.begin(), owners->waiting.end());
  if (!owners->solid.empty()) {
    if (gone.empty()) co_return Result();
    co_return co_await drop_owners(api::ref_of(*object), object->metadata.uid, owners->solid, gone);
  }
  const OwnerGraph::Node* node = graph_.find(object->metadata.uid);
  const bool has_dependents = node != nullptr && !node->dependents.empty();
  if (!owners->waiting.empty() && has_dependents)
    co_return co_await remove(object, api::Propagation::kForeground);
  api::Propagation propagation = api::Propagation::kBackground;
  if (api::has_finalizer(object->metadata, kOrphanFinalizer)) {
    propagation = api::Propagation::kOrphan;
  } else if (api::has_finalizer(object->metadata, kForegroundFinalizer)) {
    propagation = api::Propagation::kForeground;
  }
  co_return co_await remove(object, propagation);
}

sim::Task<api::Result<GarbageCollector::Sorted>> GarbageCollector::sort_owners(
    api::ObjectPtr object) {
  Sorted sorted;
  const Owners owners = *object->metadata.owner_references;
  for (const api::OwnerReference& owner : owners) {
    const api::Result<Standing> standing = co_await look_up(owner, object->metadata.namespace_);
    if (!standing) co_return standing.error();
    switch (*standing) {
      case Standing::kThere:
        sorted.solid.push_back(owner);
        break;
      case Standing::kGone:
        tell_of_foreign_owner(*object, owner);
        sorted.dangling.push_back(owner);
        break;
      case Standing::kWaiting:
        sorted.waiting.push_back(owner);
        break;
    }
  }
  co_return sorted;
}

void GarbageCollector::tell_of_foreign_owner(const api::Object& object,
                                             const api::OwnerReference& owner) {
  const OwnerGraph::Node* node = graph_.find(owner.uid);
  const std::string& namespace_ = object.metadata.namespace_;
  if (node == nullptr || !node->seen || node->namespace_.empty()) return;
  if (node->namespace_ == namespace_) return;
  recorder_.record(
      object, client::EventType::kWarning, "OwnerRefInvalidNamespace",
      fmt::format("ownerRef [{}/{}, namespace: {}, name: {}, uid: {}] does not exist in namespace "
                  "\"{}\"",
                  owner.api_version, owner.kind, namespace_, owner.name, owner.uid, namespace_));
}

sim::Task<api::Result<GarbageCollector::Standing>> GarbageCollector::look_up(
    api::OwnerReference owner, std::string namespace_) {
  const api::KindInfo* info = api::find_kind(owner.api_version, owner.kind);
  if (info == nullptr) co_return no_rest_mapping(owner.api_version, owner.kind);
  OwnerGraph::Node node;
  node.uid = owner.uid;
  node.name = owner.name;
  node.api_version = owner.api_version;
  node.kind = owner.kind;
  if (info->namespaced) node.namespace_ = std::move(namespace_);
  const OwnerKey key = key_of(node);
  if (absent_.contains(key)) co_return Standing::kGone;
  const api::Result<api::ObjectPtr> object = co_await live(std::move(node));
  if (!object) co_return object.error();
  if (*object == nullptr) {
    if (absent_.size() >= kAbsentMax) absent_.clear();
    absent_.insert(key);
    co_return Standing::kGone;
  }
  co_return waits_in_foreground(**object) ? Standing::kWaiting : Standing::kThere;
}

// Its dependents that block it have to vanish first.
sim::Task<api::Result<void>> GarbageCollector::finish_foreground(OwnerGraph::Node node,
                                                                 api::ObjectPtr object) {
  const std::vector<std::string> blocking = graph_.blocking_dependents(node);
  if (blocking.empty()) co_return co_await remove_finalizer(object, kForegroundFinalizer);
  for (const std::string& uid : blocking) {
    const OwnerGraph::Node* dependent = graph_.find(uid);
    if (dependent != nullptr && !dependent->deleting_dependents && !dependent->being_deleted)
      checks_.add(uid);
  }
  co_return Result();
}

sim::Task<api::Result<void>> GarbageCollector::orphan(std::string uid) {
  const OwnerGraph::Node* found = graph_.find(uid);
  if (found == nullptr) co_return Result();
  const OwnerGraph::Node owner = *found;
  for (const std::string& dependent_uid : owner.dependents) {
    const OwnerGraph::Node* dependent = graph_.find(dependent_uid);
    if (dependent == nullptr) continue;
    const api::KindInfo* info = api::find_kind(dependent->api_version, dependent->kind);
    if (info == nullptr) continue;
    Owners keep;
    Owners gone;
    for (const api::OwnerReference& reference : dependent->owners)
      (reference.uid == uid ? gone : keep).push_back(reference);
    api::ObjectRef ref(info->kind, dependent->namespace_, dependent->name);
    const Result released =
        co_await drop_owners(std::move(ref), dependent_uid, std::move(keep), std::move(gone));
    if (!released) co_return released;
  }
  const api::Result<api::ObjectPtr> object = co_await live(owner);
  if (!object) co_return object.error();
  if (*object == nullptr) co_return Result();
  co_return co_await remove_finalizer(*object, kOrphanFinalizer);
}

sim::Task<api::Result<void>> GarbageCollector::remove_finalizer(api::ObjectPtr object,
                                                                std::string_view finalizer) {
  std::shared_ptr<api::Object> changed = object->clone();
  if (!api::remove_finalizer(changed->metadata, finalizer)) co_return Result();
  api::Request request = api::Request::update(std::move(changed));
  const api::Result<api::Response> updated = co_await client_->call(std::move(request));
  co_return ignoring_gone(updated);
}

// Built-ins take a strategic merge patch; custom resources get the list that remains.
sim::Task<api::Result<void>> GarbageCollector::drop_owners(api::ObjectRef ref, std::string uid,
                                                           Owners owners, Owners gone) {
  api::Value::Array references;
  const bool custom = api::kind_info(ref.kind).custom_resource;
  if (custom) {
    for (const api::OwnerReference& owner : owners) references.push_back(struct_to_value(owner));
  } else {
    for (const api::OwnerReference& owner : gone)
      references.push_back(api::Value::object({{"$patch", "delete"}, {"uid", owner.uid}}));
  }
  const api::Value metadata = api::Value::object(
      {{"ownerReferences", api::Value(std::move(references))}, {"uid", std::move(uid)}});
  const api::Value body = api::Value::object({{"metadata", metadata}});
  const api::PatchType type = custom ? api::PatchType::kMerge : api::PatchType::kStrategicMerge;
  api::Request request = api::Request::patch(std::move(ref), type, body);
  const api::Result<api::Response> patched = co_await client_->call(std::move(request));
  co_return ignoring_gone(patched);
}

sim::Task<api::Result<void>> GarbageCollector::remove(api::ObjectPtr object,
                                                      api::Propagation propagation) {
  api::DeleteOptions options;
  options.uid = object->metadata.uid;
  options.resource_version = object->metadata.resource_version;
  options.propagation = propagation;
  api::Request request = api::Request::remove(api::ref_of(*object), std::move(options));
  const api::Result<api::Response> removed = co_await client_->call(std::move(request));
  co_return ignoring_gone(removed);
}

}  // namespace sdbtwin::cluster
