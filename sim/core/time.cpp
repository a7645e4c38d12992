#include "sim/core/time.h"

#include <array>
#include <cstddef>
#include <limits>

namespace sdbtwin::sim {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr std::uint64_t kMicrosecond = 1'000;
constexpr std::uint64_t kMillisecond = 1'000'000;
constexpr std::uint64_t kSecond = 1'000'000'000;
constexpr std::uint64_t kMinute = 60 * kSecond;
constexpr std::uint64_t kHour = 60 * kMinute;

struct Unit {
  std::string_view name;
  std::uint64_t nanoseconds;
};

// The longer name of two with one beginning comes first.
constexpr std::array<Unit, 8> kUnits{{{"ns", 1},
                                      {"us", kMicrosecond},
                                      {"\xc2\xb5s", kMicrosecond},
                                      {"\xce\xbcs", kMicrosecond},
                                      {"ms", kMillisecond},
                                      {"s", kSecond},
                                      {"m", kMinute},
                                      {"h", kHour}}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::uint64_t magnitude(Duration duration) {
  const auto bits = static_cast<std::uint64_t>(duration.count());
  return duration.count() < 0 ? ~bits + 1 : bits;
}

void append_decimal(std::string& text, std::uint64_t value, const Unit& unit) {
  text += std::to_string(value / unit.nanoseconds);
  std::uint64_t rest = value % unit.nanoseconds;
  if (rest != 0) {
    text += '.';
    for (std::uint64_t place = unit.nanoseconds / 10; rest != 0; place /= 10) {
      text += static_cast<char>('0' + rest / place);
      rest %= place;
    }
  }
  text += unit.name;
}

Unit unit_below_minute(std::uint64_t value) {
  if (value >= kSecond) return {"s", kSecond};
  if (value >= kMillisecond) return {"ms", kMillisecond};
  if (value >= kMicrosecond) return {"us", kMicrosecond};
  return {"ns", 1};
}

struct Digits {
  Wide value = 0;
  Wide scale = 1;
  std::size_t count = 0;
};

// Reads digits; those that no longer matter (fraction) or overflow (whole part) saturate.
Digits read_digits(std::string_view& text) {
  constexpr Wide kLimit = Wide{1} << 100;
  Digits digits;
  while (!text.empty() && is_digit(text.front())) {
    if (digits.value < kLimit && digits.scale < kLimit) {
      digits.value = digits.value * 10 + static_cast<unsigned>(text.front() - '0');
      digits.scale *= 10;
    }
    ++digits.count;
    text.remove_prefix(1);
  }
  return digits;
}

std::optional<std::uint64_t> read_unit(std::string_view& text) {
  for (const Unit& unit : kUnits) {
    if (!text.starts_with(unit.name)) continue;
    if (unit.name == "m" && text.starts_with("ms")) continue;
    text.remove_prefix(unit.name.size());
    return unit.nanoseconds;
  }
  return std::nullopt;
}

// One "1.5h" at the front of the text.
std::optional<std::uint64_t> read_part(std::string_view& text) {
  constexpr Wide kMax = std::uint64_t{1} << 63;
  const Digits whole = read_digits(text);
  Digits fraction;
  if (!text.empty() && text.front() == '.') {
    text.remove_prefix(1);
    fraction = read_digits(text);
  }
  if (whole.count + fraction.count == 0) return std::nullopt;
  const std::optional<std::uint64_t> unit = read_unit(text);
  if (!unit || whole.value > kMax) return std::nullopt;
  // A fraction of many digits is divided down first: 10^18 places of a unit are below 1 ns.
  while (fraction.scale > Wide{1'000'000'000'000'000'000}) {
    fraction.scale /= 10;
    fraction.value /= 10;
  }
  const Wide total = whole.value * *unit + fraction.value * *unit / fraction.scale;
  if (total > kMax) return std::nullopt;
  return static_cast<std::uint64_t>(total);
}

}  // namespace

std::string format_duration(Duration duration) {
  std::uint64_t rest = magnitude(duration);
  if (rest == 0) return "0s";
  std::string text = duration.count() < 0 ? "-" : "";
  if (rest >= kHour) text += std::to_string(rest / kHour) + "h";
  rest %= kHour;
  if (rest >= kMinute) text += std::to_string(rest / kMinute) + "m";
  rest %= kMinute;
  if (rest == 0) return text;
  const bool alone = magnitude(duration) < kMinute;
  append_decimal(text, rest, alone ? unit_below_minute(rest) : Unit{"s", kSecond});
  return text;
}

std::optional<Duration> parse_duration(std::string_view text) {
  bool negative = false;
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    negative = text.front() == '-';
    text.remove_prefix(1);
  }
  if (text == "0") return Duration{0};
  if (text.empty()) return std::nullopt;
  constexpr std::uint64_t kMin = std::uint64_t{1} << 63;
  std::uint64_t total = 0;
  while (!text.empty()) {
    const std::optional<std::uint64_t> part = read_part(text);
    if (!part || *part > kMin - total) return std::nullopt;
    total += *part;
  }
  if (total == kMin && !negative) return std::nullopt;
  return Duration{static_cast<std::int64_t>(negative ? ~total + 1 : total)};
}

}  // namespace sdbtwin::sim
