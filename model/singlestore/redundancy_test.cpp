// One cluster at redundancy 2: failover, terms, commits that wait, catching up, rebalance.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "model/singlestore/cluster_driver.h"
#include "model/singlestore/rows.h"

namespace sdbtwin::singlestore {
namespace {

using sql::InstanceRole;
using sql::InstanceState;
using sql::NodeState;
using sql::PartitionSync;

Settings paired_settings() {
  Settings settings = plain_settings();
  settings.redundancy = 2;
  return settings;
}

std::int64_t end_of(const ClusterDriver& driver, int ordinal, int copy) {
  const Partition& partition = driver.partition("app", ordinal);
  return driver.cluster.state().position(
      partition, partition.copies[static_cast<std::size_t>(copy)], driver.now);
}

bool every_copy_in_sync(const ClusterDriver& driver) {
  for (const auto& row : driver.rows(sql::DistributedPartitions("app"))) {
    if (row.is_offline) return false;
    if (row.role == InstanceRole::kSlave && row.state != PartitionSync::kSync) return false;
  }
  return driver.served("app");
}

// Goal: pairs across two groups, and each partition has its replica on the pair of its master
// (1.6).
TEST(Redundancy, LeavesArePairedAndBackEachOtherUp) {
  ClusterDriver driver(paired_settings());
  driver.bring_up(1, 4);
  const auto leaves = driver.rows(sql::ShowLeaves());
  ASSERT_EQ(leaves.size(), 4u);
  EXPECT_EQ(leaves[0].availability_group, 1);
  EXPECT_EQ(leaves[1].availability_group, 2);
  EXPECT_EQ(leaves[0].pair_host, leaves[1].host);
  EXPECT_EQ(leaves[3].pair_host, leaves[2].host);
  EXPECT_EQ(driver.cluster.state().find_database("app")->partitions.size(), 8u);
  for (const auto& partition : driver.cluster.state().find_database("app")->partitions) {
    ASSERT_EQ(partition.copies.size(), 2u);
    EXPECT_EQ(driver.cluster.state().node(partition.copies[0].node).pair, partition.copies[1].node);
  }
  EXPECT_TRUE(every_copy_in_sync(driver));
}

// Goal: a leaf that dies is noticed after 3 s, its masters move to in-sync replicas within 1 s
// more, in a new term (3.1, section 7).
TEST(Redundancy, AReplicaInSyncIsPromotedInANewTerm) {
  ClusterDriver driver(paired_settings());
  driver.bring_up(1, 2);
  driver.stop(driver.leaf(0));
  driver.run_for(3s - 1ns);
  EXPECT_FALSE(driver.served("app"));
  EXPECT_EQ(driver.partition("app", 0).master, 0);
  driver.run_for(1ns);
  EXPECT_EQ(driver.partition("app", 0).master, 1);
  EXPECT_EQ(driver.partition("app", 0).term, 2);
  EXPECT_EQ(driver.partition("app", 0).master_copy().state, InstanceState::kTransition);
  EXPECT_FALSE(driver.served("app"));
  driver.run_for(1s);
  EXPECT_TRUE(driver.served("app"));
  EXPECT_EQ(driver.partition("app", 1).term, 1);  // its master was on the other leaf
}

// Goal: commits wait for a silent replica for at most 5 s (2.3), or until its leaf is given up.
// Method: black hole (given up after 30 s), writes of 100 bytes/s per partition.
TEST(Redundancy, CommitsWaitFiveSecondsForASilentReplica) {
  Settings settings = paired_settings();
  settings.databases.front().write_rows_per_second = 400;
  settings.rates.replication = 1000;
  ClusterDriver driver(settings);
  driver.bring_up(1, 2);
  const std::int64_t before = end_of(driver, 1, 0);
  driver.cluster.set_black_holed(driver.leaf(0).pod, true, driver.now);
  driver.run_for(5s);
  EXPECT_EQ(end_of(driver, 1, 0), before);
  EXPECT_EQ(driver.partition("app", 1).copies[1].sync, PartitionSync::kAsync);
  driver.run_for(10s);
  EXPECT_EQ(end_of(driver, 1, 0), before + 1000);
}

TEST(Redundancy, CommitsOfARefusedReplicaWaitUntilItsLeafIsGivenUp) {
  Settings settings = paired_settings();
  settings.databases.front().write_rows_per_second = 400;
  settings.rates.replication = 1000;
  ClusterDriver driver(settings);
  driver.bring_up(1, 2);
  const std::int64_t before = end_of(driver, 1, 0);
  driver.stop(driver.leaf(0));
  driver.run_for(3s);
  EXPECT_EQ(end_of(driver, 1, 0), before);
  driver.run_for(10s);
  EXPECT_EQ(end_of(driver, 1, 0), before + 1000);
}

// Goal: the golden catch-up. Method: 100 bytes/s written, 1000 bytes/s downloaded; the replica of
// partition 1 misses what is written from 3 s on. Attached at 21.14 s: 1814 bytes behind, 900
// bytes/s closing: 2.016 s, then 100 ms READY.
TEST(Redundancy, AReturnedReplicaCatchesUpThenIsReadyThenInSync) {
  Settings settings = paired_settings();
  settings.databases.front().write_rows_per_second = 400;
  settings.rates.replication = 1000;
  settings.rates.recovery = 1'000'000'000;
  ClusterDriver driver(settings);
  driver.bring_up(1, 2);
  const sim::Time t0 = driver.now;
  driver.stop(driver.leaf(0));
  driver.run_until(t0 + 19s);
  driver.start(driver.leaf(0));
  const sim::Time attached = t0 + 20s + 150ms + 990ms;
  driver.run_until(attached);
  const auto sync = [&driver] { return driver.partition("app", 1).copies[1].sync; };
  ASSERT_EQ(driver.recorded(driver.leaf(0)), NodeState::kOnline);
  EXPECT_EQ(sync(), PartitionSync::kAsync);
  const auto stream = driver.rows(sql::ReplicationStatus("app", driver.leaf(0).host)).back();
  EXPECT_FALSE(stream.is_sync);
  EXPECT_GT(stream.lsn_lag, 1700);
  EXPECT_EQ(stream.estimated_catchup_time_s, 3);
  EXPECT_FALSE(driver.node(driver.leaf(0)).history.held(0s, t0, driver.now));

  driver.run_until(attached + 2015ms);
  EXPECT_EQ(sync(), PartitionSync::kAsync);
  driver.run_until(attached + 2017ms);
  EXPECT_EQ(sync(), PartitionSync::kReady);
  EXPECT_EQ(end_of(driver, 1, 0), end_of(driver, 1, 1));
  driver.run_until(attached + 2117ms);
  EXPECT_EQ(sync(), PartitionSync::kSync);
  EXPECT_TRUE(every_copy_in_sync(driver));
  EXPECT_TRUE(driver.node(driver.leaf(0)).history.held(0s, t0 + 1s, driver.now));
  EXPECT_TRUE(driver.node(driver.leaf(1)).history.held(0s, t0 + 1s, driver.now));
}

// Goal: a replica that downloads no faster than its master writes never gets into sync, and says
// so.
TEST(Redundancy, AReplicaThatIsTooSlowStaysAsync) {
  Settings settings = paired_settings();
  settings.databases.front().write_rows_per_second = 400;
  settings.rates.replication = 100;
  settings.rates.recovery = 1'000'000'000;
  ClusterDriver driver(settings);
  driver.bring_up(1, 2);
  const sim::Time t0 = driver.now;
  driver.stop(driver.leaf(0));
  driver.run_for(10s);
  driver.start(driver.leaf(0));
  driver.run_for(std::chrono::hours(1));
  EXPECT_EQ(driver.partition("app", 1).copies[1].sync, PartitionSync::kAsync);
  EXPECT_FALSE(driver.node(driver.leaf(0)).history.held(20s, t0 + 1s, driver.now));
}

// Goal: the pair of a leaf that is not in sync yet must not be taken: nobody is left to serve. What
// was acknowledged is not lost: the stale copy is not promoted.
TEST(Redundancy, AStaleReplicaIsNotPromoted) {
  Settings settings = paired_settings();
  settings.databases.front().write_rows_per_second = 400;
  settings.rates.replication = 101;  // catching up takes long
  settings.rates.recovery = 1'000'000'000;
  ClusterDriver driver(settings);
  driver.bring_up(1, 2);
  driver.stop(driver.leaf(0));
  driver.run_for(20s);
  driver.start(driver.leaf(0));
  driver.run_for(10s);
  const std::int64_t acknowledged = end_of(driver, 1, 0);
  driver.stop(driver.leaf(1));
  driver.run_for(60s);
  EXPECT_FALSE(driver.served("app"));
  EXPECT_TRUE(driver.partition("app", 1).offline);
  EXPECT_EQ(driver.partition("app", 1).master, 0);
  driver.start(driver.leaf(1));
  driver.run_for(10s);
  EXPECT_TRUE(driver.served("app"));
  EXPECT_GE(end_of(driver, 1, 0), acknowledged);
}

// Goal: when both leaves of a pair go at once, the first one back serves: its copies were in sync
// and nothing was acknowledged since (3.5 a).
TEST(Redundancy, TheFirstLeafOfAPairThatReturnsServes) {
  ClusterDriver driver(paired_settings());
  driver.bring_up(1, 2);
  driver.stop(driver.leaf(0));
  driver.stop(driver.leaf(1));
  driver.run_for(20s);
  EXPECT_FALSE(driver.served("app"));
  driver.start(driver.leaf(1));
  driver.run_for(10s);
  EXPECT_TRUE(driver.served("app"));
  driver.start(driver.leaf(0));
  driver.run_for(10s);
  EXPECT_TRUE(every_copy_in_sync(driver));
}

// Goal: a replica on a new disk is built anew: snapshot first, then log (2.15). Method: 1000 bytes
// in each partition at 100 bytes/s: 10 s.
TEST(Redundancy, AReplicaOnANewDiskIsProvisioned) {
  Settings settings = paired_settings();
  settings.databases.front().rows = 4000;
  settings.rates.recovery = 1'000'000'000;
  ClusterDriver driver(settings);
  driver.bring_up(1, 2);
  driver.stop(driver.leaf(0));
  driver.run_for(10s);
  driver.start(driver.leaf(0), "another-disk");
  driver.run_for(1s + 150ms + 990ms);
  EXPECT_EQ(driver.partition("app", 1).copies[1].state, InstanceState::kProvisioning);
  driver.run_for(10s - 1ns);
  EXPECT_EQ(driver.partition("app", 1).copies[1].state, InstanceState::kProvisioning);
  driver.run_for(200ms);
  EXPECT_TRUE(every_copy_in_sync(driver));
  EXPECT_EQ(end_of(driver, 1, 1), 1000);
}

// Goal: a leaf that dies while it is provisioned begins again, from nothing.
TEST(Redundancy, HalfASnapshotIsOfNoUse) {
  Settings settings = paired_settings();
  settings.databases.front().rows = 4000;
  settings.rates.recovery = 1'000'000'000;
  ClusterDriver driver(settings);
  driver.bring_up(1, 2);
  driver.stop(driver.leaf(0));
  driver.run_for(10s);
  driver.start(driver.leaf(0), "another-disk");
  driver.run_for(8s);
  driver.stop(driver.leaf(0));
  EXPECT_TRUE(driver.partition("app", 1).copies[1].volume.empty());
  driver.run_for(10s);
  driver.start(driver.leaf(0), "another-disk");
  driver.run_for(2140ms);
  EXPECT_EQ(driver.partition("app", 1).copies[1].state, InstanceState::kProvisioning);
  driver.run_for(11s);
  EXPECT_TRUE(every_copy_in_sync(driver));
}

// Goal: while the master aggregator is down nobody is promoted (3.9); when it is back it happens.
TEST(Redundancy, WithoutItsMasterAggregatorNothingFailsOver) {
  ClusterDriver driver(paired_settings());
  driver.bring_up(2, 2);
  driver.stop(driver.aggregator(0));
  driver.stop(driver.leaf(0));
  driver.run_for(60s);
  EXPECT_FALSE(driver.served("app"));
  EXPECT_EQ(driver.partition("app", 0).term, 1);
  driver.start(driver.aggregator(0));
  driver.run_for(1s + 3s + 1s);
  EXPECT_TRUE(driver.served("app"));
  EXPECT_EQ(driver.partition("app", 0).term, 2);
}

// Goal: masters come back to the leaf after the delay, in a new term, without loss (3.4).
TEST(Redundancy, MastersComeBackAfterTheDelay) {
  Settings settings = paired_settings();
  settings.automatic_rebalance = true;
  settings.databases.front().rows = 400;
  ClusterDriver driver(settings);
  driver.bring_up(1, 2);
  const sim::Time t0 = driver.now;
  driver.stop(driver.leaf(0));
  driver.run_for(10s);
  driver.start(driver.leaf(0));
  driver.run_for(30s);
  ASSERT_TRUE(every_copy_in_sync(driver));
  const sim::Time attached = driver.node(driver.leaf(0)).attached_at;
  EXPECT_EQ(driver.partition("app", 0).master, 1);
  EXPECT_GT(attached, t0 + 10s);
  driver.run_until(attached + settings.timings.rebalance_delay);
  EXPECT_EQ(driver.partition("app", 0).master, 0);
  EXPECT_EQ(driver.partition("app", 0).term, 3);
  EXPECT_TRUE(every_copy_in_sync(driver));
  EXPECT_EQ(end_of(driver, 0, 0), 100);
  EXPECT_FALSE(driver.cluster.next_due().has_value());  // nothing ticks
}

// Goal: a black-holed master is replaced, and when it returns it follows: one master at any time.
TEST(Redundancy, AMasterThatWasCutOffFollowsWhenItReturns) {
  Settings settings = paired_settings();
  settings.databases.front().write_rows_per_second = 40;
  ClusterDriver driver(settings);
  driver.bring_up(1, 2);
  driver.cluster.set_black_holed(driver.leaf(0).pod, true, driver.now);
  driver.run_for(31s);
  EXPECT_TRUE(driver.served("app"));
  EXPECT_EQ(driver.partition("app", 0).master, 1);
  driver.cluster.set_black_holed(driver.leaf(0).pod, false, driver.now);
  driver.run_for(30s);
  EXPECT_TRUE(every_copy_in_sync(driver));
  EXPECT_EQ(driver.partition("app", 0).copies[0].role, InstanceRole::kSlave);
  EXPECT_EQ(driver.partition("app", 0).copies[0].history,
            driver.partition("app", 0).copies[1].history);
}

// What is counted as it changes must equal what is counted by looking at everything.
void expect_summaries_match(const ClusterDriver& driver) {
  const ClusterState& state = driver.cluster.state();
  const View view{state, driver.cluster.settings(), driver.node(driver.aggregator(0)), driver.now};
  for (const Database& database : state.databases) {
    int online = 0, pending = 0, unsynced = 0;
    for (const Partition& partition : database.partitions) {
      for (const Copy& copy : partition.copies) {
        const auto instance = state.instance_state(copy, driver.now);
        online += instance == InstanceState::kOnline;
        pending += instance == InstanceState::kPending;
        unsynced += copy.role == InstanceRole::kSlave && copy.sync != PartitionSync::kSync;
      }
    }
    const auto row = database_rows(view, database.name).front();
    EXPECT_EQ(row.online, online);
    EXPECT_EQ(row.pending, pending);
    EXPECT_EQ(row.replication_mode_differs, unsynced > 0);
  }
  bool all_online = true;
  sim::Time synced_at{};
  for (const int leaf : state.leaves) {
    const NodeTruth truth = state.judge(state.node(leaf));
    EXPECT_EQ(truth, state.node(leaf).history.current());
    all_online = all_online && truth.online;
    synced_at = std::max(synced_at, truth.synced_at);
  }
  EXPECT_EQ(state.history.current(), (NodeTruth{all_online, synced_at}));
}

// Goal: whatever happens to leaves, no partition has two masters, no position goes backwards on the
// master's side, and after the end all is in sync again. Method: 300 random stops, starts and cuts
// of leaves and of the master aggregator, then healing.
TEST(Redundancy, RandomRestartsNeverLoseWhatWasAcknowledged) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    Settings settings = paired_settings();
    settings.automatic_rebalance = true;
    settings.timings.rebalance_delay = 5s;
    settings.databases.front().write_rows_per_second = 40;
    settings.databases.front().rows = 80;
    ClusterDriver driver(settings);
    driver.bring_up(1, 4);
    sim::Rng rng(seed);
    std::vector<std::int64_t> acknowledged(8, 0);
    std::vector<NodeIdentity> nodes{driver.aggregator(0), driver.leaf(0), driver.leaf(1),
                                    driver.leaf(2), driver.leaf(3)};
    for (int step = 0; step < 300; ++step) {
      const NodeIdentity& node = nodes[rng.below(nodes.size())];
      const std::uint64_t action = rng.below(3);
      const bool up = driver.node(node).process != ProcessState::kDown;
      if (action == 0 && up) driver.stop(node);
      if (action == 1 && !up) driver.start(node);
      if (action == 2) {
        driver.cluster.set_black_holed(node.pod, !driver.node(node).black_holed, driver.now);
      }
      driver.run_for(std::chrono::milliseconds(rng.below(20'000)));
      ASSERT_NO_FATAL_FAILURE(expect_summaries_match(driver));
      for (int ordinal = 0; ordinal < 8; ++ordinal) {
        const Partition& partition = driver.partition("app", ordinal);
        int masters = 0;
        for (const Copy& copy : partition.copies) masters += copy.role == InstanceRole::kMaster;
        ASSERT_EQ(masters, 1);
        const std::int64_t end = end_of(driver, ordinal, partition.master);
        ASSERT_GE(end, acknowledged[static_cast<std::size_t>(ordinal)]);
        acknowledged[static_cast<std::size_t>(ordinal)] = end;
      }
    }
    for (const NodeIdentity& node : nodes) {
      driver.cluster.set_black_holed(node.pod, false, driver.now);
      if (driver.node(node).process == ProcessState::kDown) driver.start(node);
    }
    driver.run_for(std::chrono::minutes(30));
    EXPECT_TRUE(every_copy_in_sync(driver));
    for (const NodeIdentity& node : nodes) {
      EXPECT_TRUE(driver.node(node).history.current().online);
      EXPECT_TRUE(driver.node(node).history.held(0s, driver.now, driver.now));
    }
    EXPECT_FALSE(driver.cluster.next_due().has_value());
  }
}

}  // namespace
}  // namespace sdbtwin::singlestore
