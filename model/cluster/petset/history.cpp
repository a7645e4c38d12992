#include "model/cluster/petset/history.h"

#include <algorithm>
#include <utility>

#include "model/api/codec.h"
#include "model/api/errors.h"
#include "model/api/typed_client.h"
#include "model/client/backoff.h"

namespace sdbtwin::cluster {

using api::Result;

sim::Task<Result<void>> check_may_adopt(api::Client& client, SetPtr set) {
  const auto live =
      co_await api::get<api::PetSet>(client, set->metadata.namespace_, set->metadata.name);
  if (!live) co_return live.failure();
  if ((*live)->metadata.uid != set->metadata.uid || api::is_deleting((*live)->metadata)) {
    api::ApiError error;
    error.reason = api::Reason::kConflict;
    error.code = 409;
    error.message =
        "original PetSet " + set->metadata.namespace_ + "/" + set->metadata.name + " is gone";
    co_return error;
  }
  co_return Result<void>();
}

api::Value adopt_patch(const api::PetSet& set, const api::Object& adopted) {
  const api::Value owner = api::struct_to_value(api::make_controller_ref(set));
  const api::Value metadata = api::Value::object(
      {{"ownerReferences", api::Value::array({owner})}, {"uid", adopted.metadata.uid}});
  return api::Value::object({{"metadata", metadata}});
}

api::Value release_patch(const api::PetSet& set, const api::Object& released) {
  const api::Value owner = api::Value::object({{"$patch", "delete"}, {"uid", set.metadata.uid}});
  const api::Value metadata = api::Value::object(
      {{"ownerReferences", api::Value::array({owner})}, {"uid", released.metadata.uid}});
  return api::Value::object({{"metadata", metadata}});
}

std::vector<RevisionPtr> PetSetHistory::list(const api::PetSet& set) const {
  std::vector<RevisionPtr> revisions;
  if (!set.spec->selector) return revisions;
  const auto take = [&](const std::vector<RevisionPtr>& found) {
    for (const RevisionPtr& revision : found) {
      if (revision->metadata.namespace_ == set.metadata.namespace_ &&
          set.spec->selector->matches(*revision->metadata.labels)) {
        revisions.push_back(revision);
      }
    }
  };
  take(tools_.revisions.by_index(kControllerIndex, set.metadata.uid));
  take(tools_.revisions.by_index(kOrphanIndex, set.metadata.namespace_));
  sort_revisions(revisions);
  return revisions;
}

sim::Task<Result<void>> PetSetHistory::adopt_orphans(SetPtr set,
                                                     std::vector<RevisionPtr> revisions) {
  bool checked = false;
  for (const RevisionPtr& revision : revisions) {
    if (api::controller_of(revision->metadata) != nullptr) continue;
    if (!checked) {
      const Result<void> may = co_await check_may_adopt(tools_.client, set);
      if (!may) co_return may;
      checked = true;
    }
    const api::Value patch = adopt_patch(*set, *revision);
    const auto adopted = co_await api::patch<api::ControllerRevision>(
        tools_.client, revision->metadata.namespace_, revision->metadata.name,
        api::PatchType::kStrategicMerge, patch);
    if (!adopted) co_return adopted.failure();
  }
  co_return Result<void>();
}

const std::string& PetSetHistory::data_of(const api::PetSet& set) {
  const auto [found, fresh] = encoded_.try_emplace(set.metadata.uid);
  Encoded& encoded = found->second;
  if (fresh || !encoded.pod_template.same(set.spec->template_)) {
    encoded.pod_template = set.spec->template_;
    encoded.data = revision_data(*set.spec->template_);
  }
  return encoded.data;
}

sim::Task<Result<RevisionPtr>> PetSetHistory::create(SetPtr set, std::string data, int64_t revision,
                                                     int32_t& collision_count) {
  std::shared_ptr<api::ControllerRevision> wanted =
      new_revision(*set, data, revision, collision_count);
  while (true) {
    const auto created = co_await api::create(tools_.client, api::copy(*wanted));
    if (created) co_return RevisionPtr(*created);
    if (!api::is(created, api::Reason::kAlreadyExists)) co_return created.failure();
    const auto existing = co_await api::get<api::ControllerRevision>(
        tools_.client, wanted->metadata.namespace_, wanted->metadata.name);
    if (!existing) co_return existing.failure();
    if ((*existing)->data->bytes == data) co_return RevisionPtr(*existing);
    ++collision_count;
    // The name takes the higher count; the label keeps the first hash (1.9).
    wanted->metadata.name = revision_name(set->metadata.name, revision_hash(data, collision_count));
  }
}

sim::Task<Result<RevisionPtr>> PetSetHistory::renumber(RevisionPtr revision, int64_t number) {
  client::Backoff backoff(client::kDefaultBackoff, tools_.runtime.rng("renumber-revision"));
  for (int step = 1;; ++step) {
    if (revision->revision == number) co_return revision;
    auto changed = api::copy(*revision);
    changed->revision = number;
    const auto updated = co_await api::update(tools_.client, changed);
    if (updated) co_return RevisionPtr(*updated);
    if (!api::is(updated, api::Reason::kConflict) || step >= client::kDefaultBackoff.steps)
      co_return updated.failure();
    const auto live = co_await api::get<api::ControllerRevision>(
        tools_.client, revision->metadata.namespace_, revision->metadata.name);
    if (live) revision = *live;
    co_await tools_.runtime.sleep(backoff.next());
  }
}

sim::Task<Result<RevisionPair>> PetSetHistory::resolve(SetPtr set,
                                                       std::vector<RevisionPtr> revisions) {
  RevisionPair pair;
  pair.collision_count = set->status->collision_count.value_or(0);
  const std::string& data = data_of(*set);  // may be forgotten at the co_await
  const int64_t next = next_revision(revisions);
  const RevisionPtr equal = find_equal(revisions, data);
  if (equal != nullptr && equal == revisions.back()) {
    pair.update = equal;
  } else {
    sim::Task<Result<RevisionPtr>> task =
        equal ? renumber(equal, next) : create(set, data, next, pair.collision_count);
    const Result<RevisionPtr> made = co_await std::move(task);
    if (!made) co_return made.failure();
    pair.update = *made;
  }
  pair.current = pair.update;
  for (const RevisionPtr& revision : revisions) {
    if (revision->metadata.name == set->status->current_revision) pair.current = revision;
  }
  co_return pair;
}

sim::Task<Result<void>> PetSetHistory::truncate(SetPtr set, std::vector<RevisionPtr> revisions,
                                                RevisionPair pair, SetPods pods) {
  const int32_t limit = set->spec->revision_history_limit.value_or(10);
  if (static_cast<int64_t>(revisions.size()) <= limit) co_return Result<void>();
  std::vector<std::string> live{pair.current->metadata.name, pair.update->metadata.name};
  for (const SetPod* pod : pods) live.emplace_back(pod->revision);
  const std::vector<RevisionPtr> old = beyond_history(revisions, live, limit);
  for (const RevisionPtr& revision : old) {
    const Result<void> removed = co_await api::remove(tools_.client, api::ref_of(*revision));
    if (!removed) co_return removed;
  }
  co_return Result<void>();
}

}  // namespace sdbtwin::cluster
