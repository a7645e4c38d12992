// The PetSet of one role of a database, and its PodDisruptionBudget (reference/kubedb.md 2.1, 2.2).
// Pure functions.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "controller/kit/kubedb.h"
#include "model/api/petset.h"
#include "model/api/policy.h"
#include "model/api/singlestore.h"
#include "model/api/singlestore_version.h"

namespace sdbtwin::provisioner {

// OnDelete: pods change when an ops request evicts them, never by themselves. OrderedReady.
std::shared_ptr<api::PetSet> petset_of(const api::Singlestore& database,
                                       const api::SinglestoreVersion& version, kit::Role role);

// max(1, floor((replicas - 1) / 2)); nullopt: too few replicas for a budget.
std::optional<std::int32_t> budget_max_unavailable(std::int32_t replicas);

// Owned by the PetSet, so that it goes with it. Precondition: the PetSet is stored (has a UID) and
// has enough replicas for a budget.
std::shared_ptr<api::PodDisruptionBudget> budget_of(const api::Singlestore& database,
                                                    const api::PetSet& petset, kit::Role role);

}  // namespace sdbtwin::provisioner
