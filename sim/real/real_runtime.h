#pragma once

// RealRuntime: the Runtime of a real process, on a Boost.Asio io_context and its monotonic clock.
// Same contract as in virtual time (runtime_contract.h); events of one RealRuntime run in the order
// of (time, order of arming). Single-threaded: one thread runs the io_context and makes all calls.
// Owns its tasks. The io_context outlives it. close(), which the destructor calls, releases what
// the tasks wait for, awaits operations that still use their frames, then destroys the frames.

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "sim/core/rng.h"
#include "sim/core/roots.h"
#include "sim/core/runtime.h"
#include "sim/core/timer_queue.h"
#include "sim/core/trace.h"

namespace boost::asio {
class io_context;
}

namespace sdbtwin::sim {

class RealRuntime final : public Runtime {
 public:
  using Clock = std::chrono::steady_clock;

  // Runtimes that exchange times are given the same `start`.
  RealRuntime(boost::asio::io_context& context, std::string name, std::uint64_t seed,
              Clock::time_point start = Clock::now());
  ~RealRuntime() override;

  Time now() const noexcept override;
  Rng rng(std::string_view stream) const override;
  void spawn(Task<void> task) override;
  std::string_view name() const noexcept override { return name_; }
  void arm(Waiter& waiter, Time at) override;
  void disarm(Waiter& waiter) noexcept override;

  boost::asio::io_context& context() noexcept;

  // Where trace() goes, and as which process; nullptr, as at first: nowhere.
  void set_trace(Trace* trace, std::uint32_t process_id = 0) noexcept {
    trace_ = trace;
    source_.process_id = process_id;
  }

  // Effect: no task runs any more and all frames are gone. Runs the io_context until every
  // operation that a task waited for has been cancelled. Precondition: not called by a task.
  void close();
  bool closed() const noexcept { return closed_; }

 private:
  class Alarm;

  void emit(const EventType& type, const void* payload) override;
  void run_due();
  void schedule();

  std::string name_;
  TraceSource source_;
  Rng rng_;
  Clock::time_point start_;
  Trace* trace_ = nullptr;
  bool running_ = false;
  bool closed_ = false;
  TimerQueue queue_;
  std::shared_ptr<Alarm> alarm_;  // Shared with the handlers that are still to come.
  RootSet roots_;
};

}  // namespace sdbtwin::sim
