#include "controller/provisioner/manager_cache.h"

#include "sim/core/assert.h"

namespace sdbtwin::provisioner {

ManagerCache::ManagerCache(kit::Manager& manager) {
  for (const api::Kind kind : {api::Kind::kSinglestore, api::Kind::kSinglestoreVersion,
                               api::Kind::kPetSet, api::Kind::kPodDisruptionBudget,
                               api::Kind::kSecret, api::Kind::kService, api::Kind::kServiceAccount,
                               api::Kind::kRole, api::Kind::kRoleBinding, api::Kind::kAppBinding}) {
    caches_.emplace(kind, &manager.informer(kind).cache());
  }
}

api::ObjectPtr ManagerCache::find(const api::ObjectRef& ref) {
  const auto cache = caches_.find(ref.kind);
  SIM_ASSERT(cache != caches_.end());
  return own_writes_.newest(ref, cache->second->get(ref.key));
}

}  // namespace sdbtwin::provisioner
