#include "model/api/quantity.h"

#include <array>
#include <charconv>
#include <cstddef>
#include <limits>

#include "sim/core/assert.h"

namespace sdbtwin::api {

namespace {

__extension__ typedef __int128 Wide;

__extension__ typedef unsigned __int128 UnsignedWide;

constexpr Wide kWideMax = static_cast<Wide>(~UnsignedWide{0} >> 1);

struct Suffix {
  std::string_view text;
  int base;  // 2 or 10
  int exponent;
};

// resource.Quantity's suffixes; the decimal exponent form ("1e3") is apart.
constexpr std::array<Suffix, 16> kSuffixes{{
    {"", 10, 0},
    {"n", 10, -9},
    {"u", 10, -6},
    {"m", 10, -3},
    {"k", 10, 3},
    {"M", 10, 6},
    {"G", 10, 9},
    {"T", 10, 12},
    {"P", 10, 15},
    {"E", 10, 18},
    {"Ki", 2, 10},
    {"Mi", 2, 20},
    {"Gi", 2, 30},
    {"Ti", 2, 40},
    {"Pi", 2, 50},
    {"Ei", 2, 60},
}};

bool multiply(Wide& value, Wide factor) { return !__builtin_mul_overflow(value, factor, &value); }

bool scale_by(Wide& value, int base, int exponent) {
  for (int i = 0; i < exponent; ++i) {
    if (!multiply(value, base)) return false;
  }
  return true;
}

// A quantity taken apart: digits x 10^-fraction x base^exponent.
struct Parts {
  bool negative = false;
  Wide digits = 0;
  int fraction = 0;
  int base = 10;
  int exponent = 0;
  bool too_long = false;  // more digits than Wide holds: only the grammar is known
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::optional<int> parse_exponent(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  int value = 0;
  const char* end = text.data() + text.size();
  auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

// Consumes digits with at most one point. False: there is no digit.
bool take_number(std::string_view& text, Parts& parts) {
  bool any = false;
  bool after_point = false;
  size_t used = 0;
  for (; used < text.size(); ++used) {
    const char c = text[used];
    if (c == '.' && !after_point) {
      after_point = true;
      continue;
    }
    if (!is_digit(c)) break;
    any = true;
    Wide next = parts.digits;
    if (!multiply(next, 10) || next > kWideMax - 9) {
      parts.too_long = true;
      continue;
    }
    parts.digits = next + (c - '0');
    if (after_point) ++parts.fraction;
  }
  text.remove_prefix(used);
  return any;
}

std::optional<Parts> parse(std::string_view text) {
  Parts parts;
  if (text.starts_with('-') || text.starts_with('+')) {
    parts.negative = text.front() == '-';
    text.remove_prefix(1);
  }
  if (!take_number(text, parts)) return std::nullopt;
  for (const Suffix& suffix : kSuffixes) {
    if (suffix.text != text) continue;
    parts.base = suffix.base;
    parts.exponent = suffix.exponent;
    return parts;
  }
  if (!text.starts_with('e') && !text.starts_with('E')) return std::nullopt;
  std::optional<int> exponent = parse_exponent(text.substr(1));
  if (!exponent) return std::nullopt;
  parts.exponent = *exponent;
  return parts;
}

// The amount x 10^scale, rounded away from zero as resource.Quantity rounds; nullopt: not a
// quantity, or too large.
std::optional<Wide> amount(std::string_view text, int scale) {
  std::optional<Parts> parts = parse(text);
  if (!parts || parts->too_long) return std::nullopt;
  Wide value = parts->digits;
  int tens = scale - parts->fraction;
  if (parts->base == 10) {
    tens += parts->exponent;
  } else if (!scale_by(value, parts->base, parts->exponent)) {
    return std::nullopt;
  }
  if (value == 0) return 0;
  if (tens > 0 && !scale_by(value, 10, tens)) return std::nullopt;
  if (tens < 0) {
    Wide divisor = 1;
    // A divisor beyond Wide is larger than any value: one unit, rounded up.
    value = scale_by(divisor, 10, -tens) ? (value - 1) / divisor + 1 : 1;
  }
  return parts->negative ? -value : value;
}

std::optional<int64_t> narrow(std::optional<Wide> value) {
  if (!value) return std::nullopt;
  if (*value > std::numeric_limits<int64_t>::max()) return std::nullopt;
  if (*value < std::numeric_limits<int64_t>::min()) return std::nullopt;
  return static_cast<int64_t>(*value);
}

}  // namespace

Quantity Quantity::from_milli(int64_t milli) {
  if (milli % 1000 == 0) return Quantity(std::to_string(milli / 1000));
  return Quantity(std::to_string(milli) + "m");
}

Quantity Quantity::from_bytes(int64_t bytes) {
  constexpr std::array<std::string_view, 7> kUnits{"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};
  size_t unit = 0;
  while (bytes != 0 && bytes % 1024 == 0 && unit + 1 < kUnits.size()) {
    bytes /= 1024;
    ++unit;
  }
  return Quantity(std::to_string(bytes).append(kUnits[unit]));
}

bool Quantity::valid() const { return parse(text).has_value(); }

std::optional<int64_t> Quantity::milli() const { return narrow(amount(text, 3)); }

std::optional<int64_t> Quantity::value() const { return narrow(amount(text, 0)); }

int compare(const Quantity& a, const Quantity& b) {
  // Kubernetes keeps no more than nano precision.
  const std::optional<Wide> left = amount(a.text, 9);
  const std::optional<Wide> right = amount(b.text, 9);
  SIM_ASSERT(left.has_value());
  SIM_ASSERT(right.has_value());
  if (*left == *right) return 0;
  return *left < *right ? -1 : 1;
}

namespace {

std::optional<int64_t> percent_of(const std::string& text, int64_t total, bool round_up) {
  if (!text.ends_with('%')) return std::nullopt;
  int64_t percent = 0;
  const char* end = text.data() + text.size() - 1;
  auto [stop, error] = std::from_chars(text.data(), end, percent);
  if (error != std::errc() || stop != end) return std::nullopt;
  const Wide product = static_cast<Wide>(percent) * total;
  const Wide rounded = product / 100 + (round_up && product % 100 > 0 ? 1 : 0);
  return narrow(rounded);
}

}  // namespace

std::optional<int64_t> IntOrString::scaled_down(int64_t total) const {
  return text ? percent_of(*text, total, false) : std::optional<int64_t>(number);
}

std::optional<int64_t> IntOrString::scaled_up(int64_t total) const {
  return text ? percent_of(*text, total, true) : std::optional<int64_t>(number);
}

std::string IntOrString::to_text() const { return text ? *text : std::to_string(number); }

std::optional<sim::Duration> DurationText::value() const {
  return text.empty() ? std::nullopt : sim::parse_duration(text);
}

}  // namespace sdbtwin::api
