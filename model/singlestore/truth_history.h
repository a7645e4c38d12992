// When a node was truly online and in sync: a bounded list of change points, newest last.
//
// Between two points nothing changes but the clock: a copy that catches up does so at a known time,
// so the time that is missing to full sync at any instant is `synced_at` minus that instant. A
// judge asks whether a predicate held at some instant of the window in which an operator could have
// seen it.
#pragma once

#include <cstddef>
#include <deque>

#include "sim/core/time.h"

namespace sdbtwin::singlestore {

inline constexpr sim::Time kNever = sim::Time::max();

struct NodeTruth {
  bool online = false;           // serves its part: process up, attached, its partitions online
  sim::Time synced_at = kNever;  // when all streams that concern it are in sync, if nothing changes
  friend bool operator==(const NodeTruth&, const NodeTruth&) = default;

  // At `now`, all streams are within `max_lag` of catching up.
  bool synced_within(sim::Duration max_lag, sim::Time now) const;
};

class TruthHistory {
 public:
  struct Point {
    sim::Time at;
    NodeTruth truth;
  };

  // Oldest points are forgotten beyond this number: hours of a rollout [us].
  static constexpr std::size_t kCapacity = 256;

  // Effect: from `at` on `truth` holds. Returns false when that is no change.
  // Precondition: `at` is not before the newest point.
  bool note(sim::Time at, const NodeTruth& truth);

  const std::deque<Point>& points() const { return points_; }
  NodeTruth current() const { return points_.empty() ? NodeTruth{} : points_.back().truth; }

  // The node was online, and in sync within `max_lag`, at some instant of [from, to].
  // What was forgotten counts as false.
  bool held(sim::Duration max_lag, sim::Time from, sim::Time to) const;
  bool was_online(sim::Time from, sim::Time to) const;

 private:
  template <class Predicate>
  bool any(sim::Time from, sim::Time to, Predicate predicate) const;

  std::deque<Point> points_;
};

}  // namespace sdbtwin::singlestore
