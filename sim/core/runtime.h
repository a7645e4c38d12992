#pragma once

// Runtime: all that an actor gets from its host. Time, randomness, tasks and the trace come from
// here and from nowhere else, so that the same code runs in virtual and in real time.
// A Runtime belongs to one process. Once it is closed (the process was killed) arm, spawn, sleep
// and trace have no effect, so that no destructor can act after death. Single-threaded: all calls
// come from the thread that runs the events.

#include <concepts>
#include <coroutine>
#include <string_view>

#include "sim/core/rng.h"
#include "sim/core/task.h"
#include "sim/core/time.h"
#include "sim/core/trace.h"
#include "sim/core/waiter.h"

namespace sdbtwin::sim {

class SleepAwaiter;

class Runtime {
 public:
  Runtime() noexcept = default;
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;
  virtual ~Runtime() = default;

  virtual Time now() const noexcept = 0;

  // The stream of that name within this process, from its start. Each incarnation of a process has
  // its own streams.
  virtual Rng rng(std::string_view stream) const = 0;

  // Effect: the runtime owns the task from now on; its first step is an event at now().
  virtual void spawn(Task<void> task) = 0;

  // The name of the process.
  virtual std::string_view name() const noexcept = 0;

  // co_await runtime.sleep(5s). A time that has passed still costs one event at now();
  // Duration::max() is for ever.
  SleepAwaiter sleep(Duration duration) noexcept;
  SleepAwaiter sleep_until(Time time) noexcept;

  template <TraceableEvent E>
  void trace(const E& event) {
    emit(kEventType<E>, &event);
  }

  // The primitive of all awaiters. Effect of arm: waiter.fire() runs as an event at `at`, or at
  // now() if that has passed; events run in the order of (time, order of arming).
  // Precondition: not armed.
  virtual void arm(Waiter& waiter, Time at) = 0;
  // Effect: the waiter does not fire. Nothing happens when it is not armed.
  virtual void disarm(Waiter& waiter) noexcept = 0;

 protected:
  virtual void emit(const EventType& type, const void* payload) = 0;
};

class SleepAwaiter final : public FrameWaiter {
 public:
  SleepAwaiter(Runtime& runtime, Time until) noexcept : FrameWaiter(runtime), until_(until) {}

  bool await_ready() const noexcept { return false; }
  template <std::derived_from<PromiseBase> P>
  void await_suspend(std::coroutine_handle<P> frame) {
    suspend(frame);
    arm(until_);
  }
  void await_resume() const noexcept {}

 private:
  Time until_;
};

inline SleepAwaiter Runtime::sleep(Duration duration) noexcept {
  return SleepAwaiter(*this, later(now(), duration));
}
inline SleepAwaiter Runtime::sleep_until(Time time) noexcept { return SleepAwaiter(*this, time); }

}  // namespace sdbtwin::sim
