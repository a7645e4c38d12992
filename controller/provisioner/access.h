// The identity under which a database's pods run: ServiceAccount, Role and RoleBinding, all named
// like the database (reference/kubedb.md 2.1). What the Role allows is our choice: no public dump
// shows it; the coordinator reads its pods and PetSets and labels pods. Pure functions.
#pragma once

#include <memory>

#include "model/api/core.h"
#include "model/api/rbac.h"
#include "model/api/singlestore.h"

namespace sdbtwin::provisioner {

std::shared_ptr<api::ServiceAccount> service_account_of(const api::Singlestore& database);
std::shared_ptr<api::Role> role_of(const api::Singlestore& database);
std::shared_ptr<api::RoleBinding> role_binding_of(const api::Singlestore& database);

}  // namespace sdbtwin::provisioner
