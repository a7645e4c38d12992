#include "sim/core/trace_ring.h"

#include "sim/core/assert.h"

namespace sdbtwin::sim {

TraceRing::TraceRing(std::size_t capacity) : entries_(capacity) { SIM_ASSERT(capacity > 0); }

void TraceRing::on_event(const TraceEvent& event) {
  Entry& entry = entries_[next_];
  entry.event = event;
  entry.payload.assign(event);
  entry.event.payload = entry.payload.get();
  next_ = next_ + 1 == entries_.size() ? 0 : next_ + 1;
  if (size_ < entries_.size()) ++size_;
}

TraceEvent TraceRing::at(std::size_t i) const {
  SIM_ASSERT(i < size_);
  const std::size_t oldest = size_ < entries_.size() ? 0 : next_;
  return entries_[(oldest + i) % entries_.size()].event;
}

}  // namespace sdbtwin::sim
