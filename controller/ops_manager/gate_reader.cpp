#include "controller/ops_manager/gate_reader.h"

#include <set>
#include <utility>

namespace sdbtwin::ops_manager {
namespace {

using QueryProblem = std::optional<sql::SqlError>;

// Moves the rows out, or gives back the error.
template <class Row>
QueryProblem take(sql::Rows<Row> rows, std::vector<Row>& into) {
  if (!rows) return rows.error();
  into = std::move(rows).value();
  return std::nullopt;
}

GateResult unreadable(const sql::SqlError& error) {
  return GateResult::waiting("could not be read: " + error.message);
}

}  // namespace

sim::Task<QueryProblem> GateReader::read_node(NodeRows& rows) {
  if (rows.role == kit::Role::kAggregator) {
    auto found = co_await session_.ask(database_, sql::ShowAggregators());
    co_return take(std::move(found), rows.aggregators);
  }
  auto found = co_await session_.ask(database_, sql::ShowLeaves(rows.host));
  co_return take(std::move(found), rows.leaves);
}

sim::Task<QueryProblem> GateReader::read_replication(NodeRows& rows) {
  auto partitions = co_await session_.ask(database_, sql::DistributedPartitions("", rows.host));
  if (auto problem = take(std::move(partitions), rows.partitions)) co_return problem;
  auto instances = co_await session_.ask(database_, sql::ShowClusterStatus("", rows.host));
  if (auto problem = take(std::move(instances), rows.instances)) co_return problem;
  auto streams = co_await session_.ask(database_, sql::ReplicationStatus("", rows.host));
  if (auto problem = take(std::move(streams), rows.streams)) co_return problem;
  if (rows.redundancy < 2) co_return std::nullopt;
  co_return co_await read_cluster(rows);
}

sim::Task<QueryProblem> GateReader::read_cluster(NodeRows& rows) {
  auto databases = co_await session_.ask(database_, sql::DatabasesStatus());
  if (auto problem = take(std::move(databases), rows.databases)) co_return problem;
  std::set<std::string> async_databases;
  for (const auto& partition : rows.partitions) {
    if (!partition.sync_desired) async_databases.insert(partition.database_name);
  }
  for (const std::string& name : async_databases) {
    auto streams = co_await session_.ask(database_, sql::ReplicationStatus(name));
    std::vector<sql::ReplicationStatusRow> found;
    if (auto problem = take(std::move(streams), found)) co_return problem;
    rows.async_streams.insert(rows.async_streams.end(), found.begin(), found.end());
  }
  co_return std::nullopt;
}

sim::Task<QueryProblem> GateReader::read_sizes(NodeRows& rows) {
  auto own = co_await session_.ask(database_, sql::TableStatistics("", rows.host));
  if (auto problem = take(std::move(own), rows.sizes)) co_return problem;
  if (rows.redundancy < 2 || rows.role != kit::Role::kLeaf) co_return std::nullopt;
  // Paired leaves back each other up; without a pair the other copies may be anywhere.
  const std::string pair = rows.leaves.empty() ? std::string() : rows.leaves.front().pair_host;
  auto peers = co_await session_.ask(database_, sql::TableStatistics("", pair));
  co_return take(std::move(peers), rows.peer_sizes);
}

sim::Task<GateReport> GateReader::read_standalone(PodSlot slot) {
  auto answer = co_await session_.ping(database_, kit::pod_host(*database_, slot.pod));
  GateReport report{.pod = slot.pod, .readings = {}};
  report.readings.push_back(
      {Gate::kNodeOnline, answer ? GateResult::passed("answers") : unreadable(answer.error())});
  const GateResult alone = GateResult::not_applicable("a standalone node follows nobody");
  report.readings.push_back({Gate::kReplicationSynced, alone});
  report.readings.push_back({Gate::kDatabaseSize, alone});
  co_return report;
}

sim::Task<GateReport> GateReader::read(PodSlot slot, const Baseline* baseline) {
  if (slot.role == kit::Role::kStandalone) co_return co_await read_standalone(std::move(slot));
  GateReport report{.pod = slot.pod, .readings = {}};
  NodeRows rows;
  rows.host = kit::pod_host(*database_, slot.pod);
  rows.role = slot.role;
  const std::optional<int> redundancy = co_await session_.redundancy(database_);
  if (!redundancy) {
    report.readings.push_back(
        {Gate::kNodeOnline, GateResult::waiting("the redundancy level could not be read")});
    co_return report;
  }
  rows.redundancy = *redundancy;

  QueryProblem problem = co_await read_node(rows);
  report.readings.push_back(
      {Gate::kNodeOnline, problem ? unreadable(*problem) : node_online(rows)});
  if (!report.all_open()) co_return report;

  problem = co_await read_replication(rows);
  report.readings.push_back({Gate::kReplicationSynced,
                             problem ? unreadable(*problem) : replication_synced(rows, limits_)});
  if (!report.all_open() || baseline == nullptr) co_return report;

  problem = co_await read_sizes(rows);
  report.readings.push_back({Gate::kDatabaseSize, problem
                                                      ? unreadable(*problem)
                                                      : database_size(rows, *baseline, limits_)});
  co_return report;
}

sim::Task<std::optional<GateReading>> GateReader::read_copies(PodSlot slot) {
  if (slot.role != kit::Role::kLeaf) co_return std::nullopt;
  const std::optional<int> redundancy = co_await session_.redundancy(database_);
  if (redundancy && *redundancy < 2) co_return std::nullopt;
  GateReading reading{Gate::kDatabaseSize,
                      GateResult::waiting("the redundancy level could not be read")};
  if (!redundancy) co_return reading;
  NodeRows rows;
  rows.host = kit::pod_host(*database_, slot.pod);
  rows.role = slot.role;
  rows.redundancy = *redundancy;
  QueryProblem problem = co_await read_node(rows);
  if (!problem) {
    auto partitions = co_await session_.ask(database_, sql::DistributedPartitions("", rows.host));
    problem = take(std::move(partitions), rows.partitions);
  }
  if (!problem) problem = co_await read_sizes(rows);
  const Baseline none;
  reading.result = problem ? unreadable(*problem) : database_size(rows, none, limits_);
  co_return reading;
}

sim::Task<std::optional<Baseline>> GateReader::read_baseline(PodSlot slot) {
  if (slot.role == kit::Role::kStandalone) {
    co_return Baseline{.known = true, .rows = {}};
  }
  // A node that is not online shows no tables, which is not the same as having none.
  NodeRows node;
  node.host = kit::pod_host(*database_, slot.pod);
  node.role = slot.role;
  if (co_await read_node(node) || !node_online(node).open()) co_return std::nullopt;
  auto rows = co_await session_.ask(database_, sql::TableStatistics("", node.host));
  if (!rows) co_return std::nullopt;
  co_return baseline_of(*rows);
}

}  // namespace sdbtwin::ops_manager
