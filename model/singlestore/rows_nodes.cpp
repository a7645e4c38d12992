// The rows of the views that ask the nodes: instances, streams, tables, disk.
#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "model/singlestore/answers.h"
#include "model/singlestore/linear.h"
#include "model/singlestore/rows.h"
#include "model/singlestore/rows_filter.h"
#include "model/singlestore/sizes.h"
#include "model/sql/endpoint.h"

namespace sdbtwin::singlestore {

using sql::InstanceRole;
using sql::InstanceState;

namespace {

constexpr std::int64_t kSystemLogFileBytes = 32 * kMiB;  // 5.3

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
  // As its process sees it: a master that was replaced without its knowledge still calls itself so.
  row.role = copy.serving ? InstanceRole::kMaster : copy.role;
  row.state = view.state.instance_state(copy, view.now);
  row.position =
      log_position(view.state.position(partition, copy, view.now), view.settings.logs.file_bytes);
  if (row.role == InstanceRole::kSlave) {
    row.master_host = view.state.node(partition.master_copy().node).host;
    row.master_port = sql::kDefaultPort;
    row.details = copy.streaming ? "stage: packet wait, state: x_streaming, err: no"
                                 : "stage: connect, state: x_disconnected, err: yes";
  }
  return row;
}

// ---- MV_REPLICATION_STATUS ----

std::int64_t round_up_to_mb(std::int64_t bytes) { return (bytes + kMiB - 1) / kMiB; }

sql::ReplicationStatusRow stream_row(std::string_view name, const Node& primary,
                                     const Node& secondary, std::int64_t lag_bytes,
                                     std::int64_t rate) {
  sql::ReplicationStatusRow row;
  row.database_name = name;
  row.primary_uri = fmt::format("{}:{}/{}", primary.host, sql::kDefaultPort, name);
  row.secondary_uri = fmt::format("{}:{}/{}", secondary.host, sql::kDefaultPort, name);
  row.lsn_lag = lag_bytes;
  row.volume_lag_mb = round_up_to_mb(lag_bytes);
  // What the stream could carry now; a slower one than 1 MB/s shows 0 as a stalled one does.
  row.replication_throughput_mbps = rate / kMiB;
  return row;
}

// "Never" in a column of seconds: ten years [us].
constexpr std::int64_t kNoEstimate = 10 * 365 * 86'400;

std::int64_t seconds_until(sim::Time at, sim::Time now) {
  if (at <= now) return 0;
  if (at == kNever) return kNoEstimate;
  return (at - now + std::chrono::seconds(1) - sim::Duration(1)) / std::chrono::seconds(1);
}

// A stream that never catches up shows how long the lag alone would take at its rate.
std::int64_t catch_up_seconds(const View& view, sim::Time synced_at, std::int64_t lag_bytes,
                              std::int64_t rate) {
  if (lag_bytes == 0) return 0;
  if (synced_at != kNever) return seconds_until(synced_at, view.now);
  if (rate == 0) return kNoEstimate;
  return std::min(kNoEstimate, seconds_until(view.now + time_for(lag_bytes, rate), view.now));
}

void add_metadata_streams(const View& view, const Node& node, std::string_view database,
                          std::vector<sql::ReplicationStatusRow>& rows) {
  const ClusterState& state = view.state;
  if (state.is_master_aggregator(node) || !node.metadata.connected) return;
  if (!answers(view, node)) return;
  const Node& master = state.node(state.master_aggregator);
  const auto add = [&](std::string_view name, std::int64_t lag) {
    auto row = stream_row(name, master, node, lag, node.metadata.rate);
    row.is_sync = view.now >= node.metadata.synced_at;
    row.primary_state = InstanceState::kOnline;
    row.secondary_state = metadata_state(view, node);
    row.estimated_catchup_time_s = seconds_until(node.metadata.synced_at, view.now);
    rows.push_back(std::move(row));
  };
  const std::int64_t lag = view.state.metadata_missing(node, view.now);
  if (matches(database, kClusterDatabase)) add(kClusterDatabase, lag);
  for (const Database& owner : state.databases) {
    if (matches(database, owner.name)) add(owner.name, std::min(lag, owner.reference_bytes));
  }
}

void add_copy_stream(const View& view, const Database& database, const Partition& partition,
                     const CopyId& id, std::vector<sql::ReplicationStatusRow>& rows) {
  const Copy& copy = view.state.copy(id);
  if (copy.role != InstanceRole::kSlave || !copy.streaming) return;
  if (!answers(view, view.state.node(copy.node))) return;
  const Copy& master = partition.master_copy();
  const ClusterState& state = view.state;
  std::int64_t lag = master.position.at(view.now) - state.position(partition, copy, view.now);
  if (copy.state == InstanceState::kProvisioning) {
    lag = copy.snapshot_bytes - copy.received.at(view.now) + std::max<std::int64_t>(0, lag);
  }
  lag = std::max<std::int64_t>(0, lag);
  const std::int64_t rate = state.stream_condition(id, view.settings.rates.replication).rate;
  auto row = stream_row(instance_name(database, partition.ordinal), state.node(master.node),
                        state.node(copy.node), lag, rate);
  row.is_sync = copy.sync == sql::PartitionSync::kSync;
  row.primary_state = state.instance_state(master, view.now);
  row.secondary_state = copy.state;
  row.estimated_catchup_time_s = catch_up_seconds(view, copy.synced_at, lag, rate);
  rows.push_back(std::move(row));
}

}  // namespace

