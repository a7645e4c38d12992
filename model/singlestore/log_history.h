// Which log a copy holds: the terms it went through and where each began.
//
// A position alone does not identify a log: two copies at 0:5000 differ when one wrote the last
// thousand bytes as master of term 3 and the other as master of term 4. What a copy has that the
// current master's history does not contain is lost when the copy follows that master.
// A value type; terms and positions only grow.
#pragma once

#include <cstdint>
#include <vector>

namespace sdbtwin::singlestore {

class LogHistory {
 public:
  struct Term {
    std::int64_t term;
    std::int64_t from;  // first byte written in this term
    friend bool operator==(const Term&, const Term&) = default;
  };

  // Precondition: `term` is above the last one, `from` not below its start.
  void begin_term(std::int64_t term, std::int64_t from);

  // Effect: terms that a log which ends at `end` has not reached are forgotten.
  void cut(std::int64_t end);

  struct Range {
    std::int64_t from = 0;
    std::int64_t to = 0;
    friend bool operator==(const Range&, const Range&) = default;
  };
  // The bytes of this term in a log that ends at `end`; an empty range when there are none.
  Range range(std::int64_t term, std::int64_t end) const;

  // 0 when nothing was ever written.
  std::int64_t last_term() const { return terms_.empty() ? 0 : terms_.back().term; }
  const std::vector<Term>& terms() const { return terms_; }

  // Up to which position a log with this history that ends at `end`, and one with `other` that ends
  // at `other_end`, are the same.
  std::int64_t common_until(std::int64_t end, const LogHistory& other,
                            std::int64_t other_end) const;

  friend bool operator==(const LogHistory&, const LogHistory&) = default;

 private:
  std::int64_t end_of(std::size_t index, std::int64_t end) const;

  std::vector<Term> terms_;
};

}  // namespace sdbtwin::singlestore
