// How to reach a database: the auth Secret and the AppBinding (reference/kubedb.md 2.1).
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "model/api/core.h"
#include "model/api/singlestore.h"
#include "model/sql/endpoint.h"
#include "sim/core/rng.h"

namespace sdbtwin::provisioner {

// 16 letters and digits [us]; the same stream gives the same password.
std::string make_password(sim::Rng rng);

// Of type kubernetes.io/basic-auth. It has no owner: it outlives the database unless the deletion
// policy is WipeOut, and a database made anew over the old claims needs the old password.
std::shared_ptr<api::Secret> auth_secret_of(const api::Singlestore& database, std::string password);

// nullopt: the Secret lacks one of the two keys.
std::optional<sql::Credentials> credentials_in(const api::Secret& secret);

std::shared_ptr<api::AppBinding> app_binding_of(const api::Singlestore& database);

}  // namespace sdbtwin::provisioner
