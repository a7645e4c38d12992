#pragma once

// Awaiting an asynchronous operation of Boost.Asio from a Task:
//   auto start = [&](auto handler) { socket.async_read_some(buffer, std::move(handler)); };
//   auto cancel = [&] { socket.cancel(); };
//   auto [error, size] = co_await asio_operation<error_code, std::size_t>(start, cancel);
// An operation that loses a race, or whose runtime is closed, is cancelled *and awaited* before its
// frame dies: until its handler has run, the operation still uses the frame's buffers.
// `start` and `cancel` are named locals of the awaiting frame (never temporaries), and `cancel`
// makes the handler come soon. All on the thread of the RealRuntime.

#include <concepts>
#include <coroutine>
#include <tuple>
#include <utility>

#include "sim/core/assert.h"
#include "sim/core/event.h"
#include "sim/core/waiter.h"

namespace sdbtwin::sim {

// The protocol, apart from any type of operation.
class AsioOperation : public FrameWaiter {
 public:
  bool release(Event& released) final {
    if (!in_flight_) {
      disarm();
      return true;
    }
    const bool again = released_ != nullptr;
    released_ = &released;
    if (!again) cancel();
    return false;
  }

 protected:
  AsioOperation() noexcept = default;
  ~AsioOperation() override { SIM_ASSERT(!in_flight_); }

  virtual void cancel() = 0;

  void started() noexcept { in_flight_ = true; }
  void completed() {
    in_flight_ = false;
    if (released_ != nullptr) {
      released_->set();
    } else {
      wake();
    }
  }

 private:
  bool in_flight_ = false;
  Event* released_ = nullptr;
};

template <class Start, class Cancel, class... Results>
class AsioAwaiter final : public AsioOperation {
 public:
  AsioAwaiter(Start& start, Cancel& cancel) noexcept : start_(&start), cancel_(&cancel) {}

  bool await_ready() const noexcept { return false; }
  template <std::derived_from<PromiseBase> P>
  void await_suspend(std::coroutine_handle<P> frame) {
    suspend(frame);
    started();
    (*start_)(Handler(*this));
  }
  std::tuple<Results...> await_resume() { return std::move(results_); }

 private:
  // Copied and moved by Asio; refers to the awaiter, which outlives the operation.
  class Handler {
   public:
    explicit Handler(AsioAwaiter& awaiter) noexcept : awaiter_(&awaiter) {}
    template <class... Values>
    void operator()(Values&&... values) {
      awaiter_->results_ = std::tuple<Results...>(std::forward<Values>(values)...);
      awaiter_->completed();
    }

   private:
    AsioAwaiter* awaiter_;
  };

  void cancel() override { (*cancel_)(); }

  Start* start_;
  Cancel* cancel_;
  std::tuple<Results...> results_;
};

template <class... Results, class Start, class Cancel>
AsioAwaiter<Start, Cancel, Results...> asio_operation(Start& start, Cancel& cancel) noexcept {
  return AsioAwaiter<Start, Cancel, Results...>(start, cancel);
}

}  // namespace sdbtwin::sim
