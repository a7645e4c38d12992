#include "sim/core/timer.h"

#include <utility>

namespace sdbtwin::sim {

Timer::Timer(Runtime& runtime, std::function<void()> callback)
    : Waiter(runtime), callback_(std::move(callback)) {}

Timer::~Timer() {
  if (destroyed_ != nullptr) *destroyed_ = true;
}

void Timer::set(Time at) {
  disarm();
  deadline_ = at;
  arm(at);
}

void Timer::fire() {
  bool destroyed = false;
  destroyed_ = &destroyed;
  std::function<void()> callback = std::move(callback_);
  callback();
  if (destroyed) return;
  callback_ = std::move(callback);
  destroyed_ = nullptr;
}

}  // namespace sdbtwin::sim
