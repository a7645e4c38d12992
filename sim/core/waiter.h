#pragma once

// Waiter: something that waits on a Runtime for a time, or in a WaitList for somebody to wake it.
// Intrusive and never moved. The destructor withdraws it from both, so that nothing can reach a
// frame that has been destroyed. Whatever wakes a waiter does so as an event: fire() is only ever
// called by the runtime, never from inside the code that caused it.
// FrameWaiter is the base of all awaiters; Task and FrameWaiter are all that a Task may await.

#include <concepts>
#include <coroutine>
#include <cstdint>

#include "sim/core/assert.h"
#include "sim/core/task.h"
#include "sim/core/time.h"

namespace sdbtwin::sim {

class Event;
class Runtime;
class WaitList;

class Waiter {
 public:
  Waiter() noexcept = default;
  explicit Waiter(Runtime& runtime) noexcept : runtime_(&runtime) {}
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  // Effect: whatever this waiter waited for has come. Called by its runtime, as an event.
  virtual void fire() = 0;

  // Effect: gives up what is waited for, because the frame is about to be destroyed; fire() will
  // not be called any more. Result true: the frame may be destroyed now. Result false: something
  // outside still uses the frame; `released` is set when it no longer does. May be called again:
  // the later event then takes the place of the earlier.
  virtual bool release(Event& released) {
    static_cast<void>(released);
    return true;
  }

  Runtime* runtime() const noexcept { return runtime_; }
  // Holds a place in the queue of its runtime: fire() is due at some time, or now.
  bool armed() const noexcept { return slot_ != kNoSlot; }
  bool listed() const noexcept { return next_ != nullptr; }

  // Effect: leaves its list, if any, and fires as an event at the present instant.
  void wake();

 protected:
  virtual ~Waiter() {
    if (armed()) disarm();
    if (listed()) unlist();
  }

  void bind(Runtime& runtime) noexcept {
    SIM_ASSERT(runtime_ == nullptr || runtime_ == &runtime);
    runtime_ = &runtime;
  }
  // Precondition: not armed. A time in the past means now.
  void arm(Time at);
  void disarm() noexcept;

 private:
  friend class TimerQueue;
  friend class WaitList;

  static constexpr std::uint32_t kNoSlot = 0xffffffff;

  void unlist() noexcept {
    prev_->next_ = next_;
    next_->prev_ = prev_;
    prev_ = nullptr;
    next_ = nullptr;
  }

  Runtime* runtime_ = nullptr;
  Waiter* prev_ = nullptr;
  Waiter* next_ = nullptr;
  std::uint32_t slot_ = kNoSlot;
};

// Waiters in the order of their arrival. Owns none of them; when it is destroyed they stay asleep.
class WaitList {
 public:
  WaitList() noexcept {
    head_.prev_ = &head_;
    head_.next_ = &head_;
  }
  ~WaitList() {
    while (Waiter* waiter = front()) waiter->unlist();
    head_.prev_ = nullptr;
    head_.next_ = nullptr;
  }
  WaitList(const WaitList&) = delete;
  WaitList& operator=(const WaitList&) = delete;

  bool empty() const noexcept { return head_.next_ == &head_; }
  Waiter* front() const noexcept { return empty() ? nullptr : head_.next_; }

  // Precondition: the waiter is in no list.
  void push_back(Waiter& waiter) noexcept {
    SIM_ASSERT(!waiter.listed());
    waiter.prev_ = head_.prev_;
    waiter.next_ = &head_;
    head_.prev_->next_ = &waiter;
    head_.prev_ = &waiter;
  }
  void remove(Waiter& waiter) noexcept {
    if (waiter.listed()) waiter.unlist();
  }
  // Wakes those that are in the list now, first come first.
  void wake_all() {
    while (Waiter* waiter = front()) waiter->wake();
  }

 private:
  class Head final : public Waiter {
   public:
    void fire() override { SIM_UNREACHABLE(); }
    friend class WaitList;
  };
  Head head_;
};

// A waiter that resumes the frame that awaits it.
class FrameWaiter : public Waiter {
 public:
  void fire() override { frame_.resume(); }

 protected:
  using Waiter::Waiter;
  ~FrameWaiter() override = default;

  // Call first in await_suspend. The frame must run on this waiter's runtime.
  template <std::derived_from<PromiseBase> P>
  void suspend(std::coroutine_handle<P> frame) noexcept {
    PromiseBase& promise = frame.promise();
    bind(*promise.runtime());
    promise.suspended_in(*this);
    frame_ = frame;
  }

  std::coroutine_handle<> frame() const noexcept { return frame_; }

 private:
  std::coroutine_handle<> frame_;
};

}  // namespace sdbtwin::sim
