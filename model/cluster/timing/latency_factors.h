// LatencyFactors: by how much a scenario scales the model's latencies: all, a group, or one named
// distribution. The factors multiply.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

namespace sdbtwin::cluster {

struct LatencyFactors {
  std::int64_t all_per_mille = 1'000;
  // By group or name; what is not there is 1000.
  std::map<std::string, std::int64_t, std::less<>> per_mille;

  // The product for a distribution of that group, in thousandths, rounded down.
  // At most a thousandfold, whatever the product; it may be 0.
  std::int64_t of(std::string_view group, std::string_view name) const;
};

inline constexpr std::string_view kApiGroup = "api";
inline constexpr std::string_view kControlPlaneGroup = "controlPlane";
inline constexpr std::string_view kNodeGroup = "node";
inline constexpr std::string_view kDatabaseGroup = "database";

// Every name a factor can have: the groups, then the distributions (latency.h, timings.h, and the
// database's).
std::span<const std::string_view> latency_names();

}  // namespace sdbtwin::cluster
