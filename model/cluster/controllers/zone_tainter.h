// ZoneTainter: which nodes of one zone are to get their NoExecute taint, and when the next may
// (upstream's RateLimitedTimedQueue: a token bucket of one). Pure: the caller says what time it is.
#pragma once

#include <deque>
#include <optional>
#include <set>
#include <string>

#include "sim/core/time.h"

namespace sdbtwin::cluster {

class ZoneTainter {
 public:
  // One node in so long from now on; nullopt: none. What the last one has cost is still owed.
  void set_interval(std::optional<sim::Duration> interval) { interval_ = interval; }

  // Effect: the node waits for its turn. Nothing happens when it waits, or has had its turn and was
  // not forgotten since.
  void add(const std::string& node) {
    if (known_.insert(node).second) queue_.push_back(node);
  }
  // Effect: it does not wait, and may be added again.
  void forget(const std::string& node) {
    if (known_.erase(node) > 0) std::erase(queue_, node);
  }

  // When the first of the queue may be tainted; nullopt: none waits, or none may.
  std::optional<sim::Time> next_turn() const {
    if (queue_.empty() || !interval_) return std::nullopt;
    return last_ ? *last_ + *interval_ : sim::Time{};
  }
  // Takes the turn. Precondition: next_turn() has come.
  std::string take(sim::Time now) {
    std::string node = queue_.front();
    queue_.pop_front();
    last_ = now;
    return node;
  }
  // It has had its turn, but to no avail: it waits again.
  void put_back(const std::string& node) {
    if (known_.contains(node)) queue_.push_back(node);
  }

 private:
  std::optional<sim::Duration> interval_;
  std::deque<std::string> queue_;
  std::set<std::string> known_;
  std::optional<sim::Time> last_;
};

}  // namespace sdbtwin::cluster
