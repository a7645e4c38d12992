// What clients are told: acknowledged, refused and unknown writes, outages and their causes, and
// what is lost of what was acknowledged.
//
// 100 bytes (and rows) a second are written to each partition.
#include "model/singlestore/workload.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/singlestore/cluster_driver.h"

namespace sdbtwin::singlestore {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

std::int64_t bytes_of(const std::vector<AcknowledgedWrites>& writes) {
  std::int64_t bytes = 0;
  for (const AcknowledgedWrites& write : writes) bytes += write.to - write.from;
  return bytes;
}

std::int64_t acknowledged_bytes(const ClusterDriver& driver, int ordinal) {
  return bytes_of(ClientLog::acknowledged(driver.clients("app", ordinal), driver.now));
}

// Without a second copy.
Settings written_alone() {
  Settings settings = written_pair();
  settings.redundancy = 1;
  return settings;
}

TEST(ClientLog, LoadedAndWrittenRowsAreAcknowledged) {
  Settings settings = written_pair();
  settings.databases.front().rows = 4000;
  ClusterDriver driver(settings);
  driver.bring_up(1, 2);
  const PartitionClients& clients = driver.clients("app", 0);
  ASSERT_THAT(clients.acknowledged, SizeIs(1));
  EXPECT_EQ(clients.acknowledged[0].term, 1);
  EXPECT_EQ(clients.acknowledged[0].node, driver.node(driver.leaf(0)).index);
  EXPECT_EQ(acknowledged_bytes(driver, 0), driver.end_of("app", 0, 0));
  EXPECT_EQ(driver.cluster.clients().totals(clients, driver.now).acknowledged_rows,
            driver.end_of("app", 0, 0));
  EXPECT_THAT(clients.write_outages, IsEmpty());
  EXPECT_THAT(driver.cluster.lost("app", 0, driver.now), IsEmpty());
}

// Goal: with synchronous replication a failover loses nothing; what was under way is unknown. The
// outage says why at each time: 3 s until the loss is noticed, 1 s promotion.
TEST(ClientLog, ASyncFailoverLosesNothing) {
  ClusterDriver driver(written_pair());
  driver.bring_up(1, 2);
  const sim::Time t0 = driver.now;
  const std::int64_t before = driver.end_of("app", 0, 0);
  driver.stop(driver.leaf(0));
  driver.run_for(20s);
  const PartitionClients& clients = driver.clients("app", 0);
  EXPECT_THAT(clients.write_outages,
              ElementsAre(Outage{t0, t0 + 3s, OutageCause::kMasterDown},
                          Outage{t0 + 3s, t0 + 4s, OutageCause::kPromotion}));
  EXPECT_EQ(clients.read_outages, clients.write_outages);
  ASSERT_THAT(clients.acknowledged, SizeIs(2));
  EXPECT_EQ(clients.acknowledged[0].to, before);
  EXPECT_EQ(clients.acknowledged[1].term, 2);
  EXPECT_EQ(clients.acknowledged[1].from, before);
  EXPECT_THAT(clients.unknown, ElementsAre(UnknownWrites{1, before, 1, t0, t0}));
  EXPECT_THAT(driver.cluster.lost("app", 0, driver.now), IsEmpty());
  EXPECT_THAT(driver.log.all<AcknowledgedWritesLost>(), IsEmpty());
  const ClientTotals totals = driver.cluster.clients().totals(clients, driver.now);
  EXPECT_EQ(totals.refused_rows, 400);
  EXPECT_EQ(totals.refused_reads, 25 * 4);
}

// Goal: with asynchronous replication the writes that were on their way to the replica are lost,
// and told so once. Method: 1 s on the way: 100 rows.
TEST(ClientLog, AnAsyncFailoverLosesWhatWasOnItsWay) {
  Settings settings = written_pair(/*sync=*/false);
  settings.timings.async_delay = 1s;
  ClusterDriver driver(settings);
  driver.bring_up(1, 2);
  const std::int64_t before = driver.end_of("app", 0, 0);
  driver.stop(driver.leaf(0));
  driver.run_for(10s);
  EXPECT_EQ(driver.partition("app", 0).master, 1);
  EXPECT_EQ(driver.partition("app", 0).master_copy().history.terms().back().from, before - 100);
  const auto lost = driver.cluster.lost("app", 0, driver.now);
  ASSERT_THAT(lost, SizeIs(1));
  EXPECT_EQ(lost[0].term, 1);
  EXPECT_EQ(lost[0].from, before - 100);
  EXPECT_EQ(lost[0].to, before);
  const auto told = driver.log.all<AcknowledgedWritesLost>();
  ASSERT_THAT(told, SizeIs(2));  // app_0 and app_2 had their masters there
  EXPECT_EQ(told[0].partition, "app_0");
  EXPECT_EQ(told[0].rows, 100);
  // The old master discards its log and is built anew.
  driver.start(driver.leaf(0));
  driver.run_for(60s);
  EXPECT_EQ(driver.partition("app", 0).copies[0].history,
            driver.partition("app", 0).copies[1].history);
  EXPECT_THAT(driver.log.all<AcknowledgedWritesLost>(), SizeIs(2));
}

// Goal: an asynchronous copy that lags far behind is promoted all the same (3.13). Method: 10 s at
// 60 bytes a second less.
TEST(ClientLog, AnAsyncReplicaFarBehindIsPromoted) {
  ClusterDriver driver(written_pair(/*sync=*/false));
  driver.bring_up(1, 2);
  StreamPattern streams;
  streams.database = "app";
  driver.disturb(streams, StreamEffect::kThrottled, 40);
  driver.run_for(10s);
  driver.stop(driver.leaf(0));
  driver.run_for(10s);
  EXPECT_TRUE(driver.served("app"));
  EXPECT_EQ(bytes_of(driver.cluster.lost("app", 0, driver.now)), 600);
}

// Goal: at redundancy 1 a leaf that restarts loses nothing, and its outage goes through all causes.
TEST(ClientLog, ARestartAtRedundancyOneIsAnOutageWithoutLoss) {
  Settings settings = written_alone();
  settings.databases.front().rows = 4000;
  settings.rates.recovery = 1000;
  ClusterDriver driver(settings);
  driver.bring_up(1, 2);
  const sim::Time t0 = driver.now;
  driver.stop(driver.leaf(0));
  driver.run_for(20s);
  driver.start(driver.leaf(0));
  driver.run_for(120s);
  std::vector<OutageCause> causes;
  for (const Outage& outage : driver.clients("app", 0).write_outages) {
    causes.push_back(outage.cause);
  }
  EXPECT_THAT(causes, ElementsAre(OutageCause::kMasterDown, OutageCause::kRecovering,
                                  OutageCause::kAttaching));
  EXPECT_EQ(driver.clients("app", 0).write_outages.front().from, t0);
  EXPECT_THAT(driver.clients("app", 1).write_outages, IsEmpty());
  const DatabaseClients& database = *driver.cluster.clients().find("app");
  ASSERT_THAT(database.write_outages, SizeIs(1));
  EXPECT_EQ(database.write_outages[0].from, t0);
  EXPECT_EQ(database.write_outages[0].to, driver.clients("app", 0).write_outages.back().to);
  EXPECT_THAT(driver.cluster.lost("app", 0, driver.now), IsEmpty());
}

// Goal: at redundancy 1 a disk that vanishes takes every acknowledged write of its partitions.
TEST(ClientLog, ADiskThatVanishesAtRedundancyOneLosesAll) {
  ClusterDriver driver(written_alone());
  driver.bring_up(1, 2);
  driver.stop(driver.leaf(0));
  const std::int64_t acknowledged = acknowledged_bytes(driver, 0);
  driver.run_for(20s);
  EXPECT_THAT(driver.log.all<AcknowledgedWritesLost>(), IsEmpty());
  driver.start(driver.leaf(0), "another-disk");
  driver.run_for(20s);
  EXPECT_EQ(bytes_of(driver.cluster.lost("app", 0, driver.now)), acknowledged);
  EXPECT_EQ(driver.clients("app", 0).write_outages.back().cause, OutageCause::kDataLost);
  ASSERT_THAT(driver.log.all<AcknowledgedWritesLost>(), SizeIs(2));
  EXPECT_EQ(driver.log.all<AcknowledgedWritesLost>()[0].rows, acknowledged);
}

// Goal: at redundancy 2 it loses nothing: the replica in sync has all.
TEST(ClientLog, ADiskThatVanishesAtRedundancyTwoLosesNothing) {
  ClusterDriver driver(written_pair());
  driver.bring_up(1, 2);
  driver.stop(driver.leaf(0));
  driver.start(driver.leaf(0), "another-disk");
  driver.run_for(60s);
  EXPECT_TRUE(driver.served("app"));
  for (int ordinal = 0; ordinal < 4; ++ordinal) {
    EXPECT_THAT(driver.cluster.lost("app", ordinal, driver.now), IsEmpty());
  }
  EXPECT_THAT(driver.log.all<AcknowledgedWritesLost>(), IsEmpty());
}

// Goal: commits that wait are an outage of writes, not of reads, and end well when the wait is
// shorter than the clients' patience; nothing is refused.
TEST(ClientLog, WaitingForASilentReplicaStopsWritesOnly) {
  ClusterDriver driver(written_pair());
  driver.bring_up(1, 2);
  const sim::Time t0 = driver.now;
  driver.cluster.set_black_holed(driver.leaf(1).pod, true, driver.now);
  driver.run_for(10s);
  const PartitionClients& clients = driver.clients("app", 0);
  EXPECT_THAT(clients.write_outages, ElementsAre(Outage{t0, t0 + 5s, OutageCause::kReplicaSilent}));
  EXPECT_THAT(clients.read_outages, IsEmpty());
  EXPECT_THAT(clients.unknown, IsEmpty());
  EXPECT_EQ(driver.cluster.clients().totals(clients, driver.now).refused_rows, 0);
  // The partitions with their masters behind the hole cannot be reached until they fail over.
  driver.run_for(25s);
  EXPECT_THAT(driver.clients("app", 1).write_outages,
              ElementsAre(Outage{t0, t0 + 30s, OutageCause::kUnreachable},
                          Outage{t0 + 30s, t0 + 31s, OutageCause::kPromotion}));
  // One write under way when it began, and one more for each 10 s that clients waited.
  EXPECT_EQ(driver.cluster.clients().totals(driver.clients("app", 1), driver.now).unknown_rows,
            1 + 4);
}

TEST(ClientLog, WithoutAnAggregatorNothingIsReached) {
  ClusterDriver driver(written_pair());
  driver.bring_up(1, 2);
  const sim::Time t0 = driver.now;
  driver.stop(driver.aggregator(0));
  driver.run_for(10s);
  EXPECT_THAT(driver.clients("app", 0).read_outages,
              ElementsAre(Outage{t0, kNever, OutageCause::kNoAggregator}));
  EXPECT_EQ(driver.cluster.clients().totals(driver.clients("app", 0), driver.now).refused_reads,
            250);
}

// Goal: a master aggregator without its disk begins a new cluster: all that was acknowledged is
// lost, and stays in the log.
TEST(ClientLog, ANewBootstrapLosesAll) {
  ClusterDriver driver(written_pair());
  driver.bring_up(1, 2);
  driver.stop(driver.aggregator(0));
  const std::int64_t acknowledged = acknowledged_bytes(driver, 0);
  driver.start(driver.aggregator(0), "another-disk");
  driver.run_for(20s);
  EXPECT_EQ(bytes_of(driver.cluster.lost("app", 0, driver.now)), acknowledged);
  EXPECT_EQ(driver.clients("app", 0).read_outages.back().cause, OutageCause::kDataLost);
  EXPECT_THAT(driver.log.all<AcknowledgedWritesLost>(), SizeIs(4));  // the health table has no rows
}

// Goal: masters that go back when all is well hand their writers over without an outage.
TEST(ClientLog, ARebalanceIsNoOutage) {
  Settings settings = written_pair();
  settings.automatic_rebalance = true;
  ClusterDriver driver(settings);
  driver.bring_up(1, 2);
  driver.stop(driver.leaf(0));
  driver.run_for(10s);
  driver.start(driver.leaf(0));
  driver.run_for(30s);
  const auto outages = driver.clients("app", 0).write_outages;
  driver.run_for(180s);
  EXPECT_EQ(driver.partition("app", 0).master, 0);
  EXPECT_EQ(driver.clients("app", 0).write_outages, outages);
  EXPECT_EQ(driver.clients("app", 0).acknowledged.back().term, 3);
  EXPECT_EQ(acknowledged_bytes(driver, 0), driver.end_of("app", 0, 0));
}

}  // namespace
}  // namespace sdbtwin::singlestore
