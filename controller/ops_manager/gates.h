// The gates between two pods, as pure functions over the rows of one poll (design.md section 7).
//
// What is missing is not healthy: a node without a row, a partition without an instance, a stream
// without a row make the gate wait. A gate that had nothing to compare says kNotApplicable, which
// lets the rollout go on and is visible as such. Nothing here reads anything; observe.h does.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "controller/kit/kubedb.h"
#include "controller/ops_manager/baseline.h"
#include "model/sql/rows.h"
#include "sim/core/time.h"

namespace sdbtwin::ops_manager {

struct GateLimits {
  // Catch-up time that still counts as synced. 20 s: the example of the only KubeDB database with
  // such a field (oplogMaxLagSeconds; singlestore.md 5.6).
  sim::Duration max_lag = std::chrono::seconds(20);
  // By how much rows and bytes of two copies may differ: objectsCountDiffPercentage's example, 5.6.
  std::int64_t tolerance_percent = 10;
  // Differences below these never count: two copies are not read at one instant [us].
  std::int64_t rows_floor = 1'000;
  std::int64_t bytes_floor = 1'048'576;
};

enum class Gate : std::uint8_t { kNodeOnline, kReplicationSynced, kDatabaseSize };
std::string_view to_string(Gate gate);

enum class GateOutcome : std::uint8_t { kPassed, kWaiting, kNotApplicable };
std::string_view to_string(GateOutcome outcome);

struct GateResult {
  GateOutcome outcome = GateOutcome::kWaiting;
  std::string reason;  // why it waits, or what was compared

  // The rollout may go on.
  bool open() const { return outcome != GateOutcome::kWaiting; }

  static GateResult passed(std::string reason);
  static GateResult waiting(std::string reason);
  static GateResult not_applicable(std::string reason);
};

// What one poll read about one node. A gate looks only at the lists that are named at it.
struct NodeRows {
  std::string host;
  kit::Role role = kit::Role::kLeaf;
  int redundancy = 1;

  std::vector<sql::LeafRow> leaves;                      // of this host
  std::vector<sql::AggregatorRow> aggregators;           // all
  std::vector<sql::PartitionRow> partitions;             // on record for this host
  std::vector<sql::ClusterStatusRow> instances;          // on this host
  std::vector<sql::ReplicationStatusRow> streams;        // to this host
  std::vector<sql::DatabaseStatusRow> databases;         // redundancy 2: all
  std::vector<sql::ReplicationStatusRow> async_streams;  // of databases that replicate async: all
  std::vector<sql::TableStatisticsRow> sizes;            // of this host
  std::vector<sql::TableStatisticsRow> peer_sizes;       // redundancy 2: of the other copies' hosts
};

// Is the aggregator the master, by its row? False when there is no row.
bool is_master_aggregator(const NodeRows& rows);

// The master aggregator has the node online. Reads leaves or aggregators.
GateResult node_online(const NodeRows& rows);

// Redundancy 1: every partition of the node is its master, online; `cluster` and reference
// databases follow the master aggregator within max_lag. Redundancy 2: the same for the node's own
// copies, and every database has each partition's second copy in sync. Reads everything but sizes.
GateResult replication_synced(const NodeRows& rows, const GateLimits& limits);

// Redundancy 1: no partition has fewer rows than in the baseline. Redundancy 2: rows and bytes of
// the node's copies and of their second copies are almost the same. Reads partitions and sizes.
GateResult database_size(const NodeRows& rows, const Baseline& baseline, const GateLimits& limits);

}  // namespace sdbtwin::ops_manager
