#include "model/singlestore/truth_history.h"

#include <algorithm>

#include "sim/core/assert.h"

namespace sdbtwin::singlestore {

bool NodeTruth::synced_within(sim::Duration max_lag, sim::Time now) const {
  if (synced_at == kNever) return false;
  return synced_at - now <= max_lag;
}

bool TruthHistory::note(sim::Time at, const NodeTruth& truth) {
  if (truth == current()) return false;
  SIM_ASSERT(points_.empty() || at >= points_.back().at);
  // Of several changes at one instant the last one counts.
  if (!points_.empty() && points_.back().at == at) points_.pop_back();
  points_.push_back(Point{at, truth});
  if (points_.size() > kCapacity) points_.pop_front();
  return true;
}

// Asks predicate(truth, last instant) for each stretch that meets [from, to]. The time that is
// missing to sync only shrinks within a stretch, so its last instant is its best one.
template <class Predicate>
bool TruthHistory::any(sim::Time from, sim::Time to, Predicate predicate) const {
  for (std::size_t i = points_.size(); i-- > 0;) {
    const sim::Time begin = points_[i].at;
    if (begin <= to) {
      const sim::Time end = i + 1 < points_.size() ? points_[i + 1].at : kNever;
      // A stretch is half open, so its last instant is one nanosecond before the next one.
      const sim::Time last = end == kNever ? to : std::min(to, end - sim::Duration(1));
      if (last >= std::max(from, begin) && predicate(points_[i].truth, last)) return true;
    }
    if (begin <= from) break;
  }
  return false;
}

bool TruthHistory::held(sim::Duration max_lag, sim::Time from, sim::Time to) const {
  return any(from, to, [max_lag](const NodeTruth& truth, sim::Time last) {
    return truth.online && truth.synced_within(max_lag, last);
  });
}

bool TruthHistory::was_online(sim::Time from, sim::Time to) const {
  return any(from, to, [](const NodeTruth& truth, sim::Time) { return truth.online; });
}

}  // namespace sdbtwin::singlestore
