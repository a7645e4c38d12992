#include "controller/provisioner/snapshot.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace sdbtwin::provisioner {

const api::Object* Snapshot::find(const Child& child) const {
  const auto found = children.find(child);
  return found == children.end() ? nullptr : found->second.get();
}

const api::PetSet* Snapshot::petset(kit::Role role) const {
  const api::Object* object = find({ChildKind::kPetSet, role});
  return object == nullptr ? nullptr : &api::cast<api::PetSet>(*object);
}

bool is_usable(const Snapshot& snapshot, const Child& child) {
  const api::Object* object = snapshot.find(child);
  if (object == nullptr || api::is_deleting(object->metadata)) return false;
  return is_ours(child, *object, *snapshot.database, snapshot.petset(child.role));
}

bool petset_is_up(const Snapshot& snapshot, kit::Role role) {
  if (!is_usable(snapshot, {ChildKind::kPetSet, role})) return false;
  const api::PetSet& petset = *snapshot.petset(role);
  return petset.spec->replicas.value_or(1) == petset.status->ready_replicas;
}

bool replicas_up(const Snapshot& snapshot) {
  return std::ranges::all_of(kit::roles_of(*snapshot.database),
                             [&snapshot](kit::Role role) { return petset_is_up(snapshot, role); });
}

std::string missing_dependency(const Snapshot& snapshot) {
  const api::SinglestoreSpec& spec = *snapshot.database->spec;
  if (snapshot.version == nullptr) {
    return fmt::format("SinglestoreVersion {} is not there", spec.version);
  }
  if (!spec.license_secret || spec.license_secret->name.empty()) {
    return "spec.licenseSecret is not set";
  }
  if (!snapshot.has_license) {
    return fmt::format("the licence Secret {}/{} is not there, or has no key `password`",
                       snapshot.database->metadata.namespace_, spec.license_secret->name);
  }
  return {};
}

}  // namespace sdbtwin::provisioner
