#pragma once

// Scheduler: virtual time. Yields events one at a time in the order of (time, order of arming), and
// moves now() to each. Events of a paused process are held until it resumes; those of a closed
// runtime are dropped. Single thread.
// With permute_ties the order of same-time events of different processes is drawn; the events of
// one process keep their order. What holds for one such order only is luck.

#include <cstdint>
#include <deque>
#include <map>
#include <optional>

#include "sim/core/rng.h"
#include "sim/core/time.h"
#include "sim/core/timer_queue.h"
#include "sim/core/waiter.h"

namespace sdbtwin::sim {

class SimRuntime;

class Scheduler {
 public:
  Time now() const noexcept { return now_; }

  void arm(Waiter& waiter, Time at) { queue_.arm(waiter, at, now_); }
  void disarm(Waiter& waiter) noexcept { queue_.disarm(waiter); }

  // The next event at or before `limit`, whose time is now() from here on; nullptr: there is none.
  // The caller fires it.
  Waiter* next(Time limit);

  // Effect: now() is `time`. Precondition: no event is due before it.
  void advance_to(Time time);

  // The events that were held for this runtime are due now, in their order.
  void resume(SimRuntime& runtime);
  // Forgets what is held for it.
  void drop_held(SimRuntime& runtime) noexcept;

  // Precondition: nothing has been armed yet.
  void permute_ties(std::uint64_t seed);

  // Armed waiters, held ones included.
  std::size_t pending() const noexcept { return queue_.size(); }

 private:
  using Slot = TimerQueue::Slot;

  // Due events by process, and the draw that picks one of the processes.
  struct Ties {
    explicit Ties(std::uint64_t seed) : rng(seed) {}
    Rng rng;
    std::map<std::uint32_t, std::deque<Slot>> due;
  };

  bool pop(Time limit, Slot& slot);
  bool pop_permuted(Time limit, Slot& slot);

  TimerQueue queue_;
  Time now_{};
  std::optional<Ties> ties_;
};

}  // namespace sdbtwin::sim
