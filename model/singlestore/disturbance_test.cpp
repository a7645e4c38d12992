// Disturbed streams, drift and growth on disk: what they do to commits and copies, what the views
// show of them, and that healing ends them.
//
// Most tests write 100 bytes a second to each partition; streams carry 1000 bytes a second.
// Partition app_0 has its master on leaf-0, app_1 on leaf-1.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "model/singlestore/cluster_driver.h"
#include "model/singlestore/rows.h"

namespace sdbtwin::singlestore {
namespace {

using sql::InstanceState;
using sql::PartitionSync;
using testing::IsEmpty;
using testing::SizeIs;

StreamPattern app_streams(std::optional<int> partition = std::nullopt) {
  StreamPattern streams;
  streams.database = "app";
  streams.partition = partition;
  return streams;
}

StreamPattern metadata_streams(std::optional<int> leaf) {
  StreamPattern streams;
  streams.metadata = true;
  streams.leaf = leaf;
  return streams;
}

const Copy& replica(const ClusterDriver& driver, int ordinal) {
  const Partition& partition = driver.partition("app", ordinal);
  return partition.copies[static_cast<std::size_t>(1 - partition.master)];
}

// The row of the replica of app_<ordinal>; there must be one.
sql::ReplicationStatusRow stream_row(const ClusterDriver& driver, int ordinal) {
  const std::string name = "app_" + std::to_string(ordinal);
  for (const auto& row : driver.rows(sql::ReplicationStatus("app"))) {
    if (row.database_name == name) return row;
  }
  ADD_FAILURE() << name << " has no stream";
  return {};
}

TEST(Disturbance, PatternsNameStreamsByTheirEnds) {
  ClusterDriver driver(written_pair());
  driver.bring_up(1, 4);
  const auto matched = [&driver](const StreamPattern& streams) {
    const std::uint64_t id = driver.disturb(streams, StreamEffect::kThrottled, 500);
    if (id != 0) driver.heal(id);
    return id != 0;
  };
  StreamPattern link;
  link.leaf = 1;
  link.peer = 0;
  EXPECT_TRUE(matched(link));
  EXPECT_EQ(driver.touched,
            "singlestore_health_0 demo-leaf-0>demo-leaf-1, singlestore_health_1 "
            "demo-leaf-1>demo-leaf-0, app_0 demo-leaf-0>demo-leaf-1, app_1 "
            "demo-leaf-1>demo-leaf-0 and 2 more");
  link.peer = 2;
  EXPECT_FALSE(matched(link));
  EXPECT_TRUE(matched(app_streams(7)));
  EXPECT_EQ(driver.touched, "app_7 demo-leaf-3>demo-leaf-2");
  EXPECT_FALSE(matched(app_streams(8)));
  EXPECT_TRUE(matched(metadata_streams(3)));
  EXPECT_EQ(driver.touched, "metadata>demo-leaf-3");
  EXPECT_TRUE(driver.cluster.state().disturbances.empty());
}

TEST(Disturbance, ThereAreNoPartitionStreamsAtRedundancyOne) {
  ClusterDriver driver(plain_settings());
  driver.bring_up(1, 2);
  EXPECT_EQ(driver.disturb(StreamPattern{}, StreamEffect::kBroken), 0u);
  EXPECT_NE(driver.disturb(metadata_streams(0), StreamEffect::kBroken), 0u);
}

// Goal: a synchronous commit is as fast as its replica, which answers and is not demoted.
TEST(Disturbance, AThrottledSyncStreamSlowsCommits) {
  ClusterDriver driver(written_pair());
  driver.bring_up(1, 2);
  const std::int64_t before = driver.end_of("app", 0, 0);
  const std::int64_t others = driver.end_of("app", 1, 0);
  const std::uint64_t id = driver.disturb(app_streams(0), StreamEffect::kThrottled, 40);
  driver.run_for(10s);
  EXPECT_EQ(driver.end_of("app", 0, 0), before + 400);
  EXPECT_EQ(driver.end_of("app", 1, 0), others + 1000);
  EXPECT_TRUE(stream_row(driver, 0).is_sync);
  EXPECT_TRUE(driver.heal(id));
  driver.run_for(10s);
  EXPECT_EQ(driver.end_of("app", 0, 0), before + 1400);
  EXPECT_FALSE(driver.heal(id));
}

// Goal: an asynchronous master goes on, its replica falls behind and catches up when healed.
// Method: 60 bytes a second are missing for 10 s; 900 bytes a second close the gap of 600 bytes.
TEST(Disturbance, AThrottledAsyncReplicaFallsBehind) {
  ClusterDriver driver(written_pair(/*sync=*/false));
  driver.bring_up(1, 2);
  const std::int64_t before = driver.end_of("app", 0, 0);
  const std::uint64_t id = driver.disturb(app_streams(0), StreamEffect::kThrottled, 40);
  driver.run_for(10s);
  EXPECT_EQ(driver.end_of("app", 0, 0), before + 1000);
  EXPECT_EQ(driver.end_of("app", 0, 1), before + 400);
  EXPECT_EQ(stream_row(driver, 0).lsn_lag, 600);
  EXPECT_EQ(stream_row(driver, 0).volume_lag_mb, 1);
  EXPECT_EQ(stream_row(driver, 0).estimated_catchup_time_s, 15);
  EXPECT_EQ(replica(driver, 0).synced_at, kNever);
  driver.heal(id);
  EXPECT_EQ(stream_row(driver, 0).estimated_catchup_time_s, 1);
  driver.run_for(650ms);
  EXPECT_GT(stream_row(driver, 0).lsn_lag, 0);
  driver.run_for(17ms);
  EXPECT_EQ(stream_row(driver, 0).lsn_lag, 0);
  EXPECT_EQ(stream_row(driver, 0).estimated_catchup_time_s, 0);
}

// Goal: what is written slowly enough is not hurt by a throttle.
TEST(Disturbance, AThrottleAboveTheLoadChangesNothing) {
  ClusterDriver driver(written_pair(/*sync=*/false));
  driver.bring_up(1, 2);
  driver.disturb(app_streams(), StreamEffect::kThrottled, 101);
  driver.run_for(60s);
  EXPECT_EQ(stream_row(driver, 0).lsn_lag, 0);
}

// Goal: commits wait 5 s for a stream on which nothing moves (2.3); the row stays, and shows that
// the replica is not in sync and will not be. Method: 500 bytes lag after 5 s more; healed, 900
// bytes a second close the gap, then 100 ms READY.
TEST(Disturbance, AStalledStreamIsDemotedAndKeepsItsRow) {
  ClusterDriver driver(written_pair());
  driver.bring_up(1, 2);
  const std::int64_t before = driver.end_of("app", 0, 0);
  const std::uint64_t id = driver.disturb(app_streams(0), StreamEffect::kStalled);
  driver.run_for(5s - 1ns);
  EXPECT_EQ(driver.end_of("app", 0, 0), before);
  EXPECT_EQ(replica(driver, 0).sync, PartitionSync::kSync);
  driver.run_for(1ns);
  EXPECT_EQ(replica(driver, 0).sync, PartitionSync::kAsync);
  driver.run_for(5s);
  EXPECT_EQ(driver.end_of("app", 0, 0), before + 500);
  const auto row = stream_row(driver, 0);
  EXPECT_FALSE(row.is_sync);
  EXPECT_EQ(row.secondary_state, InstanceState::kReplicating);
  EXPECT_EQ(row.lsn_lag, 500);
  EXPECT_EQ(row.replication_throughput_mbps, 0);
  EXPECT_GT(row.estimated_catchup_time_s, 86'400);
  EXPECT_FALSE(driver.node(driver.leaf(1)).history.held(20s, driver.now - 4s, driver.now));

  driver.heal(id);
  EXPECT_EQ(replica(driver, 0).synced_at, driver.now + time_for(500, 900) + 100ms);
  driver.run_until(replica(driver, 0).synced_at);
  EXPECT_EQ(replica(driver, 0).sync, PartitionSync::kSync);
  EXPECT_EQ(driver.end_of("app", 0, 1), driver.end_of("app", 0, 0));
}

TEST(Disturbance, AShortStallLeavesTheReplicaInSync) {
  ClusterDriver driver(written_pair());
  driver.bring_up(1, 2);
  const std::int64_t before = driver.end_of("app", 0, 0);
  const std::uint64_t id = driver.disturb(app_streams(0), StreamEffect::kStalled);
  driver.run_for(3s);
  driver.heal(id);
  driver.run_for(10s);
  EXPECT_EQ(replica(driver, 0).sync, PartitionSync::kSync);
  EXPECT_EQ(driver.end_of("app", 0, 1), before + 1000);
}

// Goal: a broken stream has no row, cannot be connected by anything but healing, and the wait of a
// commit that had begun while the stream was stalled is not begun again.
TEST(Disturbance, ABrokenStreamHasNoRowUntilHealed) {
  ClusterDriver driver(written_pair());
  driver.bring_up(1, 2);
  const std::int64_t before = driver.end_of("app", 0, 0);
  driver.disturb(app_streams(0), StreamEffect::kStalled);
  driver.run_for(3s);
  const std::uint64_t broken = driver.disturb(app_streams(), StreamEffect::kBroken);
  driver.run_for(2s);
  EXPECT_EQ(replica(driver, 0).sync, PartitionSync::kAsync);
  EXPECT_EQ(replica(driver, 1).sync, PartitionSync::kSync);
  driver.run_for(3s);
  EXPECT_EQ(replica(driver, 1).sync, PartitionSync::kAsync);
  EXPECT_EQ(driver.end_of("app", 0, 0), before + 300);
  for (const auto& row : driver.rows(sql::ReplicationStatus("app"))) {
    EXPECT_EQ(row.database_name, "app");  // the reference database's streams only
  }
  driver.stop(driver.leaf(1));
  driver.run_for(10s);
  driver.start(driver.leaf(1));
  driver.run_for(60s);
  EXPECT_FALSE(replica(driver, 0).streaming);
  driver.heal(broken);
  EXPECT_TRUE(stream_row(driver, 0).lsn_lag > 0);  // still stalled
  driver.heal(1);
  driver.run_for(60s);
  EXPECT_EQ(replica(driver, 0).sync, PartitionSync::kSync);
  EXPECT_EQ(replica(driver, 1).sync, PartitionSync::kSync);
}

// Goal: a snapshot on its way goes on at the new rate. Method: 1000 bytes at 100 a second; after
// 5 s 10 a second: half of it takes 50 s more.
TEST(Disturbance, AThrottledSnapshotArrivesLater) {
  Settings settings = written_pair();
  settings.databases.front().write_rows_per_second = 0;
  settings.databases.front().rows = 4000;
  settings.rates.replication = 100;
  ClusterDriver driver(settings);
  driver.bring_up(1, 2);
  driver.stop(driver.leaf(0));
  driver.run_for(10s);
  driver.start(driver.leaf(0), "another-disk");
  driver.run_for(1s + 150ms + 990ms + 5s);
  ASSERT_EQ(replica(driver, 1).state, InstanceState::kProvisioning);
  EXPECT_EQ(stream_row(driver, 1).lsn_lag, 500);
  driver.disturb(app_streams(1), StreamEffect::kThrottled, 10);
  driver.run_for(50s - 1ns);
  EXPECT_EQ(replica(driver, 1).state, InstanceState::kProvisioning);
  driver.run_for(1ns);
  EXPECT_EQ(replica(driver, 1).state, InstanceState::kReplicating);
}

// ---- metadata ----

TEST(Disturbance, ABrokenMetadataStreamIsMissingAndComesBack) {
  ClusterDriver driver(written_pair());
  driver.bring_up(1, 2);
  const std::uint64_t id = driver.disturb(metadata_streams(0), StreamEffect::kBroken);
  EXPECT_THAT(driver.rows(sql::ReplicationStatus("cluster", driver.leaf(0).host)), IsEmpty());
  EXPECT_THAT(driver.rows(sql::ReplicationStatus("cluster", driver.leaf(1).host)), SizeIs(1));
  EXPECT_EQ(driver.node(driver.leaf(0)).history.current().synced_at, kNever);
  EXPECT_TRUE(driver.node(driver.leaf(0)).history.current().online);
  driver.heal(id);
  driver.run_for(1s);
  EXPECT_TRUE(driver.node(driver.leaf(0)).history.held(0s, driver.now, driver.now));
}

// Goal: a stalled metadata stream is behind by what has happened since. Method: leaf-1 dies, is
// given up, and comes back: offline, recovering or attaching, online: at least three changes.
TEST(Disturbance, AStalledMetadataStreamLagsByTheChanges) {
  Settings settings = written_pair();
  settings.metadata_bytes_per_change = 512;
  ClusterDriver driver(settings);
  driver.bring_up(1, 2);
  const std::uint64_t id = driver.disturb(metadata_streams(0), StreamEffect::kStalled);
  const auto lag = [&driver] {
    return driver.rows(sql::ReplicationStatus("cluster", driver.leaf(0).host)).front().lsn_lag;
  };
  EXPECT_EQ(lag(), 0);
  driver.stop(driver.leaf(1));
  driver.run_for(4s);
  EXPECT_EQ(lag(), 512);
  driver.start(driver.leaf(1));
  driver.run_for(10s);
  EXPECT_EQ(lag(), 3 * 512);
  EXPECT_EQ(driver.node(driver.leaf(0)).history.current().synced_at, kNever);
  driver.heal(id);
  EXPECT_EQ(driver.node(driver.leaf(0)).metadata.synced_at, driver.now + time_for(3 * 512, 1000));
}

// ---- drift and disk ----

// Goal: drift changes rows and bytes of one copy and no position; a rebuilt copy has it no more.
TEST(Disturbance, DriftIsSeenInSizesAndNotInPositions) {
  Settings settings = written_pair();
  settings.databases.front().write_rows_per_second = 0;
  settings.databases.front().rows = 4000;
  ClusterDriver driver(settings);
  driver.bring_up(1, 2);
  LogicalDrift drift;
  drift.copy.database = "app";
  drift.copy.partition = 0;
  drift.copy.which = CopyPattern::Which::kReplica;
  drift.rows = -300;
  drift.bytes = 50;
  ASSERT_TRUE(driver.cluster.drift(1, drift, driver.touched, driver.now));
  EXPECT_EQ(driver.touched, "app_0 demo-leaf-1");
  const auto row = [&driver](int leaf) {
    return driver.rows(sql::TableStatistics("app", driver.leaf(leaf).host)).front();
  };
  EXPECT_EQ(row(0).rows, 1000);
  EXPECT_EQ(row(1).rows, 700);
  EXPECT_EQ(row(1).memory_use, 750);
  EXPECT_EQ(driver.end_of("app", 0, 0), driver.end_of("app", 0, 1));
  ASSERT_TRUE(driver.heal(1));
  EXPECT_EQ(row(1).rows, 1000);

  ASSERT_TRUE(driver.cluster.drift(2, drift, driver.touched, driver.now));
  driver.stop(driver.leaf(1));
  driver.run_for(10s);
  driver.start(driver.leaf(1), "another-disk");
  driver.run_for(60s);
  EXPECT_EQ(row(1).rows, 1000);
  drift.copy.partition = 4;
  EXPECT_FALSE(driver.cluster.drift(3, drift, driver.touched, driver.now));
}

// Goal: growth shows in the columns of its use, exactly, is gone with the disk, and has no effect
// on logical sizes.
TEST(Disturbance, DiskGrowthIsHarmless) {
  ClusterDriver driver(written_pair());
  driver.bring_up(1, 2);
  const auto sum = [&driver] {
    sql::DiskUsageRow total;
    for (const auto& row : driver.rows(sql::DataDiskUsage("", driver.leaf(0).host))) {
      total.logs_b += row.logs_b;
      total.snapshots_b += row.snapshots_b;
      total.blobs_b += row.blobs_b;
    }
    return total;
  };
  const auto disk_bytes = [&driver] {
    return driver.cluster.state().disk_bytes(driver.node(driver.leaf(0)), driver.cluster.settings(),
                                             driver.now);
  };
  const sql::DiskUsageRow before = sum();
  const std::int64_t bytes = disk_bytes();
  std::uint64_t id = 0;
  for (const DiskUse use :
       {DiskUse::kLogs, DiskUse::kSnapshots, DiskUse::kPlanCache, DiskUse::kMergeLeftovers}) {
    DiskGrowth growth;
    growth.pod = driver.leaf(0).pod;
    growth.use = use;
    growth.bytes = 1'000'003;
    ASSERT_TRUE(driver.cluster.grow_disk(++id, growth, driver.touched, driver.now));
  }
  EXPECT_EQ(driver.touched, "demo-leaf-0 merge-leftovers");
  EXPECT_EQ(sum().logs_b, before.logs_b + 1'000'003);
  EXPECT_EQ(sum().snapshots_b, before.snapshots_b + 1'000'003);
  EXPECT_EQ(sum().blobs_b, before.blobs_b + 1'000'003);
  EXPECT_EQ(disk_bytes(), bytes + 4 * 1'000'003);
  EXPECT_TRUE(driver.heal(2));
  EXPECT_EQ(sum().snapshots_b, before.snapshots_b);
  driver.stop(driver.leaf(0));
  driver.run_for(10s);
  driver.start(driver.leaf(0), "another-disk");
  driver.run_for(60s);
  EXPECT_EQ(driver.cluster.state().extra_disk(driver.node(driver.leaf(0)), DiskUse::kLogs), 0);
  EXPECT_TRUE(driver.heal(1));
}

}  // namespace
}  // namespace sdbtwin::singlestore
