#include "model/singlestore/rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "model/singlestore/answers.h"
#include "model/singlestore/linear.h"
#include "model/singlestore/sizes.h"
#include "model/sql/endpoint.h"

namespace sdbtwin::singlestore {
namespace {

using sql::InstanceRole;
using sql::InstanceState;
using sql::NodeState;

// SHOW LEAVES' sample: 0.26 to 0.30 ms (reference/singlestore.md 2.12).
constexpr std::int64_t kRoundTripUs = 280;
constexpr std::int64_t kConnectionsToOnlineNode = 2;     // [us]
constexpr std::int64_t kSystemLogFileBytes = 32 * kMiB;  // 5.3

bool matches(std::string_view filter, std::string_view value) {
  return filter.empty() || filter == value;
}

// A node whose process can be asked by an aggregator.
bool answers(const Node& node) { return node.member && node.in_contact(); }

template <class Visit>
void each_node(const View& view, std::string_view host, Visit visit) {
  if (!host.empty()) {
    if (const Node* node = view.state.find_host(host)) visit(*node);
    return;
  }
  for (const Node& node : view.state.nodes) visit(node);
}

// visit(database, partition, id) for each partition copy that the filters leave.
template <class Visit>
void each_copy(const View& view, std::string_view database, std::string_view host, Visit visit) {
  const ClusterState& state = view.state;
  if (!host.empty()) {
    const Node* node = state.find_host(host);
    if (node == nullptr) return;
    for (const CopyId& id : node->copies) {
      const Database& owner = state.databases[static_cast<std::size_t>(id.database)];
      if (matches(database, owner.name)) visit(owner, state.partition(id), id);
    }
    return;
  }
  for (int d = 0; d < static_cast<int>(state.databases.size()); ++d) {
    const Database& owner = state.databases[static_cast<std::size_t>(d)];
    if (!matches(database, owner.name)) continue;
    for (const Partition& partition : owner.partitions) {
      for (int c = 0; c < static_cast<int>(partition.copies.size()); ++c) {
        visit(owner, partition, CopyId{d, partition.ordinal, c});
      }
    }
  }
}

std::string instance_name(const Database& database, int ordinal) {
  return fmt::format("{}_{}", database.name, ordinal);
}

// ---- MV_CLUSTER_STATUS ----

InstanceState metadata_state(const View& view, const Node& node) {
  if (!node.recovered) return InstanceState::kRecovering;
  if (view.state.is_master_aggregator(node)) return InstanceState::kOnline;
  // Never had it, and it is on its way.
  if (node.metadata.position == 0 && node.metadata.connected &&
      view.now < node.metadata.synced_at) {
    return InstanceState::kProvisioning;
  }
  return InstanceState::kReplicating;
}

std::int64_t metadata_lag(const View& view, const Node& node) {
  const MetadataStream& stream = node.metadata;
  if (!stream.connected) return view.state.metadata_position - stream.position;
  if (view.now >= stream.synced_at) return 0;
  return bytes_in(stream.synced_at - view.now, view.settings.rates.replication);
}

sql::ClusterStatusRow node_row(const Node& node) {
  sql::ClusterStatusRow row;
  row.node_id = node.node_id;
  row.host = node.host;
  row.port = sql::kDefaultPort;
  return row;
}

// The `cluster` database or a reference database on one node.
sql::ClusterStatusRow metadata_row(const View& view, const Node& node, std::string_view name,
                                   std::int64_t end) {
  const bool master = view.state.is_master_aggregator(node);
  sql::ClusterStatusRow row = node_row(node);
  row.database_name = name;
  row.role = master ? InstanceRole::kMaster : InstanceRole::kReference;
  row.state = metadata_state(view, node);
  row.position = log_position(end, kSystemLogFileBytes);
  if (!master && view.state.master_aggregator >= 0) {
    row.master_host = view.state.node(view.state.master_aggregator).host;
    row.master_port = sql::kDefaultPort;
  }
  return row;
}

sql::ClusterStatusRow copy_row(const View& view, const Database& database,
                               const Partition& partition, const Copy& copy) {
  sql::ClusterStatusRow row = node_row(view.state.node(copy.node));
  row.database_name = instance_name(database, partition.ordinal);
  row.role = copy.role;
  row.state = view.state.instance_state(copy, view.now);
  row.position =
      log_position(view.state.position(partition, copy, view.now), view.settings.logs.file_bytes);
  if (copy.role == InstanceRole::kSlave) {
    row.master_host = view.state.node(partition.master_copy().node).host;
    row.master_port = sql::kDefaultPort;
    row.details = copy.streaming ? "stage: packet wait, state: x_streaming, err: no"
                                 : "stage: connect, state: x_disconnected, err: yes";
  }
  return row;
}

// ---- MV_REPLICATION_STATUS ----

std::int64_t round_up_to_mb(std::int64_t bytes) { return (bytes + kMiB - 1) / kMiB; }

sql::ReplicationStatusRow stream_row(const View& view, std::string_view name, const Node& primary,
                                     const Node& secondary, std::int64_t lag_bytes) {
  sql::ReplicationStatusRow row;
  row.database_name = name;
  row.primary_uri = fmt::format("{}:{}/{}", primary.host, sql::kDefaultPort, name);
  row.secondary_uri = fmt::format("{}:{}/{}", secondary.host, sql::kDefaultPort, name);
  row.lsn_lag = lag_bytes;
  row.volume_lag_mb = round_up_to_mb(lag_bytes);
  row.replication_throughput_mbps = view.settings.rates.replication / kMiB;
  return row;
}

std::int64_t seconds_until(sim::Time at, sim::Time now) {
  if (at <= now) return 0;
  return (at - now + std::chrono::seconds(1) - sim::Duration(1)) / std::chrono::seconds(1);
}

// A stream that never catches up shows how long the lag alone would take.
std::int64_t catch_up_seconds(const View& view, sim::Time synced_at, std::int64_t lag_bytes) {
  if (synced_at != kNever) return seconds_until(synced_at, view.now);
  const sim::Duration alone = time_for(lag_bytes, view.settings.rates.replication);
  return seconds_until(view.now + alone, view.now);
}

void add_metadata_streams(const View& view, const Node& node, std::string_view database,
                          std::vector<sql::ReplicationStatusRow>& rows) {
  const ClusterState& state = view.state;
  if (state.is_master_aggregator(node) || !node.metadata.connected) return;
  const Node& master = state.node(state.master_aggregator);
  const auto add = [&](std::string_view name, std::int64_t lag) {
    auto row = stream_row(view, name, master, node, lag);
    row.is_sync = view.now >= node.metadata.synced_at;
    row.primary_state = InstanceState::kOnline;
    row.secondary_state = metadata_state(view, node);
    row.estimated_catchup_time_s = seconds_until(node.metadata.synced_at, view.now);
    rows.push_back(std::move(row));
  };
  const std::int64_t lag = metadata_lag(view, node);
  if (matches(database, kClusterDatabase)) add(kClusterDatabase, lag);
  for (const Database& owner : state.databases) {
    if (matches(database, owner.name)) add(owner.name, std::min(lag, owner.reference_bytes));
  }
}

void add_copy_stream(const View& view, const Database& database, const Partition& partition,
                     const Copy& copy, std::vector<sql::ReplicationStatusRow>& rows) {
  if (copy.role != InstanceRole::kSlave || !copy.streaming) return;
  const Copy& master = partition.master_copy();
  const ClusterState& state = view.state;
  std::int64_t lag = master.position.at(view.now) - state.position(partition, copy, view.now);
  if (copy.state == InstanceState::kProvisioning) {
    lag = provisioning_bytes(database.row, copy.position.base) + std::max<std::int64_t>(0, lag);
  }
  lag = std::max<std::int64_t>(0, lag);
  auto row = stream_row(view, instance_name(database, partition.ordinal), state.node(master.node),
                        state.node(copy.node), lag);
  row.is_sync = copy.sync == sql::PartitionSync::kSync;
  row.primary_state = state.instance_state(master, view.now);
  row.secondary_state = copy.state;
  row.estimated_catchup_time_s = catch_up_seconds(view, copy.synced_at, lag);
  rows.push_back(std::move(row));
}

}  // namespace

sql::LogPosition log_position(std::int64_t position, std::int64_t file_bytes) {
  return sql::LogPosition{position / file_bytes, position % file_bytes};
}

std::vector<sql::LeafRow> leaf_rows(const View& view, std::string_view host) {
  std::vector<sql::LeafRow> rows;
  each_node(view, host, [&](const Node& node) {
    if (node.kind != NodeKind::kLeaf || !node.member) return;
    sql::LeafRow row;
    row.host = node.host;
    row.port = sql::kDefaultPort;
    row.availability_group = node.availability_group;
    if (node.pair >= 0) {
      row.pair_host = view.state.node(node.pair).host;
      row.pair_port = sql::kDefaultPort;
    }
    row.state = node.recorded;
    const bool online = node.recorded == NodeState::kOnline;
    row.opened_connections = online ? kConnectionsToOnlineNode : 0;
    row.average_roundtrip_latency_us = online ? kRoundTripUs : 0;
    row.node_id = node.node_id;
    rows.push_back(std::move(row));
  });
  return rows;
}

std::vector<sql::AggregatorRow> aggregator_rows(const View& view) {
  std::vector<sql::AggregatorRow> rows;
  for (const int index : view.state.aggregators) {
    const Node& node = view.state.node(index);
    if (!node.member) continue;
    const bool master = view.state.is_master_aggregator(node);
    const bool online = node.recorded == NodeState::kOnline;
    sql::AggregatorRow row;
    row.host = node.host;
    row.port = sql::kDefaultPort;
    row.state = node.recorded;
    row.opened_connections = online && !master ? kConnectionsToOnlineNode : 0;
    row.average_roundtrip_latency_us = online && !master ? kRoundTripUs : 0;
    row.master_aggregator = master;
    row.role = master ? sql::AggregatorRole::kLeader : sql::AggregatorRole::kFollower;
    row.node_id = node.node_id;
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<sql::ClusterStatusRow> cluster_status_rows(const View& view, std::string_view database,
                                                       std::string_view host) {
  std::vector<sql::ClusterStatusRow> rows;
  each_node(view, host, [&](const Node& node) {
    if (!answers(node)) return;
    if (matches(database, kClusterDatabase)) {
      const std::int64_t end = view.state.metadata_position - metadata_lag(view, node);
      rows.push_back(metadata_row(view, node, kClusterDatabase, std::max<std::int64_t>(0, end)));
    }
    for (const Database& owner : view.state.databases) {
      if (matches(database, owner.name)) {
        rows.push_back(metadata_row(view, node, owner.name, owner.reference_bytes));
      }
    }
  });
  each_copy(view, database, host,
            [&](const Database& owner, const Partition& partition, const CopyId& id) {
              const Copy& copy = view.state.copy(id);
              if (!answers(view.state.node(copy.node))) return;
              rows.push_back(copy_row(view, owner, partition, copy));
            });
  return rows;
}

std::vector<sql::ReplicationStatusRow> replication_rows(const View& view, std::string_view database,
                                                        std::string_view host) {
  std::vector<sql::ReplicationStatusRow> rows;
  each_node(view, host,
            [&](const Node& node) { add_metadata_streams(view, node, database, rows); });
  each_copy(view, database, host,
            [&](const Database& owner, const Partition& partition, const CopyId& id) {
              add_copy_stream(view, owner, partition, view.state.copy(id), rows);
            });
  return rows;
}

std::vector<sql::PartitionRow> partition_rows(const View& view, std::string_view database,
                                              std::string_view host) {
  std::vector<sql::PartitionRow> rows;
  each_copy(view, database, host,
            [&](const Database& owner, const Partition& partition, const CopyId& id) {
              const Copy& copy = view.state.copy(id);
              const Node& node = view.state.node(copy.node);
              const bool master = copy.role == InstanceRole::kMaster;
              sql::PartitionRow row;
              row.database_name = owner.name;
              row.ordinal = partition.ordinal;
              row.role = copy.role;
              row.node_id = node.node_id;
              row.host = node.host;
              row.port = sql::kDefaultPort;
              row.is_offline = master ? partition.offline : node.recorded != NodeState::kOnline;
              row.sync_desired = owner.sync_replication;
              row.state = master ? sql::PartitionSync::kEmpty : copy.sync;
              if (copy.state == InstanceState::kUnrecoverable) {
                row.state = sql::PartitionSync::kUnrecoverable;
              }
              row.term = partition.term;
              rows.push_back(std::move(row));
            });
  return rows;
}

std::vector<sql::DatabaseStatusRow> database_rows(const View& view, std::string_view database) {
  std::vector<sql::DatabaseStatusRow> rows;
  for (const Database& owner : view.state.databases) {
    if (!matches(database, owner.name)) continue;
    const InstanceCounts& counts = owner.counts;
    const auto count = [&counts](InstanceState state) {
      return counts.by_state[static_cast<std::size_t>(state)];
    };
    int read_by_now = 0;
    for (const auto& [ordinal, copy] : counts.recovering) {
      const Partition& partition = owner.partitions[static_cast<std::size_t>(ordinal)];
      const Copy& recovering = partition.copies[static_cast<std::size_t>(copy)];
      read_by_now += view.now >= recovering.recovered_at ? 1 : 0;
    }
    sql::DatabaseStatusRow row;
    row.database_name = owner.name;
    row.num_partitions = static_cast<int>(owner.partitions.size());
    row.online = count(InstanceState::kOnline);
    row.replicating = count(InstanceState::kReplicating);
    row.recovering =
        count(InstanceState::kRecovering) + count(InstanceState::kProvisioning) - read_by_now;
    row.pending = count(InstanceState::kPending) + read_by_now;
    row.transition = count(InstanceState::kTransition);
    row.unrecoverable = count(InstanceState::kUnrecoverable);
    row.offline = count(InstanceState::kOffline);
    row.replication_mode_differs = owner.sync_replication && counts.unsynced_slaves > 0;
    const bool degraded = row.replication_mode_differs || counts.disconnected_slaves > 0;
    row.summary = owner.unserved_partitions > 0 ? sql::DatabaseSummary::kOffline
                  : degraded                    ? sql::DatabaseSummary::kDegraded
                                                : sql::DatabaseSummary::kHealthy;
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<sql::TableStatisticsRow> table_rows(const View& view, std::string_view database,
                                                std::string_view host) {
  std::vector<sql::TableStatisticsRow> rows;
  each_copy(view, database, host,
            [&](const Database& owner, const Partition& partition, const CopyId& id) {
              const Copy& copy = view.state.copy(id);
              const Node& node = view.state.node(copy.node);
              const bool readable =
                  copy.state == InstanceState::kOnline || copy.state == InstanceState::kReplicating;
              if (!readable || !answers(node)) return;
              sql::TableStatisticsRow row;
              row.database_name = owner.name;
              row.table_name = owner.name == kHealthDatabase ? "singlestore_health_table" : "data";
              row.ordinal = partition.ordinal;
              row.host = node.host;
              row.port = sql::kDefaultPort;
              row.partition_type = copy.role;
              row.rows = view.state.rows(owner, partition, copy, view.now);
              row.memory_use = row.rows * owner.row.memory_bytes;
              row.storage_type = owner.row.blob_bytes > 0 ? "COLUMNSTORE" : "INMEMORY_ROWSTORE";
              rows.push_back(std::move(row));
            });
  return rows;
}

std::vector<sql::DiskUsageRow> disk_rows(const View& view, std::string_view database,
                                         std::string_view host) {
  std::vector<sql::DiskUsageRow> rows;
  each_copy(view, database, host,
            [&](const Database& owner, const Partition& partition, const CopyId& id) {
              const Copy& copy = view.state.copy(id);
              const Node& node = view.state.node(copy.node);
              if (!answers(node) || !view.state.has_data(copy)) return;
              const std::int64_t end = view.state.position(partition, copy, view.now);
              const DiskBytes disk = disk_at(owner.row, view.settings.logs, end, copy.phase);
              sql::DiskUsageRow row;
              row.node_id = node.node_id;
              row.database_name = owner.name;
              row.ordinal = partition.ordinal;
              row.blobs_b = disk.blobs;
              row.logs_b = disk.logs;
              row.snapshots_b = disk.snapshots;
              rows.push_back(std::move(row));
            });
  return rows;
}

std::vector<sql::VariableRow> variable_rows(const View& view, const Node& asked,
                                            std::string_view name) {
  std::string value;
  if (name == "redundancy_level") {
    value = fmt::format("{}", view.state.redundancy);
  } else if (name == "memsql_version") {
    value = asked.version;
  } else if (name == "leaf_failover_fanout") {
    value = "paired";
  } else if (name == "default_partitions_per_leaf") {
    value = fmt::format("{}", UserDatabase{}.partitions_per_leaf);
  } else {
    return {};
  }
  return {sql::VariableRow{std::string(name), std::move(value)}};
}

}  // namespace sdbtwin::singlestore
