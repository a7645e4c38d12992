// Baseline: how many rows each database instance of a node held before its pod was evicted.
//
// Without a second copy (redundancy 1) this is all that a restarted node can be compared with
// (reference/singlestore.md 5.5). It is written into a condition before the eviction, as text
// without blanks: "app=20,app_0=1000". `unknown` says that it could not be read.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/sql/rows.h"

namespace sdbtwin::ops_manager {

struct Baseline {
  bool known = false;
  // By instance name as MV_CLUSTER_STATUS spells it: `app_3` is partition 3, `app` the reference
  // database. An instance without tables is not listed: nothing can be compared there.
  std::map<std::string, std::int64_t, std::less<>> rows;

  bool operator==(const Baseline&) const = default;
};

// `app_3`, or `app` for ordinal -1.
std::string instance_name(std::string_view database, int ordinal);

// Sums the tables' rows per instance. `rows` are those of one node.
Baseline baseline_of(const std::vector<sql::TableStatisticsRow>& rows);

std::string to_text(const Baseline& baseline);  // "unknown", "none", or the list
// nullopt: not a text of to_text().
std::optional<Baseline> parse_baseline(std::string_view text);

}  // namespace sdbtwin::ops_manager
