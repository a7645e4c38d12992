#include "sim/core/trace.h"

#include <algorithm>

#include "sim/core/assert.h"
#include "sim/core/stored_event.h"

namespace sdbtwin::sim {

// An event that was traced by an observer and waits for its turn.
class Trace::StoredEvent {
 public:
  explicit StoredEvent(const TraceEvent& event) : event_(event) { payload_.assign(event); }
  TraceEvent view() const noexcept {
    TraceEvent event = event_;
    event.payload = payload_.get();
    return event;
  }

 private:
  TraceEvent event_;
  StoredPayload payload_;
};

Trace::Trace() = default;
Trace::~Trace() = default;

void Trace::add_observer(TraceObserver& observer) {
  SIM_ASSERT(!delivering_);
  observers_.push_back(&observer);
}

void Trace::remove_observer(TraceObserver& observer) {
  SIM_ASSERT(!delivering_);
  std::erase(observers_, &observer);
}

void Trace::emit(const TraceSource& source, Time time, const EventType& type, const void* payload) {
  const TraceEvent event{.sequence = count_++,
                         .time = time,
                         .process_id = source.process_id,
                         .process = source.process,
                         .type = &type,
                         .payload = payload};
  digest_.add(event.sequence);
  digest_.add(static_cast<std::uint64_t>(time.time_since_epoch().count()));
  digest_.add(source.process_hash);
  digest_.add(type.name_hash);
  type.digest(payload, digest_);
  if (observers_.empty()) return;
  if (delivering_) {
    delayed_.push_back(std::make_unique<StoredEvent>(event));
    return;
  }
  deliver(event);
  while (!delayed_.empty()) {
    const std::unique_ptr<StoredEvent> next = std::move(delayed_.front());
    delayed_.pop_front();
    deliver(next->view());
  }
}

void Trace::deliver(const TraceEvent& event) {
  delivering_ = true;
  for (TraceObserver* observer : observers_) observer->on_event(event);
  delivering_ = false;
}

}  // namespace sdbtwin::sim
