#pragma once

// A copy of the payload of a trace event, of whatever type. Owns it. Re-assigning reuses the
// storage, so that a ring of these does not allocate once it has seen its largest events (strings
// within the payload aside).

#include <cstddef>
#include <memory>

#include "sim/core/trace.h"

namespace sdbtwin::sim {

class StoredPayload {
 public:
  StoredPayload() noexcept = default;
  ~StoredPayload() { clear(); }
  StoredPayload(const StoredPayload&) = delete;
  StoredPayload& operator=(const StoredPayload&) = delete;

  void assign(const TraceEvent& event);
  void clear() noexcept;
  const void* get() const noexcept { return type_ == nullptr ? nullptr : storage_.get(); }

 private:
  const EventType* type_ = nullptr;
  std::size_t capacity_ = 0;
  std::unique_ptr<std::byte[]> storage_;
};

}  // namespace sdbtwin::sim
