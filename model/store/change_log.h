#pragma once

// ChangeLog: the last changes of one resource, in the order of their revisions; what a watch reads.
// Guarantees: every change with a revision above complete_since() is in the log, exactly once.
// History is bounded as the API server's watch cache bounds it, when something is appended, so that
// nothing has to tick. Holds objects by reference; copies none.

#include <cstddef>
#include <cstdint>
#include <deque>

#include "model/api/object.h"

namespace sdbtwin::store {

enum class DeltaType : std::uint8_t { kAdded, kModified, kDeleted };
std::string_view to_string(DeltaType type);

// One effective write. `object` is what watchers are shown: the new state, or for kDeleted the last
// stored state with the deleting revision. `before` is null for kAdded.
struct Delta {
  DeltaType type;
  std::uint64_t revision;
  api::ObjectPtr before;
  api::ObjectPtr object;
};

// Bounds of the watch cache (kubernetes.md 4.8): at least and at most so many changes per resource,
// and in between those of the last 75 s.
struct HistoryBounds {
  std::size_t least = 100;
  std::size_t most = 102400;
  sim::Duration window = std::chrono::seconds(75);
};

class ChangeLog {
 public:
  explicit ChangeLog(const HistoryBounds& bounds = HistoryBounds{}) : bounds_(bounds) {}

  void append(Delta delta, sim::Time now);

  // Changes up to here may be missing.
  std::uint64_t complete_since() const noexcept { return complete_since_; }

  std::size_t size() const noexcept { return entries_.size(); }
  const Delta& at(std::size_t index) const { return entries_[index].delta; }
  // The first change after `revision`; size() when there is none.
  std::size_t first_after(std::uint64_t revision) const;

  // Effect: changes up to `revision` are dropped, and complete_since() is at least that.
  void forget(std::uint64_t revision);

 private:
  struct Entry {
    Delta delta;
    sim::Time time;
  };

  void drop_front();

  HistoryBounds bounds_;
  std::deque<Entry> entries_;
  std::uint64_t complete_since_ = 0;
};

}  // namespace sdbtwin::store
