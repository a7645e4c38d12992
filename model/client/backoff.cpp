#include "model/client/backoff.h"

#include <algorithm>

#include "sim/core/assert.h"

namespace sdbtwin::client {

sim::Duration Backoff::next() {
  const sim::Duration wait = wait_;
  const sim::Duration most = policy_.cap.count() > 0 ? policy_.cap : sim::Duration::max();
  // Compared by division, so that the product cannot overflow.
  wait_ = wait_ > most / policy_.factor ? most : std::min(wait_ * policy_.factor, most);
  if (policy_.jitter_per_mille == 0) return wait;
  SIM_ASSERT(wait < std::chrono::hours(24));  // wait * per mille stays far below 2^63
  const std::int64_t extra_max = wait.count() * policy_.jitter_per_mille / 1000;
  return wait + sim::Duration(rng_.between(0, extra_max));
}

sim::Duration RestartingBackoff::next(sim::Time now) {
  if (now - last_ > restart_after_) backoff_.reset();
  last_ = now;
  return backoff_.next();
}

}  // namespace sdbtwin::client
