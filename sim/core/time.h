#pragma once

// Time in a run: integer nanoseconds since its start, in virtual and in real time alike.
// RunClock has no now() on purpose: only a Runtime knows what time it is.
// Text forms follow Go's time.Duration, as Kubernetes manifests do; integers only, no locale.

#include <chrono>
#include <cstdint>
#include <optional>
#include <ratio>
#include <string>
#include <string_view>

namespace sdbtwin::sim {

struct RunClock {
  using rep = std::int64_t;
  using period = std::nano;
  using duration = std::chrono::nanoseconds;
  using time_point = std::chrono::time_point<RunClock>;
  static constexpr bool is_steady = true;
};

using Duration = std::chrono::nanoseconds;
using Time = RunClock::time_point;

// time + duration; the end of time when that lies beyond it, so that "for ever" is a duration too.
constexpr Time later(Time time, Duration duration) noexcept {
  return duration > Time::max() - time ? Time::max() : time + duration;
}

// "2m33s", "1.25s", "350ms", "0s", "-5s". Parts that are zero are left out; nothing is rounded.
std::string format_duration(Duration duration);

// Go syntax: "10m", "1h30m", "500ms", "1.5s", "-2s", "0". What is below a nanosecond is cut off.
// nullopt: not a duration, or beyond what 64 bits hold.
std::optional<Duration> parse_duration(std::string_view text);

}  // namespace sdbtwin::sim
