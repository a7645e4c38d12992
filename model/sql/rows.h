// One struct per real statement's row; members are its columns, sizes in bytes unless the column's
// own name says otherwise.
//
// A row that is not there says nothing: a node that does not answer has no rows, a stream that is
// broken has no row. Missing is not healthy, and the reader must know how many rows to expect.
#pragma once

#include <cstdint>
#include <string>

#include "model/sql/names.h"

namespace sdbtwin::sql {

// information_schema.LEAVES. reference/singlestore.md 2.12.
struct LeafRow {
  std::string host;
  std::uint16_t port = 0;
  int availability_group = 1;
  std::string pair_host;  // empty = null: no pair
  std::uint16_t pair_port = 0;
  NodeState state = NodeState::kUnknown;
  std::int64_t opened_connections = 0;
  std::int64_t average_roundtrip_latency_us = 0;
  std::int64_t node_id = 0;
};

// SHOW AGGREGATORS. 2.12.
struct AggregatorRow {
  std::string host;
  std::uint16_t port = 0;
  NodeState state = NodeState::kUnknown;
  std::int64_t opened_connections = 0;
  std::int64_t average_roundtrip_latency_us = 0;
  bool master_aggregator = false;
  AggregatorRole role = AggregatorRole::kFollower;
  std::int64_t node_id = 0;
};

// information_schema.MV_CLUSTER_STATUS: one row per database instance on a node that answers. 2.7.
// database_name is `cluster`, `app` (the reference database of app) or `app_3` (its partition 3).
struct ClusterStatusRow {
  std::int64_t node_id = 0;
  std::string host;
  std::uint16_t port = 0;
  std::string database_name;
  InstanceRole role = InstanceRole::kOrphan;
  InstanceState state = InstanceState::kOffline;
  LogPosition position;
  std::string master_host;  // empty = null: it is the master itself, or has none
  std::uint16_t master_port = 0;
  std::string details;
};

// information_schema.MV_REPLICATION_STATUS: one row per stream that is connected. 2.13, 2.14.
struct ReplicationStatusRow {
  bool is_dr = false;
  bool is_sync = false;
  std::string database_name;  // as in ClusterStatusRow
  std::string primary_uri;    // <host>:<port>/<database>
  std::string secondary_uri;
  InstanceState primary_state = InstanceState::kOffline;
  InstanceState secondary_state = InstanceState::kOffline;
  std::int64_t lsn_lag = 0;
  std::int64_t volume_lag_mb = 0;  // rounded up: 0 means no lag
  std::int64_t replication_throughput_mbps = 0;
  std::int64_t estimated_catchup_time_s = 0;  // rounded up
};

// information_schema.DISTRIBUTED_PARTITIONS: what the master aggregator has on record. 2.9.
struct PartitionRow {
  std::string database_name;
  int ordinal = 0;
  InstanceRole role = InstanceRole::kSlave;
  std::int64_t node_id = 0;
  std::string host;
  std::uint16_t port = 0;
  bool is_offline = false;
  bool sync_desired = false;
  PartitionSync state = PartitionSync::kEmpty;
  std::int64_t term = 0;
};

// information_schema.MV_DISTRIBUTED_DATABASES_STATUS. 2.10. The counts are of partition instances.
struct DatabaseStatusRow {
  std::string database_name;
  int num_partitions = 0;
  DatabaseSummary summary = DatabaseSummary::kOffline;
  int online = 0;
  int replicating = 0;
  int recovering = 0;
  int pending = 0;
  int transition = 0;
  int unrecoverable = 0;
  int offline = 0;
  bool replication_mode_differs = false;  // some instance replicates in another mode than wanted
};

// information_schema.TABLE_STATISTICS: per table and partition instance that can be read. 5.1.
// ordinal is -1 for a reference table.
struct TableStatisticsRow {
  std::string database_name;
  std::string table_name;
  int ordinal = 0;
  std::string host;
  std::uint16_t port = 0;
  NodeType node_type = NodeType::kLeaf;
  InstanceRole partition_type = InstanceRole::kMaster;
  std::int64_t rows = 0;
  std::int64_t memory_use = 0;
  std::string storage_type;  // INMEMORY_ROWSTORE | COLUMNSTORE
};

// information_schema.MV_DATA_DISK_USAGE. 5.2. ordinal is -1 for a database without partitions.
struct DiskUsageRow {
  std::int64_t node_id = 0;
  std::string database_name;
  int ordinal = 0;
  std::int64_t blobs_b = 0;
  std::int64_t temp_blobs_b = 0;
  std::int64_t logs_b = 0;
  std::int64_t snapshots_b = 0;
  std::int64_t other_b = 0;
};

// SHOW VARIABLES LIKE.
struct VariableRow {
  std::string name;
  std::string value;
};

// SELECT 1, and the result of a write or read check.
struct CheckRow {
  std::int64_t value = 0;
};

}  // namespace sdbtwin::sql
