#include "sim/core/race.h"

#include "sim/core/assert.h"

namespace sdbtwin::sim {

void RaceWaiter::fire() {
  switch (state_) {
    case State::kRunning: {
      Waiter* leaf = task_->leaf();
      if (leaf != nullptr && !leaf->release(released_)) {
        state_ = State::kReleasing;
        SIM_ASSERT(!released_.is_set());
        released_.add(*this);
        return;
      }
      break;
    }
    case State::kReleasing:
      if (forward_ != nullptr) {
        forward_->set();
        return;
      }
      break;
  }
  FrameWaiter::fire();
}

bool RaceWaiter::release(Event& released) {
  switch (state_) {
    case State::kRunning: {
      disarm();
      Waiter* leaf = task_->leaf();
      return leaf == nullptr || leaf->release(released);
    }
    case State::kReleasing:
      if (released_.is_set()) return true;
      forward_ = &released;
      return false;
  }
  SIM_UNREACHABLE();
}

}  // namespace sdbtwin::sim
