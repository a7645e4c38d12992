#include "controller/provisioner/petset.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "controller/provisioner/pod_template.h"

namespace sdbtwin::provisioner {
namespace {

// The name that KubeDB's CRD gives every podTemplate that names no placement policy (1.1). What
// that policy asks for stands in the pod template already, so it need not exist.
constexpr std::string_view kDefaultPolicy = "default";

api::StringMap petset_labels(const api::Singlestore& database, kit::Role role) {
  api::StringMap labels = kit::offshoot_labels(database);
  labels.emplace(kit::kPetSetLabel, kit::to_string(role));
  return labels;
}

void add_claim_template(api::PetSetSpec& spec, const api::Singlestore& database,
                        const NodeSettings& settings) {
  if (database.spec->storage_type == api::StorageType::kEphemeral || settings.storage == nullptr) {
    return;
  }
  api::PersistentVolumeClaimTemplate claim;
  claim.metadata.name = kDataVolume;
  claim.spec = *settings.storage;
  if (claim.spec.access_modes.empty()) claim.spec.access_modes = {"ReadWriteOnce"};
  spec.volume_claim_templates.edit().push_back(std::move(claim));
}

void add_template_of_user(api::PetSet& petset, const api::OffshootPodTemplate& user) {
  const api::OffshootMeta& meta = user.controller;
  if (!meta.labels.empty()) {
    petset.metadata.labels.edit().insert(meta.labels.begin(), meta.labels.end());
  }
  if (!meta.annotations.empty()) petset.metadata.annotations.edit() = meta.annotations;
  const auto& policy = user.spec.pod_placement_policy;
  if (policy && policy->name != kDefaultPolicy) petset.spec.edit().pod_placement_policy = policy;
}

}  // namespace

std::shared_ptr<api::PetSet> petset_of(const api::Singlestore& database,
                                       const api::SinglestoreVersion& version, kit::Role role) {
  const NodeSettings settings = settings_of(database, role);
  auto petset = std::make_shared<api::PetSet>();
  petset->metadata.name = kit::petset_name(database, role);
  petset->metadata.namespace_ = database.metadata.namespace_;
  petset->metadata.labels = petset_labels(database, role);
  petset->metadata.owner_references.edit().push_back(api::make_controller_ref(database));
  api::PetSetSpec& spec = petset->spec.edit();
  spec.replicas = kit::replicas_of(database, role);
  spec.selector = api::LabelSelector(kit::petset_selector(database.metadata.name, role));
  spec.service_name = kit::governing_service_name(database.metadata.name);
  spec.pod_management_policy = api::PodManagementPolicy::kOrderedReady;
  spec.update_strategy.type = api::UpdateStrategyType::kOnDelete;
  spec.template_ = pod_template(database, version, role);
  add_claim_template(spec, database, settings);
  if (settings.pod_template != nullptr) add_template_of_user(*petset, *settings.pod_template);
  return petset;
}

std::optional<std::int32_t> budget_max_unavailable(std::int32_t replicas) {
  if (replicas <= 1) return std::nullopt;
  return std::max<std::int32_t>(1, (replicas - 1) / 2);
}

std::shared_ptr<api::PodDisruptionBudget> budget_of(const api::Singlestore& database,
                                                    const api::PetSet& petset, kit::Role role) {
  auto budget = std::make_shared<api::PodDisruptionBudget>();
  budget->metadata.name = petset.metadata.name;
  budget->metadata.namespace_ = petset.metadata.namespace_;
  budget->metadata.labels = kit::offshoot_labels(database);
  budget->metadata.owner_references.edit().push_back(api::make_controller_ref(petset));
  api::PodDisruptionBudgetSpec& spec = budget->spec.edit();
  spec.selector = api::LabelSelector(kit::petset_selector(database.metadata.name, role));
  const auto limit = budget_max_unavailable(kit::replicas_of(database, role));
  SIM_ASSERT(limit.has_value());
  spec.max_unavailable = api::IntOrString(*limit);
  return budget;
}

}  // namespace sdbtwin::provisioner
