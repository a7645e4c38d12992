#include "controller/ops_manager/gates.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

namespace sdbtwin::ops_manager {
namespace {

using sql::InstanceRole;
using sql::InstanceState;
using sql::PartitionSync;

const std::string kHost = "x-leaf-0.x-pods.demo.svc";
const std::string kPeer = "x-leaf-1.x-pods.demo.svc";

sql::PartitionRow partition(int ordinal, InstanceRole role, PartitionSync sync) {
  sql::PartitionRow row;
  row.database_name = "app";
  row.ordinal = ordinal;
  row.role = role;
  row.host = kHost;
  row.sync_desired = true;
  row.state = sync;
  return row;
}

sql::ClusterStatusRow instance(std::string name, InstanceRole role, InstanceState state) {
  sql::ClusterStatusRow row;
  row.host = kHost;
  row.database_name = std::move(name);
  row.role = role;
  row.state = state;
  return row;
}

sql::ReplicationStatusRow stream(std::string name, std::int64_t seconds_behind) {
  sql::ReplicationStatusRow row;
  row.database_name = std::move(name);
  row.estimated_catchup_time_s = seconds_behind;
  return row;
}

sql::TableStatisticsRow table(std::string host, int ordinal, std::int64_t rows,
                              std::int64_t bytes) {
  sql::TableStatisticsRow row;
  row.database_name = "app";
  row.ordinal = ordinal;
  row.host = std::move(host);
  row.rows = rows;
  row.memory_use = bytes;
  return row;
}

// A leaf of redundancy 1 that holds app_0 and app_1 and has nothing wrong with it.
NodeRows healthy_leaf() {
  NodeRows rows;
  rows.host = kHost;
  sql::LeafRow leaf;
  leaf.host = kHost;
  leaf.state = sql::NodeState::kOnline;
  rows.leaves = {leaf};
  for (int ordinal : {0, 1}) {
    rows.partitions.push_back(partition(ordinal, InstanceRole::kMaster, PartitionSync::kEmpty));
    rows.instances.push_back(
        instance(instance_name("app", ordinal), InstanceRole::kMaster, InstanceState::kOnline));
    rows.sizes.push_back(table(kHost, ordinal, 50'000, 12'800'000));
  }
  rows.instances.push_back(instance("app", InstanceRole::kReference, InstanceState::kReplicating));
  rows.streams = {stream("app", 0)};
  return rows;
}

// The same leaf of redundancy 2: master of app_0, second copy of app_1.
NodeRows healthy_pair() {
  NodeRows rows = healthy_leaf();
  rows.redundancy = 2;
  rows.partitions[1] = partition(1, InstanceRole::kSlave, PartitionSync::kSync);
  rows.instances[1] = instance("app_1", InstanceRole::kSlave, InstanceState::kReplicating);
  rows.streams.push_back(stream("app_1", 0));
  sql::DatabaseStatusRow database;
  database.database_name = "app";
  database.num_partitions = 2;
  database.summary = sql::DatabaseSummary::kHealthy;
  database.online = 2;
  database.replicating = 2;
  rows.databases = {database};
  rows.peer_sizes = {table(kPeer, 0, 50'000, 12'800'000), table(kPeer, 1, 50'000, 12'800'000)};
  return rows;
}

struct Case {
  const char* what;
  std::function<void(NodeRows&)> change;
  const char* reason;  // nullptr: the gate is open
};

void check_synced(const NodeRows& healthy, const std::vector<Case>& cases) {
  for (const Case& one : cases) {
    NodeRows rows = healthy;
    one.change(rows);
    const GateResult result = replication_synced(rows, GateLimits{});
    EXPECT_EQ(result.open(), one.reason == nullptr) << one.what << ": " << result.reason;
    if (one.reason != nullptr) {
      EXPECT_EQ(result.reason, one.reason) << one.what;
    }
  }
}

// Goal: only a node that the master aggregator lists as online is. Method: a table.
TEST(NodeOnlineGate, NeedsARowThatSaysOnline) {
  NodeRows rows = healthy_leaf();
  EXPECT_EQ(node_online(rows).outcome, GateOutcome::kPassed);
  for (auto state : {sql::NodeState::kOffline, sql::NodeState::kRecovering,
                     sql::NodeState::kAttaching, sql::NodeState::kDetached}) {
    rows.leaves[0].state = state;
    EXPECT_FALSE(node_online(rows).open()) << to_string(state);
  }
  rows.leaves.clear();
  EXPECT_EQ(node_online(rows).reason, "the node is not listed");
  rows.role = kit::Role::kAggregator;
  EXPECT_FALSE(node_online(rows).open());
}

// Goal: redundancy 1: what is missing, offline or behind holds the rollout back. Method: one thing
// wrong at a time.
TEST(SyncGate, OfRedundancyOneWaitsForEachPartitionAndStream) {
  check_synced(
      healthy_leaf(),
      {{"nothing wrong", [](NodeRows&) {}, nullptr},
       {"partition offline on record", [](NodeRows& r) { r.partitions[1].is_offline = true; },
        "app_1 is offline"},
       {"instance missing", [](NodeRows& r) { r.instances.erase(r.instances.begin()); },
        "app_0 is not there"},
       {"instance recovering",
        [](NodeRows& r) { r.instances[0].state = InstanceState::kRecovering; },
        "app_0 is recovering"},
       {"instance pending", [](NodeRows& r) { r.instances[0].state = InstanceState::kPending; },
        "app_0 is pending"},
       {"orphan", [](NodeRows& r) { r.partitions[0].role = InstanceRole::kOrphan; },
        "app_0 is an orphan"},
       {"second copy where there is no second",
        [](NodeRows& r) { r.partitions[0].role = InstanceRole::kSlave; },
        "app_0 is not its master"},
       {"reference database missing", [](NodeRows& r) { r.instances.pop_back(); },
        "reference database app is not there"},
       {"stream missing", [](NodeRows& r) { r.streams.clear(); }, "app has no replication stream"},
       {"stream at the limit", [](NodeRows& r) { r.streams = {stream("app", 20)}; }, nullptr},
       {"stream behind", [](NodeRows& r) { r.streams = {stream("app", 21)}; },
        "app is 21 s behind"}});
}

// Goal: redundancy 2: the second copies of the whole cluster must be in sync. Method: as above.
TEST(SyncGate, OfRedundancyTwoWaitsForEverySecondCopy) {
  check_synced(
      healthy_pair(),
      {{"nothing wrong", [](NodeRows&) {}, nullptr},
       {"own copy async", [](NodeRows& r) { r.partitions[1].state = PartitionSync::kAsync; },
        "app_1 is ASYNC"},
       {"own copy on its way", [](NodeRows& r) { r.partitions[1].state = PartitionSync::kReady; },
        "app_1 is READY"},
       {"own copy provisioning",
        [](NodeRows& r) { r.instances[1].state = InstanceState::kProvisioning; },
        "app_1 is provisioning"},
       {"a copy elsewhere not in sync",
        [](NodeRows& r) { r.databases[0].replication_mode_differs = true; },
        "app is healthy: 2 online, 2 replicating of 2 partitions, not all in sync"},
       {"a copy elsewhere missing", [](NodeRows& r) { r.databases[0].replicating = 1; },
        "app is healthy: 2 online, 1 replicating of 2 partitions"},
       {"degraded", [](NodeRows& r) { r.databases[0].summary = sql::DatabaseSummary::kDegraded; },
        "app is degraded: 2 online, 2 replicating of 2 partitions"}});
}

// Goal: a database that replicates asynchronously on purpose is judged by its lag, in every
// partition. Method: one async database, streams complete, late, missing.
TEST(SyncGate, JudgesAsyncDatabasesByTheirLag) {
  NodeRows rows = healthy_pair();
  for (auto& row : rows.partitions) row.sync_desired = false;
  rows.partitions[1].state = PartitionSync::kAsync;
  rows.async_streams = {stream("app", 0), stream("app_0", 3), stream("app_1", 20)};
  EXPECT_TRUE(replication_synced(rows, GateLimits{}).open());
  rows.async_streams[1] = stream("app_0", 30);
  EXPECT_EQ(replication_synced(rows, GateLimits{}).reason, "app_0 is 30 s behind");
  rows.async_streams.erase(rows.async_streams.begin() + 1);
  EXPECT_EQ(replication_synced(rows, GateLimits{}).reason, "app_0 has no replication stream");
}

// Goal: a gate that had nothing to compare says so, and lets the rollout go on. Method: a leaf
// without databases; the master aggregator, which follows nobody.
TEST(SyncGate, SaysWhenThereWasNothingToCompare) {
  NodeRows leaf;
  leaf.host = kHost;
  EXPECT_EQ(replication_synced(leaf, GateLimits{}).outcome, GateOutcome::kNotApplicable);

  NodeRows master;
  master.host = kHost;
  master.role = kit::Role::kAggregator;
  sql::AggregatorRow row;
  row.host = kHost;
  row.state = sql::NodeState::kOnline;
  row.master_aggregator = true;
  master.aggregators = {row};
  master.instances = {instance("cluster", InstanceRole::kMaster, InstanceState::kOnline)};
  EXPECT_EQ(replication_synced(master, GateLimits{}).outcome, GateOutcome::kNotApplicable);
  // That the databases are well elsewhere is no comparison of this node with anything.
  master.redundancy = 2;
  EXPECT_EQ(replication_synced(master, GateLimits{}).outcome, GateOutcome::kNotApplicable);
  master.instances[0].state = InstanceState::kRecovering;
  EXPECT_EQ(replication_synced(master, GateLimits{}).reason, "cluster is recovering");
}

// Goal: a child aggregator must follow the master's `cluster` database. Method: without and with
// it.
TEST(SyncGate, NeedsTheClusterDatabaseOnAChildAggregator) {
  NodeRows child;
  child.host = kHost;
  child.role = kit::Role::kAggregator;
  EXPECT_EQ(replication_synced(child, GateLimits{}).reason, "cluster is not there");
  child.instances = {instance("cluster", InstanceRole::kSlave, InstanceState::kReplicating)};
  EXPECT_EQ(replication_synced(child, GateLimits{}).reason, "cluster has no replication stream");
  child.streams = {stream("cluster", 1)};
  EXPECT_EQ(replication_synced(child, GateLimits{}).outcome, GateOutcome::kPassed);
}

// Goal: redundancy 1: not one row less than before. Method: a baseline against more, fewer, none.
TEST(SizeGate, OfRedundancyOneComparesWithTheBaseline) {
  const NodeRows rows = healthy_leaf();
  const auto judge = [&](std::int64_t before) {
    return database_size(rows, Baseline{.known = true, .rows = {{"app_0", before}}}, GateLimits{});
  };
  EXPECT_EQ(judge(50'000).outcome, GateOutcome::kPassed);
  EXPECT_EQ(judge(49'000).outcome, GateOutcome::kPassed);
  EXPECT_EQ(judge(50'001).reason, "app_0 has 50000 rows, 50001 before");
  const Baseline gone{.known = true, .rows = {{"app_7", 1}}};
  EXPECT_EQ(database_size(rows, gone, GateLimits{}).reason, "app_7 shows no tables");
  EXPECT_EQ(database_size(rows, Baseline{}, GateLimits{}).outcome, GateOutcome::kNotApplicable);
  const Baseline empty{.known = true, .rows = {}};
  EXPECT_EQ(database_size(rows, empty, GateLimits{}).outcome, GateOutcome::kNotApplicable);
}

struct SizeCase {
  std::int64_t peer_rows;
  std::int64_t peer_bytes;
  bool open;
};

// Goal: redundancy 2: ten per cent, and not below the floor. Method: a table around the limits for
// an own copy of 50,000 rows and 12.8 MB.
TEST(SizeGate, OfRedundancyTwoComparesTheCopies) {
  const std::vector<SizeCase> cases{{50'000, 12'800'000, true},  {45'000, 12'800'000, true},
                                    {44'999, 12'800'000, false}, {55'555, 12'800'000, true},
                                    {55'556, 12'800'000, false}, {50'000, 11'520'000, true},
                                    {50'000, 11'000'000, false}};
  for (const SizeCase& one : cases) {
    NodeRows rows = healthy_pair();
    rows.peer_sizes[0] = table(kPeer, 0, one.peer_rows, one.peer_bytes);
    EXPECT_EQ(database_size(rows, Baseline{}, GateLimits{}).open(), one.open)
        << one.peer_rows << " rows, " << one.peer_bytes << " bytes";
  }
}

// Goal: small copies may differ by the floor; a copy that is missing is never almost the same.
// Method: 10 rows against 1,010; a partition with tables in one copy only; none at all.
TEST(SizeGate, KnowsTheFloorAndTheMissingCopy) {
  NodeRows rows = healthy_pair();
  rows.sizes = {table(kHost, 0, 10, 100), table(kHost, 1, 10, 100)};
  rows.peer_sizes = {table(kPeer, 0, 1'010, 100), table(kPeer, 1, 10, 100)};
  EXPECT_TRUE(database_size(rows, Baseline{}, GateLimits{}).open());
  rows.peer_sizes[0].rows = 1'011;
  EXPECT_FALSE(database_size(rows, Baseline{}, GateLimits{}).open());
  rows.peer_sizes.erase(rows.peer_sizes.begin());
  EXPECT_EQ(database_size(rows, Baseline{}, GateLimits{}).reason,
            "app_0 shows tables in one copy only");
  rows.sizes.clear();
  rows.peer_sizes.clear();
  EXPECT_EQ(database_size(rows, Baseline{}, GateLimits{}).outcome, GateOutcome::kNotApplicable);
}

// Goal: rows of the node itself in an unfiltered list are not taken for the other copy. Method: the
// peers' list holds both copies.
TEST(SizeGate, DoesNotCompareACopyWithItself) {
  NodeRows rows = healthy_pair();
  rows.peer_sizes = rows.sizes;
  EXPECT_FALSE(database_size(rows, Baseline{}, GateLimits{}).open());
}

}  // namespace
}  // namespace sdbtwin::ops_manager
