#include "model/store/change_log.h"

#include <algorithm>
#include <utility>

namespace sdbtwin::store {

std::string_view to_string(DeltaType type) {
  switch (type) {
    case DeltaType::kAdded:
      return "ADDED";
    case DeltaType::kModified:
      return "MODIFIED";
    case DeltaType::kDeleted:
      return "DELETED";
  }
  SIM_UNREACHABLE();
}

void ChangeLog::append(Delta delta, sim::Time now) {
  SIM_ASSERT(delta.revision > complete_since_);
  SIM_ASSERT(entries_.empty() || entries_.back().delta.revision < delta.revision);
  entries_.push_back(Entry{std::move(delta), now});
  while (entries_.size() > bounds_.most ||
         (entries_.size() > bounds_.least && entries_.front().time + bounds_.window < now)) {
    drop_front();
  }
}

std::size_t ChangeLog::first_after(std::uint64_t revision) const {
  const auto place = std::upper_bound(
      entries_.begin(), entries_.end(), revision,
      [](std::uint64_t value, const Entry& entry) { return value < entry.delta.revision; });
  return static_cast<std::size_t>(place - entries_.begin());
}

void ChangeLog::forget(std::uint64_t revision) {
  while (!entries_.empty() && entries_.front().delta.revision <= revision) drop_front();
  complete_since_ = std::max(complete_since_, revision);
}

void ChangeLog::drop_front() {
  complete_since_ = entries_.front().delta.revision;
  entries_.pop_front();
}

}  // namespace sdbtwin::store
