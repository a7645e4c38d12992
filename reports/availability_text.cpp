#include "reports/availability_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "reports/text.h"

namespace sdbtwin::reports {
namespace {

using scenarios::AvailabilityResult;
using scenarios::OutageResult;

// More intervals than this are counted and not listed. [us]
constexpr std::size_t kShownOutages = 6;
// More groups of partitions than this likewise; all of them are in the JSON. [us]
constexpr std::size_t kShownGroups = 12;

bool same(const AvailabilityResult& a, const AvailabilityResult& b) {
  return a.database == b.database && a.service == b.service &&
         std::ranges::equal(a.outages, b.outages, [](const auto& x, const auto& y) {
           return x.from == y.from && x.to == y.to && x.cause == y.cause;
         });
}

std::string summary(const AvailabilityResult& one) {
  if (one.outages.empty()) return "always available";
  return fmt::format("{} {}, {} in total", one.count, one.count == 1 ? "outage" : "outages",
                     short_text(one.total));
}

void add_outages(const AvailabilityResult& one, std::vector<std::string>& lines) {
  for (std::size_t i = 0; i < one.outages.size(); ++i) {
    if (i == kShownOutages) {
      lines.push_back(fmt::format("      and {} more", one.outages.size() - i));
      return;
    }
    const OutageResult& outage = one.outages[i];
    lines.push_back(fmt::format("      {:>11} to {:>11}  {}  {}", clock_text(outage.from),
                                outage.lasts ? "the end" : clock_text(outage.to),
                                short_text(outage.to - outage.from), outage.cause));
  }
}

struct Group {
  const AvailabilityResult* first;
  std::vector<int> partitions;
};

void add_partitions(const scenarios::RunResult& result, const AvailabilityResult& whole,
                    std::vector<std::string>& lines) {
  std::vector<Group> groups;
  for (const AvailabilityResult& one : result.availability) {
    if (!one.partition || one.outages.empty()) continue;
    if (one.database != whole.database || one.service != whole.service) continue;
    const auto known =
        std::ranges::find_if(groups, [&](const Group& group) { return same(*group.first, one); });
    if (known != groups.end()) {
      known->partitions.push_back(*one.partition);
    } else {
      groups.push_back({&one, {*one.partition}});
    }
  }
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (i == kShownGroups) {
      lines.push_back(fmt::format("    and {} more groups of partitions", groups.size() - i));
      return;
    }
    std::string names;
    for (const int partition : groups[i].partitions) {
      names += fmt::format("{}{}", names.empty() ? "" : ", ", partition);
    }
    lines.push_back(fmt::format("    {} {}: {}",
                                groups[i].partitions.size() == 1 ? "partition" : "partitions",
                                names, summary(*groups[i].first)));
    add_outages(*groups[i].first, lines);
  }
}

}  // namespace

std::vector<std::string> availability_lines(const scenarios::RunResult& result) {
  std::vector<std::string> lines;
  for (const AvailabilityResult& one : result.availability) {
    if (one.partition) continue;
    lines.push_back(fmt::format("  {} {}: {}", one.database, one.service, summary(one)));
    add_partitions(result, one, lines);
  }
  for (const scenarios::ClientResult& client : result.clients) {
    lines.push_back(
        fmt::format("  {} rows: {} acknowledged, {} refused, {} without an answer; reads: {} "
                    "served, {} refused",
                    client.database, client.acknowledged, client.refused, client.unknown,
                    client.served_reads, client.refused_reads));
  }
  return lines;
}

}  // namespace sdbtwin::reports
