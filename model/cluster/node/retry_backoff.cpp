#include "model/cluster/node/retry_backoff.h"

#include <algorithm>

#include "model/cluster/timing/timings.h"

namespace sdbtwin::cluster {

bool RetryBackoff::expired(sim::Time since) const {
  return !entry_ || since - entry_->updated > 2 * kBackoffMax;
}

sim::Time RetryBackoff::ready_at(sim::Time since) const {
  return expired(since) ? since : since + entry_->wait;
}

sim::Time RetryBackoff::ready_after_last() const {
  return entry_ ? entry_->updated + entry_->wait : sim::Time{};
}

void RetryBackoff::attempted(sim::Time since, sim::Time now) {
  const sim::Duration wait =
      expired(since) ? kBackoffBase : std::min(2 * entry_->wait, kBackoffMax);
  entry_ = Entry{wait, now};
}

}  // namespace sdbtwin::cluster
