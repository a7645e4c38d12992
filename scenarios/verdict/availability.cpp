#include "scenarios/verdict/availability.h"

#include <algorithm>
#include <utility>

#include "model/singlestore/state.h"

namespace sdbtwin::scenarios {
namespace {

AvailabilityResult describe_outages(const std::string& database, std::optional<int> partition,
                                    std::string service,
                                    const std::vector<singlestore::Outage>& outages,
                                    sim::Time end) {
  AvailabilityResult result;
  result.database = database;
  result.partition = partition;
  result.service = std::move(service);
  sim::Time began{};
  for (const singlestore::Outage& outage : outages) {
    const bool lasts = outage.to == singlestore::kNever;
    const sim::Time to = lasts ? end : outage.to;
    const bool goes_on = !result.outages.empty() && result.outages.back().to == outage.from;
    if (!goes_on) {
      ++result.count;
      began = outage.from;
    }
    result.outages.push_back({outage.from, to, lasts, std::string(to_string(outage.cause))});
    result.total += to - outage.from;
    result.longest = std::max(result.longest, to - began);
  }
  return result;
}

}  // namespace

void describe_clients(const std::string& cluster, const singlestore::ClientLog& log, sim::Time end,
                      RunResult& result) {
  for (const singlestore::DatabaseClients& database : log.databases()) {
    if (database.name == singlestore::kHealthDatabase) continue;
    const std::string name = cluster + " " + database.name;
    const singlestore::ClientTotals totals = log.totals(database, end);
    result.clients.push_back({name, totals.acknowledged_rows, totals.refused_rows,
                              totals.unknown_rows, totals.served_reads, totals.refused_reads});
    const auto add = [&](std::optional<int> partition, const auto& of) {
      result.availability.push_back(
          describe_outages(name, partition, "writes", of.write_outages, end));
      result.availability.push_back(
          describe_outages(name, partition, "reads", of.read_outages, end));
    };
    add(std::nullopt, database);
    for (const singlestore::PartitionClients& partition : database.partitions) {
      add(partition.ordinal, partition);
    }
  }
}

}  // namespace sdbtwin::scenarios