sql::LogPosition log_position(std::int64_t position, std::int64_t file_bytes) {
  return sql::LogPosition{position / file_bytes, position % file_bytes};
}

std::vector<sql::ClusterStatusRow> cluster_status_rows(const View& view, std::string_view database,
                                                       std::string_view host) {
  std::vector<sql::ClusterStatusRow> rows;
  each_node(view, host, [&](const Node& node) {
    if (!answers(view, node)) return;
    if (matches(database, kClusterDatabase)) {
      const std::int64_t end =
          view.state.metadata_position - view.state.metadata_missing(node, view.now);
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
              if (!answers(view, view.state.node(copy.node))) return;
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
              add_copy_stream(view, owner, partition, id, rows);
            });
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
              if (!readable || !answers(view, node)) return;
              sql::TableStatisticsRow row;
              row.database_name = owner.name;
              row.table_name = owner.name == kHealthDatabase ? "singlestore_health_table" : "data";
              row.ordinal = partition.ordinal;
              row.host = node.host;
              row.port = sql::kDefaultPort;
              row.partition_type = copy.serving ? InstanceRole::kMaster : copy.role;
              row.rows = view.state.rows(owner, partition, copy, view.now);
              row.memory_use = view.state.memory(owner, partition, copy, view.now);
              row.storage_type = owner.row.blob_bytes > 0 ? "COLUMNSTORE" : "INMEMORY_ROWSTORE";
              rows.push_back(std::move(row));
            });
  return rows;
}

namespace {

// The k-th of `parts` even parts; remainders go to the first ones.
std::int64_t part_of(std::int64_t bytes, std::int64_t k, std::int64_t parts) {
  return bytes / parts + (k < bytes % parts ? 1 : 0);
}

// Bytes that the data do not explain, as far as they belong to this copy's row.
void add_extra(const View& view, const Node& node, const CopyId& id, sql::DiskUsageRow& row) {
  if (node.extra_disk.empty()) return;
  std::int64_t held = 0;
  std::int64_t index = 0;
  for (const CopyId& other : node.copies) {
    if (other == id) index = held;
    if (view.state.has_data(view.state.copy(other))) ++held;
  }
  row.logs_b += part_of(view.state.extra_disk(node, DiskUse::kLogs), index, held);
  row.snapshots_b += part_of(view.state.extra_disk(node, DiskUse::kSnapshots), index, held);
  row.blobs_b += part_of(view.state.extra_disk(node, DiskUse::kMergeLeftovers), index, held);
}

}  // namespace

std::vector<sql::DiskUsageRow> disk_rows(const View& view, std::string_view database,
                                         std::string_view host) {
  std::vector<sql::DiskUsageRow> rows;
  each_copy(view, database, host,
            [&](const Database& owner, const Partition& partition, const CopyId& id) {
              const Copy& copy = view.state.copy(id);
              const Node& node = view.state.node(copy.node);
              if (!answers(view, node) || !view.state.has_data(copy)) return;
              const std::int64_t end = view.state.position(partition, copy, view.now);
              const DiskBytes disk = disk_at(owner.row, view.settings.logs, end, copy.phase);
              sql::DiskUsageRow row;
              row.node_id = node.node_id;
              row.database_name = owner.name;
              row.ordinal = partition.ordinal;
              row.blobs_b = disk.blobs;
              row.logs_b = disk.logs;
              row.snapshots_b = disk.snapshots;
              add_extra(view, node, id, row);
              rows.push_back(std::move(row));
            });
  return rows;
}

}  // namespace sdbtwin::singlestore
