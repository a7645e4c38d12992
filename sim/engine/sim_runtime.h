#pragma once

// SimRuntime: the Runtime of one incarnation of a simulated process. Owns its detached tasks.
// Closed for good when the incarnation is killed. The object itself outlives the kill, so that a
// late reference finds a closed runtime and not a hole.

#include <cstdint>
#include <string_view>
#include <vector>

#include "sim/core/rng.h"
#include "sim/core/roots.h"
#include "sim/core/runtime.h"
#include "sim/core/timer_queue.h"
#include "sim/core/trace.h"
#include "sim/engine/scheduler.h"

namespace sdbtwin::sim {

// What every event reads fits one cache line.
class alignas(64) SimRuntime final : public Runtime {
 public:
  enum class Gate : std::uint8_t { kOpen, kPaused, kClosed };

  // `source` and what it refers to outlive the runtime, as do scheduler and trace.
  SimRuntime(Scheduler& scheduler, Trace& trace, const TraceSource& source, const Rng& rng)
      : scheduler_(&scheduler), trace_(&trace), source_(&source), rng_(rng) {}

  Time now() const noexcept override { return scheduler_->now(); }
  Rng rng(std::string_view stream) const override { return rng_.stream(stream); }
  void spawn(Task<void> task) override;
  std::string_view name() const noexcept override { return source_->process; }
  void arm(Waiter& waiter, Time at) override;
  void disarm(Waiter& waiter) noexcept override { scheduler_->disarm(waiter); }

  std::uint32_t process_id() const noexcept { return source_->process_id; }
  Gate gate() const noexcept { return gate_; }
  // Precondition of both: not closed.
  void pause() noexcept;
  void resume();
  // Effect: no call has any effect any more. The frames still exist.
  void close() noexcept;
  // Effect: destroys the frames, innermost first, the newest root first. Precondition: closed.
  void destroy_frames() noexcept;

  void reap_ended() {
    if (roots_.has_ended()) roots_.reap();
  }
  // Events that became due while paused.
  std::vector<TimerQueue::Slot>& held() noexcept { return held_; }

 private:
  void emit(const EventType& type, const void* payload) override;

  Scheduler* scheduler_;
  Trace* trace_;
  const TraceSource* source_;
  Gate gate_ = Gate::kOpen;
  RootSet roots_;
  Rng rng_;
  std::vector<TimerQueue::Slot> held_;
};

}  // namespace sdbtwin::sim
