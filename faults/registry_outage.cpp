#include "faults/registry_outage.h"

#include <utility>

#include "faults/match.h"

namespace sdbtwin::faults {

std::optional<std::int64_t> RegistryOutage::size_of(std::string_view image) const {
  for (const auto& [id, hidden] : hidden_) {
    if (!glob_match(hidden.pattern, image)) continue;
    hidden.refused(image);
    return std::nullopt;
  }
  return registry_->size_of(image);
}

std::uint64_t RegistryOutage::hide(std::string pattern, Refused refused) {
  hidden_.emplace(++last_id_, Hidden{std::move(pattern), std::move(refused)});
  return last_id_;
}

}  // namespace sdbtwin::faults
