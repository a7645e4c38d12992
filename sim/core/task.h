#pragma once

// Task<T>: a lazy coroutine that yields one T. It runs when it is awaited, or spawned on a Runtime.
// Guarantees: the Task owns its frame, and destroying the Task destroys the frame, innermost child
// first, wherever it is suspended. A child that completes at once does not nest: a loop over a
// million ready awaits uses the stack of one. An exception that leaves a task ends the program.
// Parameters of a coroutine are values, or refer to what outlives the process. A Task is awaited
// once, by a Task. In a co_await expression, name lambdas and aggregates first (g++ 12).

#include <concepts>
#include <coroutine>
#include <optional>
#include <utility>

#include "sim/core/assert.h"

namespace sdbtwin::sim {

class Runtime;
class Waiter;

template <class T = void>
class Task;

// Is told when a task that nobody awaits has run to its end. The frame still exists then.
class TaskOwner {
 public:
  virtual void on_task_done() noexcept = 0;

 protected:
  ~TaskOwner() = default;
};

// What every task frame knows: whom to continue, on which runtime it runs, and what it waits for.
class PromiseBase {
 public:
  Runtime* runtime() const noexcept { return runtime_; }

  // Called when the frame suspends in a waiter.
  void suspended_in(Waiter& waiter) noexcept {
    waiter_ = &waiter;
    child_ = nullptr;
  }

  // The waiter in which this suspended task, or the innermost task it awaits, is suspended.
  Waiter* leaf() noexcept {
    PromiseBase* promise = this;
    while (promise->child_ != nullptr) promise = promise->child_;
    return promise->waiter_;
  }

  // Whom to resume when this task, which is suspended, ends.
  void continue_with(std::coroutine_handle<> frame) noexcept { continuation_ = frame; }

  std::suspend_always initial_suspend() const noexcept { return {}; }

  struct FinalAwaiter {
    bool await_ready() const noexcept { return false; }
    template <class P>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<P> frame) const noexcept {
      return static_cast<PromiseBase&>(frame.promise()).finish();
    }
    void await_resume() const noexcept {}
  };
  FinalAwaiter final_suspend() const noexcept { return {}; }

  [[noreturn]] void unhandled_exception() const noexcept;

 private:
  template <class T>
  friend class Task;

  std::coroutine_handle<> finish() noexcept {
    if (continuation_) return continuation_;
    if (owner_ != nullptr) owner_->on_task_done();
    return std::noop_coroutine();
  }

  std::coroutine_handle<> continuation_;
  Runtime* runtime_ = nullptr;
  Waiter* waiter_ = nullptr;
  PromiseBase* child_ = nullptr;
  TaskOwner* owner_ = nullptr;
};

template <class T>
class TaskPromise final : public PromiseBase {
 public:
  Task<T> get_return_object() noexcept;

  template <class U>
  requires std::constructible_from<T, U&&>
  void return_value(U&& value) { result_.emplace(std::forward<U>(value)); }

  T take() {
    SIM_ASSERT(result_.has_value());
    return std::move(*result_);
  }

 private:
  std::optional<T> result_;
};

template <>
class TaskPromise<void> final : public PromiseBase {
 public:
  Task<void> get_return_object() noexcept;
  void return_void() const noexcept {}
  void take() const noexcept {}
};

template <class T>
class [[nodiscard]] Task {
 public:
  using promise_type = TaskPromise<T>;
  using Frame = std::coroutine_handle<promise_type>;

  Task() noexcept = default;
  explicit Task(Frame frame) noexcept : frame_(frame) {}
  Task(Task&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
  Task& operator=(Task&& other) noexcept {
    Task old(std::exchange(frame_, std::exchange(other.frame_, nullptr)));
    return *this;
  }
  ~Task() {
    if (frame_) frame_.destroy();
  }

  bool valid() const noexcept { return static_cast<bool>(frame_); }
  bool done() const noexcept { return frame_ && frame_.done(); }

  class Awaiter {
   public:
    explicit Awaiter(Task task) noexcept : task_(std::move(task)) {}

    bool await_ready() const noexcept { return false; }

    // Runs the child here and reports whether it is still running: the parent goes on by itself
    // when the child is done, and the child continues the parent only when it has suspended.
    template <std::derived_from<PromiseBase> P>
    bool await_suspend(std::coroutine_handle<P> parent) {
      PromiseBase& promise = parent.promise();
      task_.start(*promise.runtime_);
      if (task_.done()) return false;
      PromiseBase& child = task_.promise();
      child.continue_with(parent);
      promise.child_ = &child;
      return true;
    }

    T await_resume() { return task_.result(); }

   private:
    Task task_;
  };

  Awaiter operator co_await() && noexcept { return Awaiter(std::move(*this)); }

  // For runtimes and race() only. ----------------------------------------------------------------

  // Runs to the first suspension or to the end. `owner` is told of an end that comes when no
  // continuation is set.
  void start(Runtime& runtime, TaskOwner* owner = nullptr) {
    SIM_ASSERT(frame_);
    PromiseBase& base = frame_.promise();
    SIM_ASSERT(base.runtime_ == nullptr);  // Started once.
    base.runtime_ = &runtime;
    base.owner_ = owner;
    frame_.resume();
  }
  PromiseBase& promise() const noexcept { return frame_.promise(); }
  T result() {
    SIM_ASSERT(done());
    return frame_.promise().take();
  }

 private:
  Frame frame_;
};

template <class T>
Task<T> TaskPromise<T>::get_return_object() noexcept {
  return Task<T>(std::coroutine_handle<TaskPromise>::from_promise(*this));
}

inline Task<void> TaskPromise<void>::get_return_object() noexcept {
  return Task<void>(std::coroutine_handle<TaskPromise>::from_promise(*this));
}

}  // namespace sdbtwin::sim
