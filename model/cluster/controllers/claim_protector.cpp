#include "model/cluster/controllers/claim_protector.h"

#include <algorithm>
#include <utility>

#include "model/api/pod.h"
#include "model/api/typed_client.h"
#include "model/cluster/scheduler/claim_binding.h"

namespace sdbtwin::cluster {
namespace {

using api::Result;

constexpr std::string_view kByClaim = "by-claim";

void index_claims(const api::Object& object, std::vector<std::string>& values) {
  for (const std::string& name : claim_names(api::cast<api::Pod>(object)))
    values.push_back(object.metadata.namespace_ + "/" + name);
}

bool uses(const api::Pod& pod, const std::string& claim) {
  if (pod.spec->node_name.empty() || api::is_pod_terminal(pod)) return false;
  const std::vector<std::string> names = claim_names(pod);
  return std::find(names.begin(), names.end(), claim) != names.end();
}

}  // namespace

ClaimProtector::ClaimProtector(sim::Runtime& runtime, std::unique_ptr<api::Client> client)
    : runtime_(&runtime),
      client_(std::move(client)),
      claims_(runtime, *client_, api::Kind::kPersistentVolumeClaim),
      pods_(runtime, *client_, api::Kind::kPod),
      queue_(runtime) {
  pods_.add_index(std::string(kByClaim), index_claims);
  add_handlers();
  claims_.start();
  pods_.start();
  runtime.spawn(run());
}

void ClaimProtector::add_handlers() {
  const auto look = [this](const api::ObjectPtr& claim) {
    const bool carries = api::has_finalizer(claim->metadata, kClaimFinalizer);
    if (api::is_deleting(claim->metadata) == carries) queue_.add(api::key_of(*claim));
  };
  client::EventHandlers claims;
  claims.on_add = look;
  claims.on_update = [look](const api::ObjectPtr&, const api::ObjectPtr& claim) { look(claim); };
  claims_.add_handlers(std::move(claims));

  client::EventHandlers pods;
  pods.on_update = [this](const api::ObjectPtr& before, const api::ObjectPtr& pod) {
    const bool ended = api::is_pod_terminal(api::cast<api::Pod>(*pod)) &&
                       !api::is_pod_terminal(api::cast<api::Pod>(*before));
    if (ended || before->metadata.uid != pod->metadata.uid) enqueue_claims_of(*before);
  };
  pods.on_delete = [this](const api::ObjectPtr& pod, bool) { enqueue_claims_of(*pod); };
  pods_.add_handlers(std::move(pods));
}

// Only those that wait for it.
void ClaimProtector::enqueue_claims_of(const api::Object& pod) {
  for (const std::string& name : claim_names(api::cast<api::Pod>(pod))) {
    const Key key(pod.metadata.namespace_, name);
    const auto claim = claims_.cache().get(key);
    if (claim && api::is_deleting(claim->metadata)) queue_.add(key);
  }
}

sim::Task<void> ClaimProtector::run() {
  std::vector<client::Informer*> informers{&claims_, &pods_};
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

bool ClaimProtector::used_in_cache(const Key& key) const {
  const auto& users = pods_.cache().by_index(kByClaim, api::to_string(key));
  return std::any_of(users.begin(), users.end(), [&](const auto& entry) {
    return uses(api::cast<api::Pod>(*entry.second), key.name);
  });
}

// The cache may not know a new pod yet: before data can go, the server is asked.
sim::Task<Result<bool>> ClaimProtector::used_by_live_pods(Key key) {
  const auto pods = co_await api::list<api::Pod>(*client_, key.namespace_);
  if (!pods) co_return pods.error();
  co_return std::any_of(pods->items.begin(), pods->items.end(),
                        [&](const auto& pod) { return uses(*pod, key.name); });
}

sim::Task<Result<void>> ClaimProtector::sync(Key key) {
  const auto claim = claims_.lister<api::PersistentVolumeClaim>().get(key);
  if (claim == nullptr) co_return Result<void>();
  const bool deleting = api::is_deleting(claim->metadata);
  const bool carries = api::has_finalizer(claim->metadata, kClaimFinalizer);
  if (deleting != carries) co_return Result<void>();
  auto changed = api::copy(*claim);
  if (deleting) {
    if (used_in_cache(key)) co_return Result<void>();
    const Result<bool> used = co_await used_by_live_pods(key);
    if (!used) co_return used.error();
    if (*used) co_return Result<void>();
    api::remove_finalizer(changed->metadata, kClaimFinalizer);
  } else {
    api::add_finalizer(changed->metadata, std::string(kClaimFinalizer));
  }
  const auto updated = co_await api::update(*client_, changed);
  if (!updated && !api::is(updated, api::Reason::kNotFound)) co_return updated.error();
  co_return Result<void>();
}

}  // namespace sdbtwin::cluster
