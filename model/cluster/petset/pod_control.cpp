#include "model/cluster/petset/pod_control.h"

#include <fmt/format.h>

#include <utility>

#include "model/api/typed_client.h"
#include "model/client/backoff.h"
#include "model/cluster/petset/claim_retention.h"
#include "model/cluster/petset/identity.h"

namespace sdbtwin::cluster {
namespace {

using api::Result;

// "create" -> "SuccessfulCreate", "FailedCreate".
std::string reason_of(std::string_view verb, bool good) {
  std::string reason(verb);
  reason[0] = static_cast<char>(reason[0] - 'a' + 'A');
  return (good ? "Successful" : "Failed") + reason;
}

// An error that no server has answered.
api::ApiError own_error(std::string message) {
  api::ApiError error;
  error.message = std::move(message);
  return error;
}

}  // namespace

void PetSetPodControl::record(const api::PetSet& set, std::string_view verb,
                              std::string_view pod_name, const Result<void>& result) {
  const std::string& name = set.metadata.name;
  if (result) {
    tools_.events.record(set, client::EventType::kNormal, reason_of(verb, true),
                         fmt::format("{} Pod {} in PetSet {} successful", verb, pod_name, name));
  } else {
    tools_.events.record(set, client::EventType::kWarning, reason_of(verb, false),
                         fmt::format("{} Pod {} in PetSet {} failed error: {}", verb, pod_name,
                                     name, result.error().message));
  }
}

void PetSetPodControl::record_claim(const api::PetSet& set, std::string_view claim,
                                    std::string_view pod_name, const Result<void>& result) {
  const std::string what =
      fmt::format("create Claim {} Pod {} in PetSet {}", claim, pod_name, set.metadata.name);
  if (result) {
    tools_.events.record(set, client::EventType::kNormal, "SuccessfulCreate", what + " success");
  } else {
    tools_.events.record(set, client::EventType::kWarning, "FailedCreate",
                         what + " failed error: " + result.error().message);
  }
}

sim::Task<Result<void>> PetSetPodControl::create_pod(SetPtr set, std::shared_ptr<api::Pod> pod) {
  const std::string name = pod->metadata.name;
  const Result<void> claims = co_await create_claims(set, ordinal_of(*pod), name);
  if (!claims) {
    record(*set, "create", name, claims);
    co_return claims;
  }
  const auto created = co_await api::create(tools_.client, pod);
  Result<void> result;
  if (!created) {
    result = created.error();
    if (api::is(created, api::Reason::kAlreadyExists)) co_return result;
  } else {
    result = co_await update_claim_owners(set, *created);
  }
  record(*set, "create", name, result);
  co_return result;
}

sim::Task<Result<void>> PetSetPodControl::delete_pod(SetPtr set, std::string pod_name) {
  api::ObjectRef ref(api::Kind::kPod, set->metadata.namespace_, pod_name);
  const Result<void> result = co_await api::remove(tools_.client, std::move(ref));
  record(*set, "delete", pod_name, result);
  co_return result;
}

sim::Task<Result<void>> PetSetPodControl::create_claims(SetPtr set, int32_t ordinal,
                                                        std::string pod_name) {
  Result<void> first_error;
  const auto claims = make_claims(*set, ordinal);
  for (const std::shared_ptr<api::PersistentVolumeClaim>& claim : claims) {
    const auto existing = tools_.claims.get(api::key_of(*claim));
    Result<void> result;
    if (existing == nullptr) {
      const auto created = co_await api::create(tools_.client, claim);
      if (!created) result = created.error();
      if (!api::is(created, api::Reason::kAlreadyExists))
        record_claim(*set, claim->metadata.name, pod_name, result);
    } else if (api::is_deleting(existing->metadata)) {
      result = own_error("pvc " + claim->metadata.name + " is being deleted");
    }
    if (!result && first_error) first_error = result;
  }
  co_return first_error;
}

bool PetSetPodControl::is_stale(const api::PetSet& set, int32_t ordinal,
                                std::string_view pod_uid) const {
  if (!deletes_claims_on_scale_down(set)) return false;
  const std::string name = pod_name(set.metadata.name, ordinal);
  for (const auto& vct : *set.spec->volume_claim_templates) {
    const auto claim = tools_.claims.get(set.metadata.namespace_,
                                         claim_name(vct.metadata.name, set.metadata.name, ordinal));
    if (claim && has_stale_owner(*claim, name, pod_uid)) return true;
  }
  return false;
}

// With Retain for both, only a reference that an earlier policy left behind can be wrong.
bool PetSetPodControl::retention_matters(const api::PetSet& set) const {
  return deletes_claims_with_set(set) || deletes_claims_on_scale_down(set) ||
         !tools_.claims.by_index(kOwnedClaims, set.metadata.namespace_).empty();
}

bool PetSetPodControl::retention_matches(const api::PetSet& set, const api::Pod& pod) const {
  const int32_t ordinal = ordinal_of(pod);
  for (const auto& vct : *set.spec->volume_claim_templates) {
    const auto claim = tools_.claims.get(set.metadata.namespace_,
                                         claim_name(vct.metadata.name, set.metadata.name, ordinal));
    if (claim && !claim_owners_match(set, pod, *claim)) return false;
  }
  return true;
}

sim::Task<Result<void>> PetSetPodControl::update_claim_owners(SetPtr set, PodPtr pod) {
  const int32_t ordinal = ordinal_of(*pod);
  for (const auto& vct : *set->spec->volume_claim_templates) {
    const auto claim = tools_.claims.get(
        set->metadata.namespace_, claim_name(vct.metadata.name, set->metadata.name, ordinal));
    // Not in the cache yet, though just created: a later pass sets its owners.
    if (claim == nullptr) continue;
    auto changed = api::copy(*claim);
    if (!set_claim_owners(*set, *pod, *changed)) continue;
    const auto updated = co_await api::update(tools_.client, changed);
    if (!updated) co_return updated.failure();
  }
  co_return Result<void>();
}

// True: something had to be changed and was written.
sim::Task<Result<bool>> PetSetPodControl::try_update(SetPtr set, std::shared_ptr<api::Pod> pod) {
  bool consistent = true;
  if (!identity_matches(*set, *pod)) {
    restore_identity(*set, *pod);
    consistent = false;
  }
  if (!storage_matches(*set, *pod)) {
    restore_storage(*set, *pod);
    consistent = false;
    const Result<void> claims = co_await create_claims(set, ordinal_of(*pod), pod->metadata.name);
    if (!claims) co_return claims.failure();
  }
  if (!retention_matches(*set, *pod)) {
    const Result<void> owners = co_await update_claim_owners(set, pod);
    if (!owners) co_return owners.failure();
    consistent = false;
  }
  if (consistent) co_return false;
  const auto updated = co_await api::update(tools_.client, pod);
  if (!updated) co_return updated.failure();
  co_return true;
}

sim::Task<Result<void>> PetSetPodControl::update_pod(SetPtr set, PodPtr pod) {
  client::Backoff backoff(client::kDefaultBackoff, tools_.runtime.rng("update-pod"));
  const std::string name = pod->metadata.name;
  Result<void> result;
  bool attempted = false;
  for (int step = 1; step <= client::kDefaultBackoff.steps; ++step) {
    auto copy = api::copy(*pod);
    const Result<bool> tried = co_await try_update(set, copy);
    attempted = attempted || !tried || *tried;
    result = tried ? Result<void>() : Result<void>(tried.error());
    if (!api::is(result, api::Reason::kConflict)) break;
    const auto cached = tools_.pods.get(set->metadata.namespace_, name);
    if (cached) pod = cached;
    co_await tools_.runtime.sleep(backoff.next());
  }
  if (attempted) record(*set, "update", name, result);
  co_return result;
}

}  // namespace sdbtwin::cluster
