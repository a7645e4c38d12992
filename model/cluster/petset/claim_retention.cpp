#include "model/cluster/petset/claim_retention.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "model/cluster/petset/identity.h"

namespace sdbtwin::cluster {
namespace {

struct Owners {
  bool set = false;
  bool pod = false;
};

Owners wanted_owners(const api::PetSet& set, const api::Pod& pod) {
  const bool in_range = in_ordinal_range(set, ordinal_of(pod));
  Owners owners;
  owners.pod = deletes_claims_on_scale_down(set) && !in_range;
  owners.set = deletes_claims_with_set(set) && !owners.pod;
  return owners;
}

bool add_owner(api::PersistentVolumeClaim& claim, std::string_view api_version,
               std::string_view kind, const api::ObjectMeta& owner) {
  if (api::is_owned_by(claim.metadata, owner.uid)) return false;
  api::OwnerReference reference;
  reference.api_version = api_version;
  reference.kind = kind;
  reference.name = owner.name;
  reference.uid = owner.uid;
  claim.metadata.owner_references.edit().push_back(std::move(reference));
  return true;
}

bool remove_owner(api::PersistentVolumeClaim& claim, std::string_view uid) {
  if (!api::is_owned_by(claim.metadata, uid)) return false;
  auto& owners = claim.metadata.owner_references.edit();
  owners.erase(std::remove_if(owners.begin(), owners.end(),
                              [&](const api::OwnerReference& owner) { return owner.uid == uid; }),
               owners.end());
  return true;
}

}  // namespace

bool deletes_claims_with_set(const api::PetSet& set) {
  const auto& policy = set.spec->persistent_volume_claim_retention_policy;
  return policy && policy->when_deleted == api::ClaimRetention::kDelete;
}

bool deletes_claims_on_scale_down(const api::PetSet& set) {
  const auto& policy = set.spec->persistent_volume_claim_retention_policy;
  return policy && policy->when_scaled == api::ClaimRetention::kDelete;
}

bool has_stale_owner(const api::PersistentVolumeClaim& claim, std::string_view name,
                     std::string_view uid) {
  const auto& owners = *claim.metadata.owner_references;
  return std::any_of(owners.begin(), owners.end(), [&](const api::OwnerReference& owner) {
    return owner.name == name && owner.uid != uid;
  });
}

bool claim_owners_match(const api::PetSet& set, const api::Pod& pod,
                        const api::PersistentVolumeClaim& claim) {
  const Owners wanted = wanted_owners(set, pod);
  return api::is_owned_by(claim.metadata, set.metadata.uid) == wanted.set &&
         api::is_owned_by(claim.metadata, pod.metadata.uid) == wanted.pod;
}

bool set_claim_owners(const api::PetSet& set, const api::Pod& pod,
                      api::PersistentVolumeClaim& claim) {
  const Owners wanted = wanted_owners(set, pod);
  const bool set_changed = wanted.set ? add_owner(claim, "apps/v1", "PetSet", set.metadata)
                                      : remove_owner(claim, set.metadata.uid);
  const bool pod_changed = wanted.pod ? add_owner(claim, "v1", "Pod", pod.metadata)
                                      : remove_owner(claim, pod.metadata.uid);
  return set_changed || pod_changed;
}

}  // namespace sdbtwin::cluster
