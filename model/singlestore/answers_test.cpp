// The rows of every statement, and who may ask for them.
#include "model/singlestore/answers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "model/singlestore/cluster_driver.h"

namespace sdbtwin::singlestore {
namespace {

using sql::InstanceRole;
using sql::InstanceState;
using sql::NodeState;
using sql::PartitionSync;
using sql::SqlErrorKind;
using testing::IsEmpty;
using testing::SizeIs;

Settings small_paired_settings() {
  Settings settings = plain_settings();
  settings.redundancy = 2;
  settings.databases.front().rows = 400;
  settings.databases.front().reference_bytes = 10;
  return settings;
}

TEST(Answers, APingIsAnsweredByEveryNodeThatRuns) {
  ClusterDriver driver(plain_settings());
  driver.bring_up(1, 1);
  EXPECT_TRUE(driver.ask(driver.leaf(0), sql::Ping()).ok());
  EXPECT_TRUE(driver.ask(driver.aggregator(0), sql::Ping()).ok());
}

// Goal: a leaf runs no cluster statement, a child aggregator those that read views, and only the
// master aggregator asks all nodes.
TEST(Answers, StatementsAreRefusedByNodesThatCannotRunThem) {
  ClusterDriver driver(plain_settings());
  driver.bring_up(2, 1);
  EXPECT_EQ(driver.ask(driver.leaf(0), sql::ShowLeaves()).error().kind,
            SqlErrorKind::kNotAggregator);
  EXPECT_TRUE(driver.ask(driver.aggregator(1), sql::ShowLeaves()).ok());
  EXPECT_EQ(driver.ask(driver.aggregator(1), sql::ShowClusterStatus()).error().kind,
            SqlErrorKind::kNotMasterAggregator);
  EXPECT_TRUE(driver.ask(driver.aggregator(0), sql::ShowClusterStatus()).ok());
}

// Goal: a process that accepts connections is not yet an aggregator: before it was bootstrapped,
// and while it reads its disk after a restart.
TEST(Answers, AnAggregatorThatIsNotReadyRefusesClusterStatements) {
  Settings settings = plain_settings();
  settings.system_recovery_bytes = 500;  // 5 s
  ClusterDriver driver(settings);
  driver.start(driver.aggregator(0));
  driver.run_for(2s);
  EXPECT_TRUE(driver.ask(driver.aggregator(0), sql::Ping()).ok());
  EXPECT_EQ(driver.ask(driver.aggregator(0), sql::ShowLeaves()).error().kind,
            SqlErrorKind::kNotAggregator);
  driver.run_for(60s);
  driver.stop(driver.aggregator(0));
  driver.start(driver.aggregator(0));
  driver.run_for(2s);
  EXPECT_EQ(driver.ask(driver.aggregator(0), sql::ShowClusterStatus()).error().kind,
            SqlErrorKind::kNotMasterAggregator);
  driver.run_for(5s);
  EXPECT_TRUE(driver.ask(driver.aggregator(0), sql::ShowClusterStatus()).ok());
}

TEST(Answers, AggregatorsAreListedWithTheirLeader) {
  ClusterDriver driver(plain_settings());
  driver.bring_up(2, 1);
  driver.stop(driver.aggregator(1));
  driver.run_for(3s);
  const auto rows = driver.rows(sql::ShowAggregators());
  ASSERT_THAT(rows, SizeIs(2));
  EXPECT_TRUE(rows[0].master_aggregator);
  EXPECT_EQ(rows[0].role, sql::AggregatorRole::kLeader);
  EXPECT_EQ(rows[0].node_id, 1);
  EXPECT_EQ(rows[1].role, sql::AggregatorRole::kFollower);
  EXPECT_EQ(rows[1].state, NodeState::kOffline);
}

// Goal: while the master aggregator is down a child answers from its copy of the record.
TEST(Answers, AChildAggregatorShowsTheFrozenRecord) {
  ClusterDriver driver(plain_settings());
  driver.bring_up(2, 1);
  driver.stop(driver.aggregator(0));
  driver.stop(driver.leaf(0));
  driver.run_for(60s);
  const auto answer = driver.ask(driver.aggregator(1), sql::ShowLeaves());
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->rows<sql::LeafRow>().front().state, NodeState::kOnline);
}

// Goal: SHOW CLUSTER STATUS has `cluster`, the reference databases and the partitions of each node.
// Method: 1 aggregator, 2 leaves, app with 4 partitions and a health database with 2, twice each.
TEST(Answers, ClusterStatusListsEveryInstance) {
  ClusterDriver driver(small_paired_settings());
  driver.bring_up(1, 2);
  const auto rows = driver.rows(sql::ShowClusterStatus());
  EXPECT_EQ(rows.size(), 3u * 3u + 2u * 4u + 2u * 2u);
  const auto of_leaf = driver.rows(sql::ShowClusterStatus("app", driver.leaf(0).host));
  ASSERT_THAT(of_leaf, SizeIs(5));  // the reference database and 4 partitions
  EXPECT_EQ(of_leaf[0].database_name, "app");
  EXPECT_EQ(of_leaf[0].role, InstanceRole::kReference);
  EXPECT_EQ(of_leaf[0].state, InstanceState::kReplicating);
  EXPECT_EQ(of_leaf[0].master_host, driver.aggregator(0).host);
  EXPECT_EQ(of_leaf[1].database_name, "app_0");
  EXPECT_EQ(of_leaf[1].role, InstanceRole::kMaster);
  EXPECT_EQ(of_leaf[1].state, InstanceState::kOnline);
  EXPECT_EQ(of_leaf[1].position, (sql::LogPosition{0, 100}));
  EXPECT_EQ(of_leaf[2].database_name, "app_1");
  EXPECT_EQ(of_leaf[2].role, InstanceRole::kSlave);
  EXPECT_EQ(of_leaf[2].master_host, driver.leaf(1).host);
  EXPECT_THAT(of_leaf[2].details, testing::HasSubstr("x_streaming"));
}

// Goal: streams are listed per link; one that is broken is not listed at all (2.14).
TEST(Answers, ReplicationStatusListsConnectedStreamsOnly) {
  ClusterDriver driver(small_paired_settings());
  driver.bring_up(1, 2);
  const auto app = driver.rows(sql::ReplicationStatus("app"));
  ASSERT_THAT(app, SizeIs(2 + 4));  // the reference database to 2 leaves, 4 replicas
  for (const auto& row : app) {
    EXPECT_TRUE(row.is_sync);
    EXPECT_EQ(row.lsn_lag, 0);
    EXPECT_EQ(row.estimated_catchup_time_s, 0);
  }
  EXPECT_EQ(app[2].primary_uri, driver.leaf(0).host + ":3306/app_0");
  EXPECT_EQ(app[2].secondary_uri, driver.leaf(1).host + ":3306/app_0");
  driver.stop(driver.leaf(1));
  EXPECT_THAT(driver.rows(sql::ReplicationStatus("", driver.leaf(1).host)), IsEmpty());
  EXPECT_THAT(driver.rows(sql::ReplicationStatus("app")), SizeIs(1));
}

// Goal: DISTRIBUTED_PARTITIONS shows the record: SYNC replicas, then an offline leaf's.
TEST(Answers, DistributedPartitionsShowRolesAndSync) {
  ClusterDriver driver(small_paired_settings());
  driver.bring_up(1, 2);
  auto rows = driver.rows(sql::DistributedPartitions("app"));
  ASSERT_THAT(rows, SizeIs(8));
  EXPECT_EQ(rows[0].role, InstanceRole::kMaster);
  EXPECT_EQ(rows[0].state, PartitionSync::kEmpty);
  EXPECT_EQ(rows[1].role, InstanceRole::kSlave);
  EXPECT_EQ(rows[1].state, PartitionSync::kSync);
  EXPECT_TRUE(rows[1].sync_desired);
  driver.stop(driver.leaf(0));
  driver.run_for(10s);
  rows = driver.rows(sql::DistributedPartitions("app", driver.leaf(0).host));
  ASSERT_THAT(rows, SizeIs(4));
  for (const auto& row : rows) {
    EXPECT_EQ(row.role, InstanceRole::kSlave);
    EXPECT_TRUE(row.is_offline);
    EXPECT_EQ(row.state, PartitionSync::kAsync);
  }
  EXPECT_EQ(rows[0].term, 2);
}

// Goal: a database is healthy, degraded without its replicas, offline without a master.
TEST(Answers, DatabaseSummaryFollowsItsPartitions) {
  ClusterDriver driver(small_paired_settings());
  driver.bring_up(1, 2);
  const auto summary = [&driver] { return driver.rows(sql::DatabasesStatus("app")).front(); };
  EXPECT_EQ(summary().summary, sql::DatabaseSummary::kHealthy);
  EXPECT_EQ(summary().num_partitions, 4);
  EXPECT_EQ(summary().online, 4);
  EXPECT_EQ(summary().replicating, 4);
  driver.stop(driver.leaf(0));
  EXPECT_EQ(summary().summary, sql::DatabaseSummary::kOffline);
  driver.run_for(10s);
  EXPECT_EQ(summary().summary, sql::DatabaseSummary::kDegraded);
  EXPECT_TRUE(summary().replication_mode_differs);
  EXPECT_EQ(summary().offline, 4);
}

TEST(Answers, TableStatisticsCountRowsPerInstance) {
  ClusterDriver driver(small_paired_settings());
  driver.bring_up(1, 2);
  const auto rows = driver.rows(sql::TableStatistics("app"));
  ASSERT_THAT(rows, SizeIs(8));
  std::int64_t masters = 0;
  std::int64_t slaves = 0;
  for (const auto& row : rows) {
    (row.partition_type == InstanceRole::kMaster ? masters : slaves) += row.rows;
  }
  EXPECT_EQ(masters, 400);
  EXPECT_EQ(slaves, 400);
  EXPECT_EQ(rows[0].storage_type, "INMEMORY_ROWSTORE");
  EXPECT_EQ(rows[0].memory_use, rows[0].rows);
}

// Goal: disk usage has the preallocated logs of each copy (5.3) and only of the host asked for.
TEST(Answers, DiskUsageIsPerCopy) {
  ClusterDriver driver(small_paired_settings());
  driver.bring_up(1, 2);
  const auto rows = driver.rows(sql::DataDiskUsage("app", driver.leaf(1).host));
  ASSERT_THAT(rows, SizeIs(4));
  for (const auto& row : rows) EXPECT_EQ(row.logs_b, 512 * kMiB);
  const Node& leaf = driver.node(driver.leaf(1));
  EXPECT_GT(driver.cluster.state().disk_bytes(leaf, driver.cluster.settings(), driver.now),
            6 * 512 * kMiB);
}

TEST(Answers, VariablesAreThoseOfTheNodeThatIsAsked) {
  ClusterDriver driver(small_paired_settings());
  driver.bring_up(1, 2);
  driver.stop(driver.leaf(0));
  driver.start(driver.leaf(0), {}, "8.9.3");
  driver.run_for(10s);
  const auto ask = [&driver](const NodeIdentity& node, const std::string& name) {
    return driver.ask(node, sql::ShowVariable(name)).value().rows<sql::VariableRow>();
  };
  EXPECT_EQ(ask(driver.leaf(0), "memsql_version").front().value, "8.9.3");
  EXPECT_EQ(ask(driver.leaf(1), "memsql_version").front().value, "8.7.21");
  EXPECT_EQ(ask(driver.aggregator(0), "redundancy_level").front().value, "2");
  EXPECT_THAT(ask(driver.aggregator(0), "no_such_variable"), IsEmpty());
}

// Goal: health checks need the health database and all of its partitions; a child aggregator serves
// them without the master (3.9).
TEST(Answers, HealthChecksFollowTheMastersOfTheirDatabase) {
  ClusterDriver driver(plain_settings());
  driver.start(driver.aggregator(0));
  driver.run_for(10s);
  EXPECT_EQ(driver.ask(driver.aggregator(0), sql::WriteCheck()).error().kind,
            SqlErrorKind::kUnknownDatabase);
  driver.start(driver.aggregator(1));
  driver.start(driver.leaf(0));
  driver.start(driver.leaf(1));
  driver.run_for(60s);
  driver.stop(driver.aggregator(0));
  EXPECT_TRUE(driver.ask(driver.aggregator(1), sql::WriteCheck()).ok());
  EXPECT_TRUE(driver.ask(driver.aggregator(1), sql::ReadCheck()).ok());
  driver.stop(driver.leaf(1));
  EXPECT_EQ(driver.ask(driver.aggregator(1), sql::ReadCheck()).error().kind,
            SqlErrorKind::kDatabaseOffline);
}

// Goal: an unknown host or database has no rows, and is no error: views are filtered, not looked
// up.
TEST(Answers, FiltersThatMatchNothingGiveNoRows) {
  ClusterDriver driver(plain_settings());
  driver.bring_up(1, 1);
  EXPECT_THAT(driver.rows(sql::ShowLeaves("nobody")), IsEmpty());
  EXPECT_THAT(driver.rows(sql::DistributedPartitions("nothing")), IsEmpty());
  EXPECT_THAT(driver.rows(sql::TableStatistics("", "nobody")), IsEmpty());
}

}  // namespace
}  // namespace sdbtwin::singlestore
