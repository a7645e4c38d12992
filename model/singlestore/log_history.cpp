#include "model/singlestore/log_history.h"

#include <algorithm>
#include <cstddef>

#include "sim/core/assert.h"

namespace sdbtwin::singlestore {

void LogHistory::begin_term(std::int64_t term, std::int64_t from) {
  SIM_ASSERT(term > last_term());
  SIM_ASSERT(terms_.empty() || from >= terms_.back().from);
  terms_.push_back(Term{term, from});
}

void LogHistory::cut(std::int64_t end) {
  while (!terms_.empty() && terms_.back().from > end) terms_.pop_back();
}

LogHistory::Range LogHistory::range(std::int64_t term, std::int64_t end) const {
  for (std::size_t i = 0; i < terms_.size(); ++i) {
    if (terms_[i].term != term) continue;
    return Range{terms_[i].from, std::max(terms_[i].from, end_of(i, end))};
  }
  return Range{};
}

std::int64_t LogHistory::end_of(std::size_t index, std::int64_t end) const {
  return index + 1 < terms_.size() ? std::min(terms_[index + 1].from, end) : end;
}

std::int64_t LogHistory::common_until(std::int64_t end, const LogHistory& other,
                                      std::int64_t other_end) const {
  std::int64_t common = 0;
  const std::size_t count = std::min(terms_.size(), other.terms_.size());
  for (std::size_t i = 0; i < count; ++i) {
    if (!(terms_[i] == other.terms_[i])) break;
    const std::int64_t mine = end_of(i, end);
    const std::int64_t theirs = other.end_of(i, other_end);
    common = std::min(mine, theirs);
    if (mine != theirs) break;
  }
  return common;
}

}  // namespace sdbtwin::singlestore
