// What the invariants have to say about a run: data for results and reports.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/core/time.h"

namespace sdbtwin::invariants {

// Safety: nothing bad ever happens. Liveness: what must happen does, once nothing hinders it.
enum class InvariantKind { kSafety, kLiveness };

struct Violation {
  std::string invariant;
  std::string message;  // what was observed, with names and values
  sim::Time time{};
  std::uint64_t event = 0;  // sequence number of the trace event that broke it
  InvariantKind kind = InvariantKind::kSafety;
};

// How near a run came to a violation.
struct Margin {
  enum class Unit { kNanoseconds, kCount };
  std::string what;  // "age of the evidence at the eviction"
  std::int64_t value = 0;
  std::int64_t limit = 0;  // value <= limit holds, or value >= limit: what is said by `upper`
  bool upper = true;       // true: the limit is a maximum
  Unit unit = Unit::kNanoseconds;
};

struct InvariantResult {
  std::string name;
  bool applied = true;       // false: its premise does not hold for these settings
  std::string reason;        // why not
  std::uint64_t checks = 0;  // how often it compared something
  std::vector<Margin> margins;
};

}  // namespace sdbtwin::invariants
