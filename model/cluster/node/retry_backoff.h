// RetryBackoff: the kubelet's doubling wait before it restarts a container or pulls an image again
// (client-go's flowcontrol.Backoff; kubernetes.md 3.2). Pure: the caller says what time it is.
// The first failure costs no wait; then 10 s, 20 s, ... 300 s; forgotten after 10 quiet minutes.
#pragma once

#include <optional>

#include "sim/core/time.h"

namespace sdbtwin::cluster {

class RetryBackoff {
 public:
  // The next attempt may be made from this time on. `since`: the container's end, for restarts.
  sim::Time ready_at(sim::Time since) const;
  // The same, counted from the last attempt, for pulls.
  sim::Time ready_after_last() const;
  // An attempt is made now, `since` as above: the next wait is longer.
  void attempted(sim::Time since, sim::Time now);

 private:
  struct Entry {
    sim::Duration wait;
    sim::Time updated;
  };
  bool expired(sim::Time since) const;

  std::optional<Entry> entry_;
};

}  // namespace sdbtwin::cluster
