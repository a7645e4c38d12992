#include "model/cluster/timing/latency_factors.h"

#include <algorithm>
#include <vector>

#include "model/cluster/timing/latency.h"
#include "model/cluster/timing/timings.h"

namespace sdbtwin::cluster {
namespace {

constexpr std::int64_t kUnchanged = 1'000;

std::vector<std::string_view> collect_names() {
  std::vector<std::string_view> names{kApiGroup, kControlPlaneGroup, kNodeGroup, kDatabaseGroup};
  ApiLatency api = ApiLatency::standard();
  Timings timings = Timings::defaults();
  const auto add = [&](std::string_view, std::string_view name, auto&) { names.push_back(name); };
  api.for_each(add);
  timings.for_each(add);
  // The database's own (model/singlestore/settings.h).
  names.insert(names.end(), {"listedObject", "imageTransfer", "processStart", "oneWay"});
  return names;
}

// The most that a scenario can say of one name; factors of factors go no further.
constexpr std::int64_t kMost = 1'000'000;

}  // namespace

std::int64_t LatencyFactors::of(std::string_view group, std::string_view name) const {
  std::int64_t product = all_per_mille;
  for (const std::string_view part : {group, name}) {
    const auto found = per_mille.find(part);
    if (found != per_mille.end()) product = product * found->second / kUnchanged;
  }
  return std::min(product, kMost);
}

std::span<const std::string_view> latency_names() {
  static const std::vector<std::string_view> kNames = collect_names();
  return kNames;
}

}  // namespace sdbtwin::cluster
