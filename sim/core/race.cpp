#include "sim/core/race.h"

#include "sim/core/assert.h"

namespace sdbtwin::sim {

void RaceWaiter::fire() {
  switch (state_) {
    case State::kRunning:
      if (!release_task(released_)) {
        state_ = State::kReleasing;
        SIM_ASSERT(!released_.is_set());
        released_.add(*this);
        return;
      }
      break;
    case State::kReleasing:
      break;
  }
  FrameWaiter::fire();
}

// An outer race gives up on this one. While this race waits for a release itself, the outer event
// takes the place of its own, so that nobody resumes this frame any more.
bool RaceWaiter::release(Event& released) {
  disarm();
  released_.remove(*this);
  return release_task(released);
}

bool RaceWaiter::release_task(Event& released) {
  Waiter* leaf = task_->leaf();
  return leaf == nullptr || leaf->release(released);
}

}  // namespace sdbtwin::sim
