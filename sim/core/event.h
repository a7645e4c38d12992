#pragma once

// Event: a flag that tasks wait for. Signal: an edge, which wakes those that wait at that moment.
// Waking is always an event at now() of the waiter's own process, never a call from inside set().
// A waiter that has been woken goes on even if the flag is reset before it runs.
// Both may be destroyed while somebody waits; those tasks stay asleep.

#include <concepts>
#include <coroutine>

#include "sim/core/waiter.h"

namespace sdbtwin::sim {

class WaitListAwaiter final : public FrameWaiter {
 public:
  WaitListAwaiter(WaitList& list, bool ready) noexcept : list_(&list), ready_(ready) {}

  bool await_ready() const noexcept { return ready_; }
  template <std::derived_from<PromiseBase> P>
  void await_suspend(std::coroutine_handle<P> frame) noexcept {
    suspend(frame);
    list_->push_back(*this);
  }
  void await_resume() const noexcept {}

 private:
  WaitList* list_;
  bool ready_;
};

class Event {
 public:
  bool is_set() const noexcept { return set_; }
  void set() {
    set_ = true;
    waiting_.wake_all();
  }
  void reset() noexcept { set_ = false; }
  WaitListAwaiter wait() noexcept { return WaitListAwaiter(waiting_, set_); }

  // For waiters that are not awaiters: fires once, at set(). Precondition: the event is not set.
  void add(Waiter& waiter) noexcept { waiting_.push_back(waiter); }
  void remove(Waiter& waiter) noexcept { waiting_.remove(waiter); }

 private:
  WaitList waiting_;
  bool set_ = false;
};

class Signal {
 public:
  void notify_all() { waiting_.wake_all(); }
  WaitListAwaiter wait() noexcept { return WaitListAwaiter(waiting_, false); }

 private:
  WaitList waiting_;
};

}  // namespace sdbtwin::sim
