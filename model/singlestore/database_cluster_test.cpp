// One cluster at redundancy 1: bootstrap, restarts, the master aggregator's part, data on disks.
#include "model/singlestore/database_cluster.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/singlestore/cluster_driver.h"

namespace sdbtwin::singlestore {
namespace {

using sql::InstanceState;
using sql::NodeState;
using testing::Contains;
using testing::Field;

// Goal: a first boot ends in a complete cluster: the aggregator with id 1, leaves in group 1
// without pairs (0.1), databases made once. Method: bring up 2 aggregators and 3 leaves.
TEST(DatabaseCluster, BootstrapsJoinsAndCreatesItsDatabases) {
  ClusterDriver driver(plain_settings());
  driver.bring_up(2, 3);
  EXPECT_TRUE(driver.cluster.state().master_active);
  EXPECT_EQ(driver.node(driver.aggregator(0)).node_id, 1);
  const auto leaves = driver.rows(sql::ShowLeaves());
  ASSERT_EQ(leaves.size(), 3u);
  for (const auto& leaf : leaves) {
    EXPECT_EQ(leaf.state, NodeState::kOnline);
    EXPECT_EQ(leaf.availability_group, 1);
    EXPECT_EQ(leaf.pair_host, "");
  }
  EXPECT_EQ(driver.partition("app", 5).copies.size(), 1u);
  EXPECT_TRUE(driver.served("app"));
  EXPECT_TRUE(driver.served(kHealthDatabase));
  EXPECT_EQ(driver.log.all<ClusterBootstrapped>().size(), 1u);
  EXPECT_EQ(driver.log.all<DatabaseCreated>().size(), 2u);
}

// Goal: without its coordinator nobody joins (6.11). Method: a leaf whose sidecar does not run.
TEST(DatabaseCluster, ANodeWithoutItsCoordinatorDoesNotJoin) {
  ClusterDriver driver(plain_settings());
  driver.start(driver.aggregator(0));
  driver.start(driver.leaf(0));
  driver.cluster.set_coordinator(driver.leaf(0), false, driver.now);
  driver.run_for(60s);
  EXPECT_FALSE(driver.node(driver.leaf(0)).member);
  driver.cluster.set_coordinator(driver.leaf(0), true, driver.now);
  driver.run_for(1s);
  EXPECT_TRUE(driver.node(driver.leaf(0)).member);
}

// Goal: told how many nodes to expect, the databases are not made on fewer.
TEST(DatabaseCluster, WaitsForTheExpectedLeaves) {
  Settings settings = plain_settings();
  settings.expected_leaves = 2;
  ClusterDriver driver(settings);
  driver.bring_up(1, 1);
  EXPECT_FALSE(driver.cluster.state().databases_created);
  driver.start(driver.leaf(1));
  driver.run_for(1s + settings.timings.join + settings.timings.create_databases);
  EXPECT_TRUE(driver.cluster.state().databases_created);
  EXPECT_EQ(driver.cluster.state().find_database("app")->partitions.size(), 4u);
}

// Goal: rows and write rates add up exactly over partitions. Method: numbers that do not divide.
TEST(DatabaseCluster, RowsAndRatesOfPartitionsAddUpToTheDatabase) {
  Settings settings = plain_settings();
  settings.databases.front().rows = 1001;
  settings.databases.front().write_rows_per_second = 7;
  ClusterDriver driver(settings);
  driver.bring_up(1, 3);
  const auto total = [&driver] {
    std::int64_t sum = 0;
    for (const auto& row : driver.rows(sql::TableStatistics("app"))) sum += row.rows;
    return sum;
  };
  const std::int64_t before = total();
  driver.run_for(100s);
  EXPECT_EQ(total() - before, 700);
  EXPECT_GE(before, 1001);
}

// Goal: the golden timeline of a leaf restart at redundancy 1 (section 7). Method: 600 bytes in
// each of two partitions, 100 bytes/s: 12 s of recovery.
//   0 s stop; 3 s noticed; 10 s started again; 11 s connectable; +150 ms recovering; 23 s
//   recovered, attaching; +0.99 s online.
TEST(DatabaseCluster, ARestartedLeafRecoversThenAttachesThenServes) {
  Settings settings = plain_settings();
  settings.databases.front().rows = 2400;  // 4 partitions of 600
  ClusterDriver driver(settings);
  driver.bring_up(1, 2);
  const NodeIdentity leaf = ClusterDriver::leaf(1);
  const sim::Time t0 = driver.now;
  driver.stop(leaf);
  EXPECT_FALSE(driver.served("app"));
  driver.run_until(t0 + 3s - 1ns);
  EXPECT_EQ(driver.recorded(leaf), NodeState::kOnline);
  driver.run_until(t0 + 3s);
  EXPECT_EQ(driver.recorded(leaf), NodeState::kOffline);

  driver.run_until(t0 + 10s);
  driver.start(leaf);
  driver.run_until(t0 + 11s + 150ms - 1ns);
  EXPECT_EQ(driver.recorded(leaf), NodeState::kOffline);
  driver.run_until(t0 + 11s + 150ms);
  EXPECT_EQ(driver.recorded(leaf), NodeState::kRecovering);
  driver.run_until(t0 + 23s - 1ns);
  EXPECT_EQ(driver.recorded(leaf), NodeState::kRecovering);
  driver.run_until(t0 + 23s);
  EXPECT_EQ(driver.recorded(leaf), NodeState::kAttaching);
  EXPECT_EQ(driver.partition("app", 1).master_copy().state, InstanceState::kPending);
  EXPECT_FALSE(driver.served("app"));
  driver.run_until(t0 + 23s + 990ms);
  EXPECT_EQ(driver.recorded(leaf), NodeState::kOnline);
  EXPECT_TRUE(driver.served("app"));
  EXPECT_EQ(driver.partition("app", 1).term, 1);
}

// Goal: partitions share the disk evenly: the smaller is done first, both together take the sum.
// Method: two databases with one partition each on the leaf, of 100 and 300 bytes.
TEST(DatabaseCluster, RecoveryTimesOfPartitionsFollowFromTheirSizes) {
  Settings settings = plain_settings();
  settings.databases.front().partitions_per_leaf = 1;
  settings.databases.front().rows = 100;
  settings.databases.push_back(settings.databases.front());
  settings.databases.back().name = "big";
  settings.databases.back().rows = 300;
  ClusterDriver driver(settings);
  driver.bring_up(1, 1);
  driver.stop(driver.leaf(0));
  driver.run_for(10s);
  driver.start(driver.leaf(0));
  driver.run_for(1s);
  const sim::Time read_from = driver.now;
  // 100 bytes of each of the two, then 200 more of the big one; the health partition is empty.
  EXPECT_EQ(driver.partition("app", 0).master_copy().recovered_at, read_from + 2s);
  EXPECT_EQ(driver.partition("big", 0).master_copy().recovered_at, read_from + 4s);
  driver.run_for(3s);
  const auto states = driver.rows(sql::ShowClusterStatus("app", driver.leaf(0).host));
  EXPECT_THAT(states, Contains(Field(&sql::ClusterStatusRow::state, InstanceState::kPending)));
}

// Goal: reads that come between the death and its notice see an online leaf that has no rows.
TEST(DatabaseCluster, MissingRowsTellBeforeTheLeafIsMarkedOffline) {
  ClusterDriver driver(plain_settings());
  driver.bring_up(1, 2);
  driver.stop(driver.leaf(0));
  driver.run_for(1s);
  const std::string host = ClusterDriver::leaf(0).host;
  EXPECT_EQ(driver.rows(sql::ShowLeaves(host)).front().state, NodeState::kOnline);
  EXPECT_TRUE(driver.rows(sql::ShowClusterStatus("", host)).empty());
  EXPECT_TRUE(driver.rows(sql::TableStatistics("", host)).empty());
  EXPECT_TRUE(driver.rows(sql::ReplicationStatus("", host)).empty());
}

// Goal: while the master aggregator is down nothing is noticed and nothing attaches (3.9).
TEST(DatabaseCluster, WithoutItsMasterAggregatorALeafStaysPending) {
  ClusterDriver driver(plain_settings());
  driver.bring_up(2, 2);
  driver.stop(driver.aggregator(0));
  driver.run_for(1s);
  driver.stop(driver.leaf(0));
  driver.run_for(10s);
  EXPECT_EQ(driver.recorded(driver.leaf(0)), NodeState::kOnline);  // nobody looked
  driver.start(driver.leaf(0));
  driver.run_for(60s);
  EXPECT_EQ(driver.partition("app", 0).master_copy().state, InstanceState::kPending);
  EXPECT_FALSE(driver.served("app"));
  driver.start(driver.aggregator(0));
  driver.run_for(1s + 150ms + 990ms);
  EXPECT_EQ(driver.recorded(driver.leaf(0)), NodeState::kOnline);
  EXPECT_TRUE(driver.served("app"));
}

// Goal: a master aggregator that dies in the middle of an attach leaves the leaf where it is; the
// next one finishes it.
TEST(DatabaseCluster, AnAttachThatIsCutOffIsDoneAgain) {
  ClusterDriver driver(plain_settings());
  driver.bring_up(1, 2);
  driver.stop(driver.leaf(0));
  driver.run_for(10s);
  driver.start(driver.leaf(0));
  driver.run_for(1s + 150ms + 100ms);
  ASSERT_EQ(driver.recorded(driver.leaf(0)), NodeState::kAttaching);
  driver.stop(driver.aggregator(0));
  driver.run_for(60s);
  EXPECT_FALSE(driver.served("app"));
  driver.start(driver.aggregator(0));
  driver.run_for(1s + 990ms);
  EXPECT_TRUE(driver.served("app"));
}

// Goal: a restart that is too quick to be given up is still noticed: the new process is not
// attached.
TEST(DatabaseCluster, AQuickRestartIsNoticedByTheNextHeartbeat) {
  ClusterDriver driver(plain_settings());
  driver.bring_up(1, 2);
  driver.stop(driver.leaf(0));
  driver.start(driver.leaf(0));
  driver.run_for(1s + 149ms);
  EXPECT_EQ(driver.recorded(driver.leaf(0)), NodeState::kOnline);
  EXPECT_FALSE(driver.served("app"));
  driver.run_for(1ms);
  EXPECT_EQ(driver.recorded(driver.leaf(0)), NodeState::kAttaching);
  driver.run_for(990ms);
  EXPECT_TRUE(driver.served("app"));
}

// Goal: with one aggregator its restart stops writes, and they go on where they were.
TEST(DatabaseCluster, WritesNeedAnAggregator) {
  Settings settings = plain_settings();
  settings.databases.front().write_rows_per_second = 400;
  ClusterDriver driver(settings);
  driver.bring_up(1, 2);
  const auto position = [&driver] {
    return driver.partition("app", 0).master_copy().position.at(driver.now);
  };
  driver.stop(driver.aggregator(0));
  const std::int64_t before = position();
  driver.run_for(40s);
  EXPECT_EQ(position(), before);
  driver.start(driver.aggregator(0));
  driver.run_for(11s);  // 1 s until it is connectable
  EXPECT_EQ(position(), before + 1000);
}

// Goal: data survive with their disk: rows before and after the restart are the same.
TEST(DatabaseCluster, DataSurviveARestartOnTheSameDisk) {
  Settings settings = plain_settings();
  settings.databases.front().rows = 1000;
  ClusterDriver driver(settings);
  driver.bring_up(1, 2);
  const std::string host = ClusterDriver::leaf(0).host;
  const auto before = driver.rows(sql::TableStatistics("app", host));
  driver.stop(driver.leaf(0));
  driver.run_for(10s);
  driver.start(driver.leaf(0), {}, "8.9.3");
  driver.run_for(60s);
  const auto after = driver.rows(sql::TableStatistics("app", host));
  ASSERT_EQ(before.size(), 2u);
  ASSERT_EQ(after.size(), 2u);
  EXPECT_EQ(after[0].rows, before[0].rows);
  EXPECT_EQ(driver.node(driver.leaf(0)).version, "8.9.3");
  EXPECT_EQ(driver.node(driver.leaf(0)).plan_cache_versions.size(), 2u);
}

// Goal: a new disk is empty: the leaf comes back online without its partitions, until the old disk
// is back (3.6).
TEST(DatabaseCluster, ANewDiskLosesThePartitionsAndTheOldOneBringsThemBack) {
  ClusterDriver driver(plain_settings());
  driver.bring_up(1, 2);
  driver.stop(driver.leaf(0));
  driver.run_for(10s);
  driver.start(driver.leaf(0), "another-disk");
  driver.run_for(60s);
  EXPECT_EQ(driver.recorded(driver.leaf(0)), NodeState::kOnline);
  EXPECT_FALSE(driver.served("app"));
  EXPECT_EQ(driver.partition("app", 0).master_copy().state, InstanceState::kUnrecoverable);
  EXPECT_FALSE(driver.node(driver.leaf(0)).history.current().online);
  driver.stop(driver.leaf(0));
  driver.run_for(10s);
  driver.start(driver.leaf(0));
  driver.run_for(60s);
  EXPECT_TRUE(driver.served("app"));
}

// Goal: a master aggregator on a new disk knows nothing: a new empty cluster, and leaves that
// belong to the old one stay out.
TEST(DatabaseCluster, AMasterAggregatorOnANewDiskBeginsAnEmptyCluster) {
  ClusterDriver driver(plain_settings());
  driver.bring_up(1, 2);
  driver.stop(driver.aggregator(0));
  driver.run_for(10s);
  driver.start(driver.aggregator(0), "another-disk");
  driver.run_for(120s);
  EXPECT_EQ(driver.cluster.state().cluster_incarnation, 2);
  EXPECT_TRUE(driver.rows(sql::ShowLeaves()).empty());
  EXPECT_TRUE(driver.cluster.state().databases.empty());
  EXPECT_EQ(driver.ask(driver.aggregator(0), sql::ReadCheck()).error().kind,
            sql::SqlErrorKind::kUnknownDatabase);
}

// Goal: silence takes 30 s, not 3 (3.1). Method: drop packets; the process goes on.
TEST(DatabaseCluster, ABlackHoledLeafIsGivenUpAfterThirtySeconds) {
  ClusterDriver driver(plain_settings());
  driver.bring_up(1, 2);
  const NodeIdentity leaf = ClusterDriver::leaf(0);
  driver.cluster.set_black_holed(leaf.pod, true, driver.now);
  driver.run_for(30s - 1ns);
  EXPECT_EQ(driver.recorded(leaf), NodeState::kOnline);
  driver.run_for(1ns);
  EXPECT_EQ(driver.recorded(leaf), NodeState::kOffline);
  driver.cluster.set_black_holed(leaf.pod, false, driver.now);
  driver.run_for(150ms + 990ms);
  EXPECT_EQ(driver.recorded(leaf), NodeState::kOnline);
  EXPECT_TRUE(driver.served("app"));
}

TEST(DatabaseCluster, AShortSilenceChangesNothing) {
  ClusterDriver driver(plain_settings());
  driver.bring_up(1, 2);
  const NodeIdentity leaf = ClusterDriver::leaf(0);
  driver.cluster.set_black_holed(leaf.pod, true, driver.now);
  driver.run_for(29s);
  driver.cluster.set_black_holed(leaf.pod, false, driver.now);
  EXPECT_TRUE(driver.served("app"));
  driver.run_for(60s);
  EXPECT_EQ(driver.recorded(leaf), NodeState::kOnline);
  EXPECT_FALSE(driver.cluster.next_due().has_value());  // nothing ticks
}

// Goal: the truth history tells when a leaf was online and in sync. Method: a restart in between.
TEST(DatabaseCluster, TruthHistoryKnowsWhenTheLeafWasOnlineAndInSync) {
  ClusterDriver driver(plain_settings());
  driver.bring_up(1, 2);
  const sim::Time t0 = driver.now;
  driver.stop(driver.leaf(0));
  driver.run_for(10s);
  driver.start(driver.leaf(0));
  driver.run_for(60s);
  const TruthHistory& history = driver.node(driver.leaf(0)).history;
  const sim::Time online = t0 + 11s + 150ms + 990ms;
  EXPECT_TRUE(history.held(0s, t0 - 1s, t0 - 1s));
  EXPECT_FALSE(history.held(20s, t0, online - 1ns));
  EXPECT_TRUE(history.was_online(t0, online));
  EXPECT_FALSE(history.held(0s, t0, online + 99ms));  // the metadata streams take 100 ms
  EXPECT_TRUE(history.held(0s, t0, online + 100ms));
}

// Goal: cost follows what changes. Method: events of one leaf's restart do not grow with the number
// of leaves.
TEST(DatabaseCluster, ARestartCostsTheSameInALargeCluster) {
  const auto events_of_restart = [](int leaves) {
    ClusterDriver driver(plain_settings());
    driver.bring_up(1, leaves);
    const std::size_t before = driver.log.events.size();
    driver.stop(driver.leaf(1));
    driver.run_for(10s);
    driver.start(driver.leaf(1));
    driver.run_for(60s);
    return driver.log.events.size() - before;
  };
  EXPECT_EQ(events_of_restart(2), events_of_restart(300));
}

}  // namespace
}  // namespace sdbtwin::singlestore
