// Integer arithmetic on positions that grow linearly with time.
//
// A log position is base + rate x (now - since), cut down to whole bytes; nothing happens between
// two changes of the rate, so nothing is scheduled. Products use 128 bits. Times at which something
// is reached are rounded up to the next nanosecond: what is said to be done is done.
#pragma once

#include <cstdint>
#include <optional>

#include "sim/core/time.h"

namespace sdbtwin::singlestore {

// Time that `bytes` take at `bytes_per_second`, rounded up. Precondition: bytes >= 0, rate > 0.
sim::Duration time_for(std::int64_t bytes, std::int64_t bytes_per_second);

// Bytes done in `elapsed`, rounded down. Precondition: elapsed >= 0, rate >= 0.
std::int64_t bytes_in(sim::Duration elapsed, std::int64_t bytes_per_second);

struct LinearPosition {
  std::int64_t base = 0;
  sim::Time since{};
  std::int64_t rate = 0;  // bytes per second

  // Precondition: now >= since.
  std::int64_t at(sim::Time now) const;

  // The position at `now` goes on from there at `new_rate`. Less than one byte is lost.
  void continue_at(sim::Time now, std::int64_t new_rate);

  friend bool operator==(const LinearPosition&, const LinearPosition&) = default;
};

// When `behind` reaches `ahead`, seen from `now` (>= both since): `now` if it has, nullopt if it
// never will at these rates.
std::optional<sim::Time> meeting_time(const LinearPosition& behind, const LinearPosition& ahead,
                                      sim::Time now);

}  // namespace sdbtwin::singlestore
