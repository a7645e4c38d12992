#include "model/singlestore/linear.h"

#include <limits>

#include "sim/core/assert.h"

namespace sdbtwin::singlestore {
namespace {

__extension__ using Wide = __int128;  // GNU extension in g++ and clang alike

constexpr Wide kNanosPerSecond = 1'000'000'000;

std::int64_t narrow(Wide value) {
  SIM_ASSERT(value >= 0);
  SIM_ASSERT(value <= std::numeric_limits<std::int64_t>::max());
  return static_cast<std::int64_t>(value);
}

}  // namespace

sim::Duration time_for(std::int64_t bytes, std::int64_t bytes_per_second) {
  SIM_ASSERT(bytes >= 0);
  SIM_ASSERT(bytes_per_second > 0);
  const Wide nanos = (Wide{bytes} * kNanosPerSecond + bytes_per_second - 1) / bytes_per_second;
  return sim::Duration(narrow(nanos));
}

std::int64_t bytes_in(sim::Duration elapsed, std::int64_t bytes_per_second) {
  SIM_ASSERT(elapsed.count() >= 0);
  SIM_ASSERT(bytes_per_second >= 0);
  return narrow(Wide{elapsed.count()} * bytes_per_second / kNanosPerSecond);
}

std::int64_t LinearPosition::at(sim::Time now) const {
  return rate == 0 ? base : base + bytes_in(now - since, rate);
}

void LinearPosition::continue_at(sim::Time now, std::int64_t new_rate) {
  base = at(now);
  since = now;
  rate = new_rate;
}

std::optional<sim::Time> meeting_time(const LinearPosition& behind, const LinearPosition& ahead,
                                      sim::Time now) {
  const std::int64_t lag = ahead.at(now) - behind.at(now);
  if (lag <= 0) return now;
  const std::int64_t closing = behind.rate - ahead.rate;
  if (closing <= 0) return std::nullopt;
  return now + time_for(lag, closing);
}

}  // namespace sdbtwin::singlestore
