#include "faults/leader.h"

#include <string>

#include "model/api/coordination.h"

namespace sdbtwin::faults {

sim::Process* find_process(const Environment& environment, std::string_view name) {
  if (!name.starts_with(kLeaderPrefix)) return environment.simulation->find(name);
  if (environment.store == nullptr) return nullptr;
  const std::string_view lease_name = name.substr(kLeaderPrefix.size());
  for (const api::ObjectPtr& object : environment.store->list(api::Kind::kLease, {})) {
    if (object->metadata.name != lease_name) continue;
    const auto& lease = api::cast<api::Lease>(*object);
    return environment.simulation->find(lease.spec->holder_identity.value_or(""));
  }
  return nullptr;
}

}  // namespace sdbtwin::faults
