#include "controller/provisioner/child.h"

#include <algorithm>
#include <utility>

#include "controller/provisioner/access.h"
#include "controller/provisioner/connection.h"
#include "controller/provisioner/fill.h"
#include "controller/provisioner/petset.h"
#include "controller/provisioner/service.h"
#include "model/api/policy.h"

namespace sdbtwin::provisioner {
namespace {

api::Kind kind_of(ChildKind kind) {
  switch (kind) {
    case ChildKind::kGoverningService:
    case ChildKind::kPrimaryService:
      return api::Kind::kService;
    case ChildKind::kServiceAccount:
      return api::Kind::kServiceAccount;
    case ChildKind::kRole:
      return api::Kind::kRole;
    case ChildKind::kRoleBinding:
      return api::Kind::kRoleBinding;
    case ChildKind::kAuthSecret:
      return api::Kind::kSecret;
    case ChildKind::kPetSet:
      return api::Kind::kPetSet;
    case ChildKind::kBudget:
      return api::Kind::kPodDisruptionBudget;
    case ChildKind::kAppBinding:
      return api::Kind::kAppBinding;
  }
  SIM_UNREACHABLE();
}

std::string name_of(const Child& child, const api::Singlestore& database) {
  switch (child.kind) {
    case ChildKind::kGoverningService:
      return kit::governing_service_name(database.metadata.name);
    case ChildKind::kAuthSecret:
      return kit::auth_secret_name(database);
    case ChildKind::kPetSet:
    case ChildKind::kBudget:
      return kit::petset_name(database, child.role);
    case ChildKind::kServiceAccount:
    case ChildKind::kRole:
    case ChildKind::kRoleBinding:
    case ChildKind::kPrimaryService:
    case ChildKind::kAppBinding:
      return database.metadata.name;
  }
  SIM_UNREACHABLE();
}

void fill_metadata(api::Object& next, const api::Object& live) {
  next.metadata.owner_references = live.metadata.owner_references;
  fill(next.metadata, live.metadata, Unset::kKeep);
}

std::shared_ptr<api::Object> correct_petset(const api::PetSet& live, const api::PetSet& wanted) {
  auto next = api::copy(live);
  next->metadata.labels = wanted.metadata.labels;
  next->metadata.annotations = wanted.metadata.annotations;
  fill_metadata(*next, live);
  api::PetSetSpec& spec = next->spec.edit();
  spec.replicas = wanted.spec->replicas;
  spec.update_strategy.type = wanted.spec->update_strategy.type;
  api::PodTemplateSpec pods = *wanted.spec->template_;
  if (!fill(pods, *live.spec->template_, Unset::kOnlyDefault)) spec.template_ = std::move(pods);
  if (api::equal(*next, live)) return nullptr;
  return next;
}

}  // namespace

std::vector<Child> children_of(const api::Singlestore& database) {
  std::vector<Child> children = {{ChildKind::kGoverningService},
                                 {ChildKind::kServiceAccount},
                                 {ChildKind::kRole},
                                 {ChildKind::kRoleBinding},
                                 {ChildKind::kAuthSecret}};
  for (const kit::Role role : kit::roles_of(database)) {
    children.push_back({ChildKind::kPetSet, role});
    children.push_back({ChildKind::kBudget, role});
  }
  children.push_back({ChildKind::kPrimaryService});
  children.push_back({ChildKind::kAppBinding});
  return children;
}

api::ObjectRef ref_of(const Child& child, const api::Singlestore& database) {
  return api::ObjectRef(kind_of(child.kind), database.metadata.namespace_,
                        name_of(child, database));
}

std::string to_string(const Child& child, const api::Singlestore& database) {
  return api::to_string(ref_of(child, database));
}

bool is_ours(const Child& child, const api::Object& object, const api::Singlestore& database,
             const api::PetSet* petset) {
  const api::OwnerReference* owner = api::controller_of(object.metadata);
  if (child.kind == ChildKind::kAuthSecret) return true;
  if (owner == nullptr) return false;
  if (child.kind != ChildKind::kBudget) return owner->uid == database.metadata.uid;
  return petset != nullptr && owner->uid == petset->metadata.uid;
}

std::shared_ptr<api::Object> wanted(const Child& child, const ChildInputs& inputs) {
  switch (child.kind) {
    case ChildKind::kGoverningService:
      return governing_service_of(inputs.database);
    case ChildKind::kServiceAccount:
      return service_account_of(inputs.database);
    case ChildKind::kRole:
      return role_of(inputs.database);
    case ChildKind::kRoleBinding:
      return role_binding_of(inputs.database);
    case ChildKind::kAuthSecret:
      return auth_secret_of(inputs.database, inputs.password);
    case ChildKind::kPetSet:
      return petset_of(inputs.database, inputs.version, child.role);
    case ChildKind::kBudget:
      SIM_ASSERT(inputs.petset != nullptr);
      return budget_of(inputs.database, *inputs.petset, child.role);
    case ChildKind::kPrimaryService:
      return primary_service_of(inputs.database);
    case ChildKind::kAppBinding:
      return app_binding_of(inputs.database);
  }
  SIM_UNREACHABLE();
}

std::shared_ptr<api::Object> correction(const Child& child, const api::Object& live,
                                        const api::Object& wanted) {
  if (child.kind == ChildKind::kAuthSecret) return nullptr;
  if (child.kind == ChildKind::kPetSet) {
    return correct_petset(api::cast<api::PetSet>(live), api::cast<api::PetSet>(wanted));
  }
  std::shared_ptr<api::Object> next = wanted.clone();
  fill_metadata(*next, live);
  fill(api::kind_info(live.kind()).type(), next.get(), &live, Unset::kKeep);
  if (api::equal(*next, live)) return nullptr;
  return next;
}

}  // namespace sdbtwin::provisioner
