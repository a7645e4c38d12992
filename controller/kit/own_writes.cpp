#include "controller/kit/own_writes.h"

#include <utility>

namespace sdbtwin::kit {

void OwnWrites::note(api::ObjectPtr written) {
  SIM_ASSERT(written != nullptr);
  api::ObjectRef ref = api::ref_of(*written);
  written_.insert_or_assign(std::move(ref), std::move(written));
}

api::ObjectPtr OwnWrites::newest(const api::ObjectRef& ref, api::ObjectPtr cached) {
  const auto own = written_.find(ref);
  if (own == written_.end()) return cached;
  const bool ours_is_newer =
      cached != nullptr && cached->metadata.uid == own->second->metadata.uid &&
      cached->metadata.resource_version < own->second->metadata.resource_version;
  if (ours_is_newer) return own->second;
  written_.erase(own);
  return cached;
}

}  // namespace sdbtwin::kit
