// Reconciler: what a controller does for one object.
//
// It is level-based: it gets a name only, reads the state itself and moves it one step on. It must
// be idempotent: the same name may come again at any time, after any of its writes and in a new
// process that knows nothing of the old one. It never runs twice at once for one name.
#pragma once

#include <optional>

#include "model/api/object.h"
#include "model/api/result.h"
#include "sim/core/task.h"
#include "sim/core/time.h"

namespace sdbtwin::kit {

struct Outcome {
  Outcome() = default;
  explicit Outcome(sim::Duration after) : requeue_after(after) {}

  std::optional<sim::Duration> requeue_after;
};

class Reconciler {
 public:
  virtual ~Reconciler() = default;

  // Effect: brings the object nearer to what is wanted, or does nothing.
  // An outcome without a time: nothing to do until an event names the object again; its failures
  // are forgotten. With a time: the same, and it is looked at again after that time. An error: it
  // is tried again with back-off; nothing is assumed about what was written.
  virtual sim::Task<api::Result<Outcome>> reconcile(api::ObjectRef ref) = 0;
};

}  // namespace sdbtwin::kit
