#pragma once

// Timer: one callback at one time, re-armable. Fires as an event of its runtime, and not at all
// once the timer is destroyed or its process is dead. The callback may set, cancel or destroy its
// timer.

#include <functional>

#include "sim/core/runtime.h"
#include "sim/core/time.h"
#include "sim/core/waiter.h"

namespace sdbtwin::sim {

class Timer final : private Waiter {
 public:
  Timer(Runtime& runtime, std::function<void()> callback);
  ~Timer() override;

  // Effect: fires at `at` (at once, as an event, if that has passed) and no longer at an earlier
  // setting.
  void set(Time at);
  void cancel() noexcept { disarm(); }
  bool armed() const noexcept { return Waiter::armed(); }
  // The last time set. Meaningful while armed.
  Time deadline() const noexcept { return deadline_; }

 private:
  void fire() override;

  std::function<void()> callback_;
  Time deadline_{};
  bool* destroyed_ = nullptr;  // Set while the callback runs.
};

}  // namespace sdbtwin::sim
