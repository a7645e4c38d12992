#include "sim/engine/sim_runtime.h"

#include <utility>

#include "sim/core/assert.h"

namespace sdbtwin::sim {

void SimRuntime::spawn(Task<void> task) {
  if (gate_ == Gate::kClosed) return;
  roots_.add(*this, std::move(task));
}

void SimRuntime::arm(Waiter& waiter, Time at) {
  if (gate_ == Gate::kClosed) return;
  scheduler_->arm(waiter, at);
}

void SimRuntime::emit(const EventType& type, const void* payload) {
  if (gate_ == Gate::kClosed) return;
  trace_->emit(*source_, scheduler_->now(), type, payload);
}

void SimRuntime::pause() noexcept {
  SIM_ASSERT(gate_ != Gate::kClosed);
  gate_ = Gate::kPaused;
}

void SimRuntime::resume() {
  SIM_ASSERT(gate_ != Gate::kClosed);
  gate_ = Gate::kOpen;
  scheduler_->resume(*this);
}

void SimRuntime::close() noexcept { gate_ = Gate::kClosed; }

void SimRuntime::destroy_frames() noexcept {
  SIM_ASSERT(gate_ == Gate::kClosed);
  roots_.destroy_all();
  scheduler_->drop_held(*this);
}

}  // namespace sdbtwin::sim
