// Cut links: who is master then, who believes it, and who may be told that a write is done.
//
// 100 bytes a second are written to each partition; app_0 has its master on leaf-0.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/singlestore/cluster_driver.h"

namespace sdbtwin::singlestore {
namespace {

using sql::InstanceRole;
using sql::NodeState;
using sql::PartitionSync;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

// Two aggregators; the master aggregator reaches neither leaf-0 nor the other aggregator.
void cut_master_aggregator_off(ClusterDriver& driver) {
  driver.cut(driver.aggregator(0), driver.leaf(0));
  driver.cut(driver.aggregator(0), driver.aggregator(1));
}

int takers(const ClusterDriver& driver, int ordinal) {
  int count = 0;
  for (const int open : driver.clients("app", ordinal).open) count += open >= 0 ? 1 : 0;
  return count;
}

// Goal: with asynchronous replication the master that was replaced without its knowledge goes on
// for the clients of an aggregator that does not know either: two masters take writes. When the
// links are back, what it took is lost and its copy is built anew.
TEST(Links, TwoMastersTakeWritesWithAsynchronousReplication) {
  ClusterDriver driver(written_pair(/*sync=*/false));
  driver.bring_up(2, 2);
  const std::int64_t before = driver.end_of("app", 0, 0);
  cut_master_aggregator_off(driver);
  driver.run_for(30s);
  EXPECT_EQ(takers(driver, 0), 1);
  driver.run_for(1s);
  EXPECT_EQ(takers(driver, 0), 2);
  const auto told = driver.log.all<WritableMasters>();
  ASSERT_THAT(told, SizeIs(2));
  EXPECT_EQ(told[0].partition, "app_0");
  EXPECT_EQ(told[0].masters, 2);
  EXPECT_EQ(told[0].pods, "demo-leaf-0,demo-leaf-1");
  // Half of the clients each. Until the promotion the other aggregator carried all of them.
  driver.run_for(10s);
  EXPECT_EQ(driver.partition("app", 0).copies[0].position.at(driver.now), before + 3100 + 500);
  EXPECT_EQ(driver.partition("app", 0).copies[1].position.at(driver.now), before + 3000 + 500);
  EXPECT_THAT(driver.cluster.lost("app", 0, driver.now), SizeIs(1));

  // The other aggregator is heard after 150 ms, and knows better.
  driver.cut(driver.aggregator(0), driver.aggregator(1), false);
  driver.run_for(150ms);
  EXPECT_EQ(takers(driver, 0), 1);
  driver.cut(driver.aggregator(0), driver.leaf(0), false);
  driver.run_for(60s);
  EXPECT_EQ(driver.log.all<WritableMasters>().back().masters, 1);
  EXPECT_EQ(driver.end_of("app", 0, 0), driver.end_of("app", 0, 1));
  std::int64_t lost = 0;
  for (const auto& event : driver.log.all<AcknowledgedWritesLost>()) {
    if (event.partition == "app_0") lost += event.rows;
  }
  EXPECT_EQ(lost, 600 + 7);
}

// Goal: with synchronous replication the old master's commits wait for a replica that follows it no
// more: nobody is told that they are done, and nothing is lost.
TEST(Links, OneMasterTakesWritesWithSynchronousReplication) {
  ClusterDriver driver(written_pair());
  driver.bring_up(2, 2);
  const std::int64_t before = driver.end_of("app", 0, 0);
  cut_master_aggregator_off(driver);
  driver.run_for(60s);
  EXPECT_EQ(driver.partition("app", 0).master, 1);
  EXPECT_TRUE(driver.partition("app", 0).copies[0].serving);
  EXPECT_EQ(takers(driver, 0), 1);
  EXPECT_EQ(driver.partition("app", 0).copies[0].position.at(driver.now), before + 3000);
  EXPECT_THAT(driver.log.all<WritableMasters>(), IsEmpty());
  driver.cut(driver.aggregator(0), driver.leaf(0), false);
  driver.cut(driver.aggregator(0), driver.aggregator(1), false);
  driver.run_for(60s);
  EXPECT_THAT(driver.cluster.lost("app", 0, driver.now), IsEmpty());
  EXPECT_EQ(driver.partition("app", 0).copies[0].sync, PartitionSync::kSync);
}

// Goal: an aggregator that knows the new master leaves the old one alone, in any mode.
TEST(Links, AnInformedAggregatorUsesTheNewMaster) {
  ClusterDriver driver(written_pair(/*sync=*/false));
  driver.bring_up(2, 2);
  driver.cut(driver.aggregator(0), driver.leaf(0));
  driver.run_for(60s);
  EXPECT_EQ(takers(driver, 0), 1);
  EXPECT_EQ(driver.clients("app", 0).acknowledged.back().term, 2);
  // Through the other aggregator it could be used until it was given up.
  ASSERT_THAT(driver.clients("app", 0).write_outages, SizeIs(1));
  EXPECT_EQ(driver.clients("app", 0).write_outages[0].cause, OutageCause::kPromotion);
}

// Goal: an aggregator without its metadata stream answers from the record as it was, and routes by
// it.
TEST(Links, AStaleAggregatorShowsTheOldRecord) {
  ClusterDriver driver(written_pair());
  driver.bring_up(2, 2);
  StreamPattern streams;
  streams.metadata = true;
  streams.aggregator = 1;
  const std::uint64_t id = driver.disturb(streams, StreamEffect::kBroken);
  ASSERT_NE(id, 0u);
  driver.stop(driver.leaf(0));
  driver.run_for(10s);
  const auto leaves = [&driver](int aggregator) {
    return driver.ask(driver.aggregator(aggregator), sql::ShowLeaves(driver.leaf(0).host))
        .value()
        .rows<sql::LeafRow>()
        .front();
  };
  const auto partition = [&driver](int aggregator) {
    return driver
        .ask(driver.aggregator(aggregator), sql::DistributedPartitions("app", driver.leaf(0).host))
        .value()
        .rows<sql::PartitionRow>()
        .front();
  };
  EXPECT_EQ(leaves(0).state, NodeState::kOffline);
  EXPECT_EQ(leaves(1).state, NodeState::kOnline);
  EXPECT_EQ(partition(0).role, InstanceRole::kSlave);
  EXPECT_EQ(partition(0).term, 2);
  EXPECT_EQ(partition(1).role, InstanceRole::kMaster);
  EXPECT_EQ(partition(1).term, 1);
  EXPECT_TRUE(driver.ask(driver.aggregator(0), sql::ReadCheck()).ok());
  EXPECT_EQ(driver.ask(driver.aggregator(1), sql::ReadCheck()).error().kind,
            sql::SqlErrorKind::kDatabaseOffline);
  driver.heal(id);
  EXPECT_EQ(leaves(1).state, NodeState::kOffline);
  EXPECT_TRUE(driver.ask(driver.aggregator(1), sql::ReadCheck()).ok());
}

// Goal: the link between a pair is cut: commits wait 5 s, go on without the replica, and it is in
// sync again when the link is back. Nobody fails over.
TEST(Links, ACutBetweenAPairIsWaitedForAndSurvived) {
  ClusterDriver driver(written_pair());
  driver.bring_up(1, 2);
  const sim::Time t0 = driver.now;
  driver.cut(driver.leaf(0), driver.leaf(1));
  driver.run_for(60s);
  EXPECT_EQ(driver.partition("app", 0).term, 1);
  EXPECT_EQ(driver.partition("app", 0).copies[1].sync, PartitionSync::kAsync);
  EXPECT_THAT(driver.clients("app", 0).write_outages,
              ElementsAre(Outage{t0, t0 + 5s, OutageCause::kReplicaSilent}));
  driver.cut(driver.leaf(0), driver.leaf(1), false);
  const sim::Time synced_at = driver.now + time_for(5500, 900) + 100ms;
  EXPECT_EQ(driver.partition("app", 0).copies[1].synced_at, synced_at);
  driver.run_until(synced_at);
  EXPECT_EQ(driver.partition("app", 0).copies[1].sync, PartitionSync::kSync);
}

// Goal: a leaf that returns while the link to its pair is cut waits for it, and says that it is not
// in sync.
TEST(Links, AReturnedReplicaWaitsForItsLink) {
  ClusterDriver driver(written_pair());
  driver.bring_up(1, 2);
  driver.stop(driver.leaf(1));
  driver.run_for(10s);
  driver.cut(driver.leaf(0), driver.leaf(1));
  driver.start(driver.leaf(1));
  driver.run_for(30s);
  EXPECT_EQ(driver.recorded(driver.leaf(1)), NodeState::kOnline);
  EXPECT_FALSE(driver.partition("app", 0).copies[1].streaming);
  EXPECT_EQ(driver.node(driver.leaf(1)).history.current().synced_at, kNever);
  driver.cut(driver.leaf(0), driver.leaf(1), false);
  driver.run_for(30s);
  EXPECT_EQ(driver.partition("app", 0).copies[1].sync, PartitionSync::kSync);
}

// Goal: without the master aggregator a silent replica cannot be demoted: commits wait until it is
// back, so that the record never promotes a copy that lacks acknowledged writes.
TEST(Links, DemotionNeedsTheMasterAggregator) {
  ClusterDriver driver(written_pair());
  driver.bring_up(2, 2);
  driver.stop(driver.aggregator(0));
  const std::int64_t before = driver.end_of("app", 0, 0);
  const sim::Time t0 = driver.now;
  driver.stop(driver.leaf(1));
  driver.run_for(60s);
  EXPECT_EQ(driver.end_of("app", 0, 0), before);
  EXPECT_THAT(driver.clients("app", 0).write_outages,
              ElementsAre(Outage{t0, kNever, OutageCause::kReplicaSilent}));
  driver.start(driver.aggregator(0));
  driver.run_for(30s);
  EXPECT_EQ(driver.partition("app", 0).copies[1].sync, PartitionSync::kAsync);
  EXPECT_GT(driver.end_of("app", 0, 0), before);
  driver.stop(driver.leaf(0));
  driver.start(driver.leaf(1));
  driver.run_for(60s);
  EXPECT_FALSE(driver.served("app"));  // the copy on leaf-1 is stale
  driver.start(driver.leaf(0));
  driver.run_for(60s);
  EXPECT_TRUE(driver.served("app"));
  EXPECT_THAT(driver.cluster.lost("app", 0, driver.now), IsEmpty());
}

// Goal: a health check waits as the clients do: a write for a silent replica, a read for a leaf
// whose packets get lost; a leaf that is down is refused at once.
TEST(Links, HealthChecksWaitWhereClientsWait) {
  ClusterDriver driver(written_pair());
  driver.bring_up(1, 2);
  const auto waits_for = [&driver](const sql::Statement& statement) {
    return waits(driver.cluster.state(), driver.node(driver.aggregator(0)), statement);
  };
  EXPECT_FALSE(waits_for(sql::WriteCheck()));
  driver.cut(driver.leaf(0), driver.leaf(1));
  EXPECT_TRUE(waits_for(sql::WriteCheck()));
  EXPECT_FALSE(waits_for(sql::ReadCheck()));
  driver.run_for(5s);
  EXPECT_FALSE(waits_for(sql::WriteCheck()));
  driver.cut(driver.aggregator(0), driver.leaf(0));
  EXPECT_TRUE(waits_for(sql::ReadCheck()));
  EXPECT_THAT(driver.rows(sql::TableStatistics("app", driver.leaf(0).host)), IsEmpty());
  driver.stop(driver.leaf(1));
  EXPECT_FALSE(waits_for(sql::ReadCheck()));
  EXPECT_FALSE(driver.ask(driver.aggregator(0), sql::ReadCheck()).ok());
}

// ---- placement ----

// Goal: an odd leaf has no pair and gets no partitions; all others are backed up.
TEST(Placement, AnOddLeafStaysEmptyWhenPaired) {
  ClusterDriver driver(written_pair());
  driver.bring_up(1, 3);
  EXPECT_EQ(driver.cluster.state().find_database("app")->partitions.size(), 4u);
  for (const Partition& partition : driver.cluster.state().find_database("app")->partitions) {
    EXPECT_THAT(partition.copies, SizeIs(2));
  }
  EXPECT_THAT(driver.node(driver.leaf(2)).copies, IsEmpty());
  EXPECT_TRUE(driver.cluster.state().history.held(0s, driver.now, driver.now));
  EXPECT_EQ(driver.rows(sql::DatabasesStatus("app")).front().summary,
            sql::DatabaseSummary::kHealthy);
}

// Goal: load_balanced uses every leaf; the two copies are in different groups, and the replicas of
// one leaf are spread.
TEST(Placement, LoadBalancedSpreadsOverTheOtherGroup) {
  Settings settings = written_pair();
  settings.fanout = LeafFanout::kLoadBalanced;
  for (const int leaves : {2, 3, 5}) {
    ClusterDriver driver(settings);
    driver.bring_up(1, leaves);
    const auto& partitions = driver.cluster.state().find_database("app")->partitions;
    EXPECT_EQ(partitions.size(), static_cast<std::size_t>(2 * leaves));
    for (const Partition& partition : partitions) {
      ASSERT_THAT(partition.copies, SizeIs(2));
      EXPECT_NE(driver.cluster.state().node(partition.copies[0].node).availability_group,
                driver.cluster.state().node(partition.copies[1].node).availability_group);
    }
    for (int i = 0; i < leaves; ++i) {
      EXPECT_THAT(driver.node(driver.leaf(i)).copies, testing::Not(IsEmpty()));
      driver.stop(driver.leaf(i));
      driver.run_for(10s);
      EXPECT_TRUE(driver.served("app"));
      driver.start(driver.leaf(i));
      driver.run_for(60s);
    }
    EXPECT_TRUE(driver.cluster.state().history.held(0s, driver.now, driver.now));
  }
}

}  // namespace
}  // namespace sdbtwin::singlestore
