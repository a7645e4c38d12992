#pragma once

// The last events of a trace, for messages that must say what led to a failure.
// An observer with a fixed bound; it copies payloads and never formats. Views that it hands out
// stay valid until the next event.

#include <cstddef>
#include <vector>

#include "sim/core/stored_event.h"
#include "sim/core/trace.h"

namespace sdbtwin::sim {

class TraceRing final : public TraceObserver {
 public:
  // Precondition: capacity > 0.
  explicit TraceRing(std::size_t capacity);

  void on_event(const TraceEvent& event) override;

  std::size_t size() const noexcept { return size_; }
  // The i-th of the kept events, the oldest first. Precondition: i < size().
  TraceEvent at(std::size_t i) const;

 private:
  struct Entry {
    TraceEvent event{};
    StoredPayload payload;
  };

  std::vector<Entry> entries_;
  std::size_t next_ = 0;  // Where the next event goes.
  std::size_t size_ = 0;
};

}  // namespace sdbtwin::sim
