#include "model/cluster/petset/defaults.h"

namespace sdbtwin::cluster {

void default_petset(api::PetSet& set) {
  api::PetSetSpec& spec = set.spec.edit();
  if (spec.pod_management_policy == api::PodManagementPolicy::kUnset)
    spec.pod_management_policy = api::PodManagementPolicy::kOrderedReady;
  api::PetSetUpdateStrategy& strategy = spec.update_strategy;
  if (strategy.type == api::UpdateStrategyType::kUnset) {
    strategy.type = api::UpdateStrategyType::kRollingUpdate;
    if (!strategy.rolling_update) strategy.rolling_update.emplace();
  }
  const bool rolling = strategy.type == api::UpdateStrategyType::kRollingUpdate;
  if (rolling && strategy.rolling_update && !strategy.rolling_update->partition)
    strategy.rolling_update->partition = 0;
  if (!spec.persistent_volume_claim_retention_policy)
    spec.persistent_volume_claim_retention_policy.emplace();
  api::ClaimRetentionPolicy& claims = *spec.persistent_volume_claim_retention_policy;
  if (claims.when_deleted == api::ClaimRetention::kUnset)
    claims.when_deleted = api::ClaimRetention::kRetain;
  if (claims.when_scaled == api::ClaimRetention::kUnset)
    claims.when_scaled = api::ClaimRetention::kRetain;
  if (!spec.replicas) spec.replicas = 1;
  if (!spec.revision_history_limit) spec.revision_history_limit = 10;
}

bool lacks_defaults(const api::PetSet& set) {
  return !set.spec->replicas || !set.spec->revision_history_limit;
}

bool PetSetDefaulter::handles(const api::AdmissionRequest& request) const {
  return request.ref.kind == api::Kind::kPetSet && request.subresource == api::Subresource::kNone &&
         request.operation != api::Operation::kDelete;
}

api::Result<api::ObjectPtr> PetSetDefaulter::mutate(const api::AdmissionRequest& request,
                                                    const api::StoreReader&) {
  const auto given = api::as<api::PetSet>(request.object);
  auto set = api::copy(*given);
  default_petset(*set);
  if (*set->spec == *given->spec) return request.object;
  return api::ObjectPtr(set);
}

}  // namespace sdbtwin::cluster
