#pragma once

// race(): a task against a deadline.
//   std::optional<Answer> answer = co_await race(runtime, ask(request), runtime.now() + 5s);
// The task's first step runs at once. The deadline is an event like any other: when both come at
// the same instant, the one that was armed first wins. A task that loses is cancelled: what it
// waits for is released (Waiter::release), awaited if something outside still uses the frame, and
// then the frames are destroyed, before race() returns. Races nest.

#include <concepts>
#include <coroutine>
#include <optional>
#include <utility>

#include "sim/core/event.h"
#include "sim/core/runtime.h"
#include "sim/core/task.h"
#include "sim/core/waiter.h"

namespace sdbtwin::sim {

// Runs a task until it is done, or lost and released. Lives in the frame of race().
class RaceWaiter final : public FrameWaiter {
 public:
  // Precondition: the task has made its first step and is suspended.
  RaceWaiter(Runtime& runtime, PromiseBase& task, Time deadline) noexcept
      : FrameWaiter(runtime), task_(&task), deadline_(deadline) {}

  bool await_ready() const noexcept { return false; }
  template <std::derived_from<PromiseBase> P>
  void await_suspend(std::coroutine_handle<P> frame) {
    suspend(frame);
    task_->continue_with(frame);
    arm(deadline_);
  }
  void await_resume() noexcept { disarm(); }

  void fire() override;
  bool release(Event& released) override;

 private:
  enum class State { kRunning, kReleasing };

  bool release_task(Event& released);

  PromiseBase* task_;
  Time deadline_;
  State state_ = State::kRunning;
  Event released_;
};

// nullopt: the deadline came first.
template <class T>
Task<std::optional<T>> race(Runtime& runtime, Task<T> task, Time deadline) {
  task.start(runtime);
  if (!task.done()) {
    RaceWaiter waiter(runtime, task.promise(), deadline);
    co_await waiter;
  }
  std::optional<T> result;
  if (task.done()) result.emplace(task.result());
  task = Task<T>();
  co_return result;
}

// false: the deadline came first.
inline Task<bool> race(Runtime& runtime, Task<void> task, Time deadline) {
  task.start(runtime);
  if (!task.done()) {
    RaceWaiter waiter(runtime, task.promise(), deadline);
    co_await waiter;
  }
  const bool done = task.done();
  task = Task<void>();
  co_return done;
}

}  // namespace sdbtwin::sim
