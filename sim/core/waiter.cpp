#include "sim/core/waiter.h"

#include "sim/core/runtime.h"

namespace sdbtwin::sim {

void Waiter::wake() {
  if (listed()) unlist();
  if (!armed()) runtime_->arm(*this, runtime_->now());
}

void Waiter::arm(Time at) { runtime_->arm(*this, at); }

void Waiter::disarm() noexcept {
  if (armed()) runtime_->disarm(*this);
}

}  // namespace sdbtwin::sim
