#include "controller/ops_manager/baseline.h"

#include <fmt/format.h>

#include <charconv>

namespace sdbtwin::ops_manager {
namespace {

constexpr std::string_view kUnknown = "unknown";
constexpr std::string_view kNone = "none";

}  // namespace

std::string instance_name(std::string_view database, int ordinal) {
  return ordinal < 0 ? std::string(database) : fmt::format("{}_{}", database, ordinal);
}

Baseline baseline_of(const std::vector<sql::TableStatisticsRow>& rows) {
  Baseline baseline{.known = true, .rows = {}};
  for (const auto& row : rows) {
    baseline.rows[instance_name(row.database_name, row.ordinal)] += row.rows;
  }
  return baseline;
}

std::string to_text(const Baseline& baseline) {
  if (!baseline.known) return std::string(kUnknown);
  if (baseline.rows.empty()) return std::string(kNone);
  std::string text;
  for (const auto& [instance, rows] : baseline.rows) {
    if (!text.empty()) text += ',';
    text += fmt::format("{}={}", instance, rows);
  }
  return text;
}

std::optional<Baseline> parse_baseline(std::string_view text) {
  Baseline baseline{.known = text != kUnknown, .rows = {}};
  if (text == kUnknown || text == kNone) return baseline;
  while (true) {
    const std::string_view item = text.substr(0, text.find(','));
    const auto equals = item.rfind('=');
    if (equals == std::string_view::npos || equals == 0) return std::nullopt;
    const std::string_view digits = item.substr(equals + 1);
    std::int64_t rows = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), rows);
    if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
    baseline.rows.emplace(item.substr(0, equals), rows);
    if (item.size() == text.size()) return baseline;
    text.remove_prefix(item.size() + 1);
  }
}

}  // namespace sdbtwin::ops_manager
