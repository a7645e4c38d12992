// Leadership: the seam at which leader election is put in. A Manager starts its controllers only
// when acquire() has returned.
//
// An implementation on a Lease must end its process when it can no longer renew: nothing in a
// Manager stops writing by itself (kubernetes.md 5.4).
#pragma once

#include "sim/core/task.h"

namespace sdbtwin::kit {

class Leadership {
 public:
  virtual ~Leadership() = default;
  // Waits until this process may act.
  virtual sim::Task<void> acquire() = 0;
};

// For an operator that runs once: it leads from the start.
class SoleLeader final : public Leadership {
 public:
  sim::Task<void> acquire() override { co_return; }
};

}  // namespace sdbtwin::kit
