#include "model/cluster/petset/sync.h"

#include <optional>
#include <utility>
#include <vector>

#include "model/api/typed_client.h"
#include "model/client/backoff.h"
#include "model/cluster/petset/identity.h"

namespace sdbtwin::cluster {
namespace {

using api::Result;

void index_controller(const api::Object& object, std::vector<std::string>& values) {
  if (const api::OwnerReference* owner = api::controller_of(object.metadata))
    values.push_back(owner->uid);
}

void index_orphan(const api::Object& object, std::vector<std::string>& values) {
  if (api::controller_of(object.metadata) == nullptr) values.push_back(object.metadata.namespace_);
}

void index_owned(const api::Object& object, std::vector<std::string>& values) {
  if (!object.metadata.owner_references->empty()) values.push_back(object.metadata.namespace_);
}

}  // namespace

std::map<std::string, client::Cache::IndexFunction> member_indices() {
  return {{std::string(kControllerIndex), index_controller},
          {std::string(kOrphanIndex), index_orphan}};
}

std::map<std::string, client::Cache::IndexFunction> claim_indices() {
  return {{std::string(kOwnedClaims), index_owned}};
}

PetSetSync::PetSetSync(PetSetTools tools, const client::Cache& pods, const PassOptions& options)
    : tools_(tools), pods_(&pods), options_(options), control_(tools), history_(tools) {}

void PetSetSync::forget(const std::string& set_uid) {
  history_.forget(set_uid);
  memos_.erase(set_uid);
}

sim::Task<Result<std::optional<int32_t>>> PetSetSync::sync(SetPtr set) {
  const std::vector<RevisionPtr> known_revisions = history_.list(*set);
  const Result<void> adopted = co_await history_.adopt_orphans(set, known_revisions);
  if (!adopted) co_return adopted.failure();
  // Shared, because the set may vanish from the cache, and its memo with it, meanwhile.
  std::shared_ptr<SetPodMemo>& known = memos_[set->metadata.uid];
  if (known == nullptr) known = std::make_shared<SetPodMemo>();
  const std::shared_ptr<SetPodMemo> memo = known;
  const Result<SetPods> pods = co_await claim_pods(set, memo);
  if (!pods) co_return pods.failure();
  const std::vector<RevisionPtr> revisions = history_.list(*set);
  const Result<RevisionPair> pair = co_await history_.resolve(set, revisions);
  if (!pair) co_return pair.failure();
  PetSetPass pass(tools_, control_, set, *pair, options_);
  Result<void> result = co_await pass.run(*pods);
  if (pass.has_status()) {
    const Result<void> written = co_await write_status(set, pass.status());
    if (result) result = written;
  }
  const Result<void> truncated = co_await history_.truncate(set, revisions, *pair, *pods);
  if (result) result = truncated;
  if (!result) co_return result.failure();
  std::optional<int32_t> available;
  if (pass.has_status()) available = pass.status().available_replicas;
  co_return available;
}

sim::Task<Result<SetPods>> PetSetSync::claim_pods(SetPtr set, std::shared_ptr<SetPodMemo> memo) {
  SetPods claimed;
  Result<void> first_error;
  bool checked = false;
  const bool deleting = api::is_deleting(set->metadata);
  const std::vector<SetPod>& all =
      memo->refresh(*set, pods_->by_index(kControllerIndex, set->metadata.uid),
                    pods_->by_index(kOrphanIndex, set->metadata.namespace_));
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
  if (!first_error) co_return first_error.failure();
  co_return claimed;
}

// A pod that is gone meanwhile is no error.
sim::Task<Result<void>> PetSetSync::adopt(SetPtr set, PodPtr pod, bool& checked) {
  if (!checked) {
    const Result<void> may = co_await check_may_adopt(tools_.client, set);
    if (!may) co_return may;
    checked = true;
  }
  const api::Value patch = adopt_patch(*set, *pod);
  const auto adopted =
      co_await api::patch<api::Pod>(tools_.client, pod->metadata.namespace_, pod->metadata.name,
                                    api::PatchType::kStrategicMerge, patch);
  if (!adopted) co_return adopted.failure();
  co_return Result<void>();
}

sim::Task<Result<void>> PetSetSync::release(SetPtr set, PodPtr pod) {
  const api::Value patch = release_patch(*set, *pod);
  const auto released =
      co_await api::patch<api::Pod>(tools_.client, pod->metadata.namespace_, pod->metadata.name,
                                    api::PatchType::kStrategicMerge, patch);
  const bool fine = released.ok() || api::is(released, api::Reason::kNotFound) ||
                    api::is(released, api::Reason::kInvalid);
  if (!fine) co_return released.failure();
  co_return Result<void>();
}

sim::Task<Result<void>> PetSetSync::write_status(SetPtr set, api::PetSetStatus status) {
  complete_rolling_update(*set, status);
  if (!status_differs(*set->status, status)) co_return Result<void>();
  client::Backoff backoff(client::kDefaultRetry, tools_.runtime.rng("status-retry"));
  for (int step = 1;; ++step) {
    auto changed = api::copy(*set);
    status.conditions = set->status->conditions;
    changed->status = status;
    const auto updated = co_await api::update_status(tools_.client, changed);
    if (updated) co_return Result<void>();
    const bool again = api::is(updated, api::Reason::kConflict);
    if (!again || step >= client::kDefaultRetry.steps) co_return updated.failure();
    co_await tools_.runtime.sleep(backoff.next());
    if (const SetPtr cached = tools_.sets.get(api::key_of(*set))) set = cached;
  }
}

}  // namespace sdbtwin::cluster
