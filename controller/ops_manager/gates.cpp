#include "controller/ops_manager/gates.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "sim/core/assert.h"

namespace sdbtwin::ops_manager {
namespace {

using sql::InstanceRole;
using sql::InstanceState;
using Problem = std::optional<std::string>;

constexpr std::string_view kClusterDatabase = "cluster";  // singlestore.md 1.2

const sql::AggregatorRow* own_aggregator_row(const NodeRows& rows) {
  for (const auto& row : rows.aggregators) {
    if (row.host == rows.host) return &row;
  }
  return nullptr;
}

const sql::ClusterStatusRow* find_instance(const NodeRows& rows, std::string_view name) {
  for (const auto& row : rows.instances) {
    if (row.database_name == name) return &row;
  }
  return nullptr;
}

const sql::ReplicationStatusRow* find_stream(const std::vector<sql::ReplicationStatusRow>& streams,
                                             std::string_view name) {
  for (const auto& row : streams) {
    if (row.database_name == name) return &row;
  }
  return nullptr;
}

bool is_metadata(const sql::ClusterStatusRow& row) {
  return row.role == InstanceRole::kReference || row.database_name == kClusterDatabase;
}

bool within_lag(const sql::ReplicationStatusRow& stream, const GateLimits& limits) {
  return std::chrono::seconds(stream.estimated_catchup_time_s) <= limits.max_lag;
}

Problem stream_problem(const std::vector<sql::ReplicationStatusRow>& streams, std::string_view name,
                       const GateLimits& limits) {
  const auto* stream = find_stream(streams, name);
  if (stream == nullptr) return fmt::format("{} has no replication stream", name);
  if (within_lag(*stream, limits)) return std::nullopt;
  return fmt::format("{} is {} s behind", name, stream->estimated_catchup_time_s);
}

// ---- One partition of the node

Problem copy_problem(const NodeRows& rows, const sql::PartitionRow& partition,
                     const GateLimits& limits) {
  const std::string name = instance_name(partition.database_name, partition.ordinal);
  if (partition.is_offline) return fmt::format("{} is offline", name);
  if (partition.role == InstanceRole::kOrphan) return fmt::format("{} is an orphan", name);
  const auto* instance = find_instance(rows, name);
  if (instance == nullptr) return fmt::format("{} is not there", name);
  if (partition.role == InstanceRole::kMaster) {
    if (instance->state == InstanceState::kOnline) return std::nullopt;
    return fmt::format("{} is {}", name, to_string(instance->state));
  }
  if (rows.redundancy < 2) return fmt::format("{} is not its master", name);
  if (instance->state != InstanceState::kReplicating) {
    return fmt::format("{} is {}", name, to_string(instance->state));
  }
  if (!partition.sync_desired) return stream_problem(rows.streams, name, limits);
  if (partition.state == sql::PartitionSync::kSync) return std::nullopt;
  return fmt::format("{} is {}", name, to_string(partition.state));
}

// ---- `cluster` and the reference databases on the node

Problem metadata_problem(const NodeRows& rows, const GateLimits& limits) {
  const bool is_source = is_master_aggregator(rows);
  for (const auto& row : rows.instances) {
    if (!is_metadata(row)) continue;
    if (row.state != InstanceState::kOnline && row.state != InstanceState::kReplicating) {
      return fmt::format("{} is {}", row.database_name, to_string(row.state));
    }
    if (is_source) continue;
    if (auto problem = stream_problem(rows.streams, row.database_name, limits)) return problem;
  }
  if (rows.role == kit::Role::kAggregator && find_instance(rows, kClusterDatabase) == nullptr) {
    return fmt::format("{} is not there", kClusterDatabase);
  }
  for (const auto& partition : rows.partitions) {
    if (find_instance(rows, partition.database_name) == nullptr) {
      return fmt::format("reference database {} is not there", partition.database_name);
    }
  }
  return std::nullopt;
}

// ---- Redundancy 2: the whole cluster, by one row per database

Problem database_problem(const sql::DatabaseStatusRow& row) {
  const bool complete = row.online >= row.num_partitions && row.replicating >= row.num_partitions;
  const int other = row.recovering + row.pending + row.transition + row.unrecoverable + row.offline;
  if (row.summary == sql::DatabaseSummary::kHealthy && complete && other == 0 &&
      !row.replication_mode_differs) {
    return std::nullopt;
  }
  return fmt::format("{} is {}: {} online, {} replicating of {} partitions{}", row.database_name,
                     to_string(row.summary), row.online, row.replicating, row.num_partitions,
                     row.replication_mode_differs ? ", not all in sync" : "");
}

Problem async_problem(const NodeRows& rows, const GateLimits& limits) {
  for (const auto& stream : rows.async_streams) {
    if (!within_lag(stream, limits)) {
      return fmt::format("{} is {} s behind", stream.database_name,
                         stream.estimated_catchup_time_s);
    }
  }
  std::set<std::string> async_databases;
  for (const auto& partition : rows.partitions) {
    if (!partition.sync_desired) async_databases.insert(partition.database_name);
  }
  for (const auto& row : rows.databases) {
    if (!async_databases.contains(row.database_name)) continue;
    for (int ordinal = 0; ordinal < row.num_partitions; ++ordinal) {
      const std::string name = instance_name(row.database_name, ordinal);
      if (find_stream(rows.async_streams, name) == nullptr) {
        return fmt::format("{} has no replication stream", name);
      }
    }
  }
  return std::nullopt;
}

Problem cluster_problem(const NodeRows& rows, const GateLimits& limits) {
  for (const auto& row : rows.databases) {
    if (auto problem = database_problem(row)) return problem;
  }
  return async_problem(rows, limits);
}

// ---- Sizes

struct Size {
  std::int64_t rows = 0;
  std::int64_t bytes = 0;
};
using Sizes = std::map<std::string, Size, std::less<>>;

Sizes sizes_of(const std::vector<sql::TableStatisticsRow>& rows, std::string_view except_host,
               std::string_view only_host) {
  Sizes sizes;
  for (const auto& row : rows) {
    if (row.ordinal < 0 || row.host == except_host) continue;
    if (!only_host.empty() && row.host != only_host) continue;
    Size& size = sizes[instance_name(row.database_name, row.ordinal)];
    size.rows += row.rows;
    size.bytes += row.memory_use;
  }
  return sizes;
}

bool almost_same(std::int64_t a, std::int64_t b, std::int64_t percent, std::int64_t floor) {
  const std::int64_t larger = std::max(a, b);
  const std::int64_t difference = larger - std::min(a, b);
  if (difference <= floor) return true;
  return difference * 100 <= larger * percent;  // No node holds 92 PB.
}

GateResult compare_with_baseline(const NodeRows& rows, const Baseline& baseline) {
  if (!baseline.known) return GateResult::not_applicable("the baseline could not be read");
  if (baseline.rows.empty()) return GateResult::not_applicable("there were no tables");
  const Baseline now = baseline_of(rows.sizes);
  for (const auto& [instance, before] : baseline.rows) {
    const auto found = now.rows.find(instance);
    if (found == now.rows.end()) {
      return GateResult::waiting(fmt::format("{} shows no tables", instance));
    }
    if (found->second < before) {
      return GateResult::waiting(
          fmt::format("{} has {} rows, {} before", instance, found->second, before));
    }
  }
  return GateResult::passed(
      fmt::format("{} instances not below the baseline", baseline.rows.size()));
}

GateResult compare_copies(const NodeRows& rows, const GateLimits& limits) {
  const Sizes own = sizes_of(rows.sizes, {}, rows.host);
  const Sizes peers = sizes_of(rows.peer_sizes, rows.host, {});
  int compared = 0;
  for (const auto& partition : rows.partitions) {
    const std::string name = instance_name(partition.database_name, partition.ordinal);
    const auto mine = own.find(name);
    const auto other = peers.find(name);
    if (mine == own.end() && other == peers.end()) continue;  // A partition without tables.
    if (mine == own.end() || other == peers.end()) {
      return GateResult::waiting(fmt::format("{} shows tables in one copy only", name));
    }
    if (!almost_same(mine->second.rows, other->second.rows, limits.tolerance_percent,
                     limits.rows_floor)) {
      return GateResult::waiting(fmt::format("{} has {} rows here and {} in the other copy", name,
                                             mine->second.rows, other->second.rows));
    }
    if (!almost_same(mine->second.bytes, other->second.bytes, limits.tolerance_percent,
                     limits.bytes_floor)) {
      return GateResult::waiting(fmt::format("{} has {} bytes here and {} in the other copy", name,
                                             mine->second.bytes, other->second.bytes));
    }
    ++compared;
  }
  if (compared == 0) return GateResult::not_applicable("there are no copies with tables");
  return GateResult::passed(fmt::format("{} partitions almost the same", compared));
}

}  // namespace

std::string_view to_string(Gate gate) {
  switch (gate) {
    case Gate::kNodeOnline:
      return "node-online";
    case Gate::kReplicationSynced:
      return "replication-synced";
    case Gate::kDatabaseSize:
      return "database-size";
  }
  SIM_UNREACHABLE();
}

std::string_view to_string(GateOutcome outcome) {
  switch (outcome) {
    case GateOutcome::kPassed:
      return "Passed";
    case GateOutcome::kWaiting:
      return "Waiting";
    case GateOutcome::kNotApplicable:
      return "NotApplicable";
  }
  SIM_UNREACHABLE();
}

GateResult GateResult::passed(std::string reason) {
  return {GateOutcome::kPassed, std::move(reason)};
}
GateResult GateResult::waiting(std::string reason) {
  return {GateOutcome::kWaiting, std::move(reason)};
}
GateResult GateResult::not_applicable(std::string reason) {
  return {GateOutcome::kNotApplicable, std::move(reason)};
}

bool is_master_aggregator(const NodeRows& rows) {
  const auto* row = own_aggregator_row(rows);
  return row != nullptr && row->master_aggregator;
}

GateResult node_online(const NodeRows& rows) {
  std::optional<sql::NodeState> state;
  if (rows.role == kit::Role::kAggregator) {
    if (const auto* row = own_aggregator_row(rows)) state = row->state;
  } else {
    for (const auto& row : rows.leaves) {
      if (row.host == rows.host) state = row.state;
    }
  }
  if (!state) return GateResult::waiting("the node is not listed");
  if (*state == sql::NodeState::kOnline) return GateResult::passed("online");
  return GateResult::waiting(fmt::format("the node is {}", to_string(*state)));
}

GateResult replication_synced(const NodeRows& rows, const GateLimits& limits) {
  for (const auto& partition : rows.partitions) {
    if (auto problem = copy_problem(rows, partition, limits)) return GateResult::waiting(*problem);
  }
  if (auto problem = metadata_problem(rows, limits)) return GateResult::waiting(*problem);
  if (rows.redundancy >= 2) {
    if (auto problem = cluster_problem(rows, limits)) return GateResult::waiting(*problem);
  }
  if (rows.partitions.empty() && rows.streams.empty()) {
    return GateResult::not_applicable(is_master_aggregator(rows)
                                          ? "the master aggregator follows nobody"
                                          : "the node holds no instances");
  }
  return GateResult::passed(
      fmt::format("{} partitions, {} streams", rows.partitions.size(), rows.streams.size()));
}

GateResult database_size(const NodeRows& rows, const Baseline& baseline, const GateLimits& limits) {
  if (rows.redundancy >= 2 && rows.role == kit::Role::kLeaf) return compare_copies(rows, limits);
  return compare_with_baseline(rows, baseline);
}

}  // namespace sdbtwin::ops_manager
