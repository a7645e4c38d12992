// Child: one object that a database consists of, by what it is rather than by what it is called.
//
// children_of() is the whole list for a database, in the order of creation; for each of them there
// is a name, what is wanted of it, and what has to change where it exists already. Pure functions.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "controller/kit/kubedb.h"
#include "model/api/object.h"
#include "model/api/petset.h"
#include "model/api/singlestore.h"
#include "model/api/singlestore_version.h"

namespace sdbtwin::provisioner {

enum class ChildKind : std::uint8_t {
  kGoverningService,
  kServiceAccount,
  kRole,
  kRoleBinding,
  kAuthSecret,
  kPetSet,
  kBudget,
  kPrimaryService,
  kAppBinding,
};

struct Child {
  ChildKind kind = ChildKind::kPetSet;
  kit::Role role = kit::Role::kStandalone;  // of kPetSet and kBudget; else unused

  auto operator<=>(const Child&) const = default;
};

using ChildMap = std::map<Child, api::ObjectPtr>;  // those that exist

std::vector<Child> children_of(const api::Singlestore& database);
api::ObjectRef ref_of(const Child& child, const api::Singlestore& database);
std::string to_string(const Child& child, const api::Singlestore& database);  // "PetSet demo/x"

// Who may be written: an object of ours is controlled by the database (a budget: by its PetSet).
// The auth Secret has no owner and is never written once it is there.
// `petset` is the stored PetSet of a budget's role, or null.
bool is_ours(const Child& child, const api::Object& object, const api::Singlestore& database,
             const api::PetSet* petset);

// What a child is made from.
struct ChildInputs {
  const api::Singlestore& database;
  const api::SinglestoreVersion& version;
  const api::PetSet* petset = nullptr;  // of a budget: its PetSet as stored
  std::string password;                 // of the auth Secret
};
std::shared_ptr<api::Object> wanted(const Child& child, const ChildInputs& inputs);

// The version to write in place of `live`, with its resourceVersion; null: nothing to change. Of a
// PetSet: replicas, template, labels and the update strategy; what the server refuses to change
// (selector, claims, service name) is left to operations that recreate the PetSet.
std::shared_ptr<api::Object> correction(const Child& child, const api::Object& live,
                                        const api::Object& wanted);

}  // namespace sdbtwin::provisioner
