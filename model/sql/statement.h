// The closed set of statements that anybody sends to the database.
//
// Each names its row type; which nodes run it is in statement_scope(). An empty filter string means
// "no condition". Filters are exact matches, and the server answers a filtered statement at the
// cost of its rows. All have constructors of their own (see endpoint.h).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "model/sql/rows.h"

namespace sdbtwin::sql {

// Which nodes run a statement; others answer kNotMasterAggregator or kNotAggregator. The views can
// be read on any aggregator (documented for MV_REPLICATION_STATUS, reference/singlestore.md 2.13,
// and for LEAVES and AGGREGATORS by the tools that read them); a child aggregator answers from its
// copy of the cluster database. SHOW CLUSTER STATUS asks the nodes and is kept to the master [us].
enum class StatementScope { kAnyNode, kAnyAggregator, kMasterAggregator };

// SELECT 1: any node whose process accepts connections.
struct Ping {
  static constexpr StatementScope kScope = StatementScope::kAnyNode;
  using Row = CheckRow;
  static constexpr std::string_view kName = "select-1";
  Ping() {}
};

// SELECT * FROM information_schema.LEAVES [WHERE HOST = host].
struct ShowLeaves {
  static constexpr StatementScope kScope = StatementScope::kAnyAggregator;
  using Row = LeafRow;
  static constexpr std::string_view kName = "leaves";
  ShowLeaves() {}
  explicit ShowLeaves(std::string of_host) : host(std::move(of_host)) {}
  std::string host;
};

// SHOW AGGREGATORS EXTENDED.
struct ShowAggregators {
  static constexpr StatementScope kScope = StatementScope::kAnyAggregator;
  using Row = AggregatorRow;
  static constexpr std::string_view kName = "aggregators";
  ShowAggregators() {}
};

// SELECT * FROM information_schema.MV_CLUSTER_STATUS. `database` is the user's database (`app`):
// its partitions `app_0`... and its reference database `app`; or a system database such as
// `cluster`.
struct ShowClusterStatus {
  static constexpr StatementScope kScope = StatementScope::kMasterAggregator;
  using Row = ClusterStatusRow;
  static constexpr std::string_view kName = "mv-cluster-status";
  ShowClusterStatus() {}
  explicit ShowClusterStatus(std::string of_database, std::string of_host = {})
      : database(std::move(of_database)), host(std::move(of_host)) {}
  std::string database;
  std::string host;
};

// SELECT * FROM information_schema.MV_REPLICATION_STATUS. `host` matches the secondary's host.
struct ReplicationStatus {
  static constexpr StatementScope kScope = StatementScope::kAnyAggregator;
  using Row = ReplicationStatusRow;
  static constexpr std::string_view kName = "mv-replication-status";
  ReplicationStatus() {}
  explicit ReplicationStatus(std::string of_database, std::string of_secondary_host = {})
      : database(std::move(of_database)), host(std::move(of_secondary_host)) {}
  std::string database;
  std::string host;
};

// SELECT * FROM information_schema.DISTRIBUTED_PARTITIONS.
struct DistributedPartitions {
  static constexpr StatementScope kScope = StatementScope::kAnyAggregator;
  using Row = PartitionRow;
  static constexpr std::string_view kName = "distributed-partitions";
  DistributedPartitions() {}
  explicit DistributedPartitions(std::string of_database, std::string of_host = {})
      : database(std::move(of_database)), host(std::move(of_host)) {}
  std::string database;
  std::string host;
};

// SELECT * FROM information_schema.MV_DISTRIBUTED_DATABASES_STATUS.
struct DatabasesStatus {
  static constexpr StatementScope kScope = StatementScope::kAnyAggregator;
  using Row = DatabaseStatusRow;
  static constexpr std::string_view kName = "mv-distributed-databases-status";
  DatabasesStatus() {}
  explicit DatabasesStatus(std::string of_database) : database(std::move(of_database)) {}
  std::string database;
};

// SELECT * FROM information_schema.TABLE_STATISTICS.
struct TableStatistics {
  static constexpr StatementScope kScope = StatementScope::kAnyAggregator;
  using Row = TableStatisticsRow;
  static constexpr std::string_view kName = "table-statistics";
  TableStatistics() {}
  explicit TableStatistics(std::string of_database, std::string of_host = {})
      : database(std::move(of_database)), host(std::move(of_host)) {}
  std::string database;
  std::string host;
};

// SELECT * FROM information_schema.MV_DATA_DISK_USAGE.
struct DataDiskUsage {
  static constexpr StatementScope kScope = StatementScope::kAnyAggregator;
  using Row = DiskUsageRow;
  static constexpr std::string_view kName = "mv-data-disk-usage";
  DataDiskUsage() {}
  explicit DataDiskUsage(std::string of_database, std::string of_host = {})
      : database(std::move(of_database)), host(std::move(of_host)) {}
  std::string database;
  std::string host;
};

// SHOW VARIABLES LIKE name: of the node that is asked. Known: redundancy_level, memsql_version,
// leaf_failover_fanout, default_partitions_per_leaf. An unknown name gives no row.
struct ShowVariable {
  static constexpr StatementScope kScope = StatementScope::kAnyNode;
  using Row = VariableRow;
  static constexpr std::string_view kName = "show-variables";
  explicit ShowVariable(std::string variable) : name(std::move(variable)) {}
  std::string name;
};

// INSERT INTO singlestore_health.singlestore_health_table: needs every partition's master.
struct WriteCheck {
  static constexpr StatementScope kScope = StatementScope::kAnyAggregator;
  using Row = CheckRow;
  static constexpr std::string_view kName = "write-check";
  WriteCheck() {}
};

// SELECT COUNT(*) FROM singlestore_health.singlestore_health_table.
struct ReadCheck {
  static constexpr StatementScope kScope = StatementScope::kAnyAggregator;
  using Row = CheckRow;
  static constexpr std::string_view kName = "read-check";
  ReadCheck() {}
};

using Statement = std::variant<Ping, ShowLeaves, ShowAggregators, ShowClusterStatus,
                               ReplicationStatus, DistributedPartitions, DatabasesStatus,
                               TableStatistics, DataDiskUsage, ShowVariable, WriteCheck, ReadCheck>;

std::string_view statement_name(const Statement& statement);

StatementScope statement_scope(const Statement& statement);

// True when the statement changes data, so that a lost answer leaves its outcome unknown.
bool is_write(const Statement& statement);

}  // namespace sdbtwin::sql
