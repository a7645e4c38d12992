#include "scenarios/text/yaml_scalar.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace sdbtwin::scenarios {
namespace {

constexpr std::array<std::string_view, 5> kNull{"", "~", "null", "Null", "NULL"};
constexpr std::array<std::string_view, 11> kTrue{"y",    "Y",    "yes", "Yes", "YES", "true",
                                                 "True", "TRUE", "on",  "On",  "ON"};
constexpr std::array<std::string_view, 11> kFalse{"n",     "N",     "no",  "No",  "NO", "false",
                                                  "False", "FALSE", "off", "Off", "OFF"};

template <std::size_t n>
bool is_one_of(const std::array<std::string_view, n>& words, std::string_view text) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool parse_base(std::string_view digits, int base, bool negative, std::int64_t& out) {
  std::uint64_t value = 0;
  const char* end = digits.data() + digits.size();
  const auto result = std::from_chars(digits.data(), end, value, base);
  if (digits.empty() || result.ec != std::errc() || result.ptr != end) return false;
  const std::uint64_t limit = std::uint64_t{1} << 63;
  if (value > limit || (value == limit && !negative)) return false;
  out = negative ? static_cast<std::int64_t>(~value + 1) : static_cast<std::int64_t>(value);
  return true;
}

bool parse_integer(std::string_view text, std::int64_t& out) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text.empty() || !is_digit(text.front())) return false;
  if (text.starts_with("0x") || text.starts_with("0X")) {
    return parse_base(text.substr(2), 16, negative, out);
  }
  if (text.starts_with("0o")) return parse_base(text.substr(2), 8, negative, out);
  if (text.starts_with("0b")) return parse_base(text.substr(2), 2, negative, out);
  if (text.size() > 1 && text.front() == '0') return parse_base(text.substr(1), 8, negative, out);
  return parse_base(text, 10, negative, out);
}

// [-+]?(digits[.digits] | .digits)([eE][-+]?digits)?
bool is_number(std::string_view text) {
  std::size_t at = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
  const auto skip_digits = [&] {
    const std::size_t from = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    return at - from;
  };
  std::size_t digits = skip_digits();
  if (at < text.size() && text[at] == '.') {
    ++at;
    digits += skip_digits();
  }
  if (digits == 0) return false;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
    if (skip_digits() == 0) return false;
  }
  return at == text.size();
}

}  // namespace

void resolve_plain_scalar(YamlNode& node) {
  const std::string_view text = node.text;
  if (is_one_of(kNull, text)) {
    node.type = YamlType::kNull;
  } else if (is_one_of(kTrue, text)) {
    node.type = YamlType::kBool;
    node.boolean = true;
  } else if (is_one_of(kFalse, text)) {
    node.type = YamlType::kBool;
  } else if (parse_integer(text, node.integer)) {
    node.type = YamlType::kInteger;
  } else if (is_number(text)) {
    node.type = YamlType::kNumber;
  } else {
    node.type = YamlType::kString;
  }
}

}  // namespace sdbtwin::scenarios
