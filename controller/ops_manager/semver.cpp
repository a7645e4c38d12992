#include "controller/ops_manager/semver.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "sim/core/assert.h"

namespace sdbtwin::ops_manager {
namespace {

bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::optional<std::uint64_t> parse_number(std::string_view text) {
  if (!is_digits(text)) return std::nullopt;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::vector<std::string_view> split(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> parts;
  std::size_t begin = 0;
  while (true) {
    const auto end = text.find_first_of(separators, begin);
    parts.push_back(text.substr(begin, end - begin));
    if (end == std::string_view::npos) return parts;
    begin = end + 1;
  }
}

std::strong_ordering compare_identifier(std::string_view a, std::string_view b) {
  const auto number_a = parse_number(a);
  const auto number_b = parse_number(b);
  if (number_a && number_b) return *number_a <=> *number_b;
  if (number_a || number_b) {
    return number_a ? std::strong_ordering::less : std::strong_ordering::greater;
  }
  return a <=> b;
}

std::strong_ordering compare_prerelease(std::string_view a, std::string_view b) {
  if (a.empty() || b.empty()) return a.empty() <=> b.empty();
  const auto parts_a = split(a, ".");
  const auto parts_b = split(b, ".");
  for (std::size_t i = 0; i < std::min(parts_a.size(), parts_b.size()); ++i) {
    const auto order = compare_identifier(parts_a[i], parts_b[i]);
    if (order != 0) return order;
  }
  return parts_a.size() <=> parts_b.size();
}

// "> 8.7.10, <= 8.9.3" in its comparisons: the operator may stand apart from its version.
std::vector<std::string> comparisons_of(std::string_view text) {
  std::vector<std::string> found;
  std::string pending;
  for (std::string_view part : split(text, " \t,")) {
    if (part.empty()) continue;
    pending += part;
    if (pending.find_first_not_of("=!<>~^") == std::string::npos) continue;  // operator alone
    found.push_back(std::exchange(pending, {}));
  }
  if (!pending.empty()) found.push_back(pending);
  return found;
}

}  // namespace

std::optional<SemVer> parse_semver(std::string_view text) {
  if (text.starts_with('v')) text.remove_prefix(1);
  text = text.substr(0, text.find('+'));
  SemVer version;
  if (const auto dash = text.find('-'); dash != std::string_view::npos) {
    version.prerelease = text.substr(dash + 1);
    if (version.prerelease.empty()) return std::nullopt;
    text = text.substr(0, dash);
  }
  const auto parts = split(text, ".");
  if (parts.size() > 3) return std::nullopt;
  const std::array<std::uint64_t*, 3> fields{&version.major, &version.minor, &version.patch};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto number = parse_number(parts[i]);
    if (!number) return std::nullopt;
    *fields[i] = *number;
  }
  return version;
}

std::strong_ordering operator<=>(const SemVer& a, const SemVer& b) {
  if (const auto order = a.major <=> b.major; order != 0) return order;
  if (const auto order = a.minor <=> b.minor; order != 0) return order;
  if (const auto order = a.patch <=> b.patch; order != 0) return order;
  return compare_prerelease(a.prerelease, b.prerelease);
}

bool SemVerConstraint::Comparison::allows(const SemVer& candidate) const {
  const auto order = candidate <=> version;
  switch (op) {
    case Operator::kEqual:
      return order == 0;
    case Operator::kNotEqual:
      return order != 0;
    case Operator::kLess:
      return order < 0;
    case Operator::kLessOrEqual:
      return order <= 0;
    case Operator::kGreater:
      return order > 0;
    case Operator::kGreaterOrEqual:
      return order >= 0;
  }
  SIM_UNREACHABLE();
}

bool SemVerConstraint::parse_comparison(std::string_view text, All& into) {
  const auto digits = text.find_first_not_of("=!<>~^");
  if (digits == std::string_view::npos) return false;
  const std::string_view op = text.substr(0, digits);
  const auto version = parse_semver(text.substr(digits));
  if (!version) return false;
  constexpr std::array<std::pair<std::string_view, Operator>, 9> kPlain{
      {{"", Operator::kEqual},
       {"=", Operator::kEqual},
       {"==", Operator::kEqual},
       {"!=", Operator::kNotEqual},
       {"<", Operator::kLess},
       {"<=", Operator::kLessOrEqual},
       {">", Operator::kGreater},
       {">=", Operator::kGreaterOrEqual},
       {"=>", Operator::kGreaterOrEqual}}};
  for (const auto& [name, plain] : kPlain) {
    if (name != op) continue;
    into.push_back({plain, *version});
    return true;
  }
  if (op != "~" && op != "^") return false;
  SemVer below;  // ~1.2.3: below 1.3.0; ^1.2.3: below 2.0.0, and ^0.2.3: below 0.3.0
  below.major = version->major;
  if (op == "~" || version->major == 0) {
    below.minor = version->minor + 1;
  } else {
    below.major += 1;
  }
  into.push_back({Operator::kGreaterOrEqual, *version});
  into.push_back({Operator::kLess, std::move(below)});
  return true;
}

std::optional<SemVerConstraint> SemVerConstraint::parse(std::string_view text) {
  SemVerConstraint constraint;
  while (true) {
    const auto bar = text.find("||");
    All all;
    for (const std::string& comparison : comparisons_of(text.substr(0, bar))) {
      if (!parse_comparison(comparison, all)) return std::nullopt;
    }
    if (all.empty()) return std::nullopt;
    constraint.any_.push_back(std::move(all));
    if (bar == std::string_view::npos) return constraint;
    text.remove_prefix(bar + 2);
  }
}

bool SemVerConstraint::allows(const SemVer& version) const {
  return std::any_of(any_.begin(), any_.end(), [&](const All& all) {
    return std::all_of(all.begin(), all.end(),
                       [&](const Comparison& comparison) { return comparison.allows(version); });
  });
}

}  // namespace sdbtwin::ops_manager
