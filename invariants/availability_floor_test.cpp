// Goal: no voluntary disruption takes the last serving copy, and at redundancy 1 none comes before
// the partitions of the pod before it are served again. Method: the truth of one partition with
// one or two copies, and evictions of its pods.
#include "invariants/checker_fixture.h"

namespace sdbtwin::invariants {
namespace {

namespace db = singlestore;

class AvailabilityFloorTest : public CheckerTest {
 protected:
  // `copies` of partition 0 on leaf 0 (its master) and leaf 1.
  void begin(int copies) {
    Settings settings;
    settings.redundancy = copies;
    start(settings);
    state_.emplace();
    state_->redundancy = copies;
    for (int i = 0; i < 2; ++i) {
      db::Node node;
      node.index = i;
      node.pod = "sdb-leaf-" + std::to_string(i);
      node.process = db::ProcessState::kRunning;
      node.recorded = sql::NodeState::kOnline;
      node.volume = "disk-" + std::to_string(i);
      if (i < copies) node.copies.push_back({0, 0, i});
      state_->nodes.push_back(node);
      state_->node_by_pod[node.pod] = i;
    }
    db::Partition partition;
    for (int i = 0; i < copies; ++i) {
      db::Copy copy;
      copy.node = i;
      copy.volume = "disk-" + std::to_string(i);
      copy.role = i == 0 ? sql::InstanceRole::kMaster : sql::InstanceRole::kSlave;
      copy.state = i == 0 ? sql::InstanceState::kOnline : sql::InstanceState::kReplicating;
      copy.sync = sql::PartitionSync::kSync;
      partition.copies.push_back(copy);
    }
    db::Database database;
    database.name = "app";
    database.partitions.push_back(partition);
    state_->databases.push_back(database);
    make_database("8.7.21");
  }
  db::Partition& partition() { return state_->databases[0].partitions[0]; }
  void was_well(int leaf, sim::Duration ago) {
    auto& history = state_->nodes[static_cast<std::size_t>(leaf)].history;
    history.note(sim::Time{}, db::NodeTruth{true, sim::Time{}});
    history.note(now_ - ago, db::NodeTruth{});
  }
};

TEST_F(AvailabilityFloorTest, ASecondCopyInSyncIsEnough) {
  begin(2);
  evict("sdb-leaf-0");
  expect_holds();
}

TEST_F(AvailabilityFloorTest, TheLastServingCopyViolates) {
  begin(2);
  partition().copies[1].sync = sql::PartitionSync::kAsync;
  evict("sdb-leaf-0");
  expect_violates("availability-floor");
}

TEST_F(AvailabilityFloorTest, TheOtherCopyOnADeadLeafIsNone) {
  begin(2);
  state_->nodes[1].process = db::ProcessState::kDown;
  evict("sdb-leaf-0");
  expect_violates("availability-floor");
}

TEST_F(AvailabilityFloorTest, WhatChangedWithinOnePollCouldNotBeSeen) {
  begin(2);
  partition().copies[1].sync = sql::PartitionSync::kAsync;
  was_well(1, 3s);
  evict("sdb-leaf-0");
  expect_holds();
}

TEST_F(AvailabilityFloorTest, WhatChangedBeforeThatCould) {
  begin(2);
  partition().copies[1].sync = sql::PartitionSync::kAsync;
  was_well(1, 10s);
  evict("sdb-leaf-0");
  expect_violates("availability-floor");
}

TEST_F(AvailabilityFloorTest, AReplicaMayGoWithoutAnother) {
  begin(2);
  partition().copies[1].sync = sql::PartitionSync::kAsync;
  evict("sdb-leaf-1");
  expect_holds();
}

TEST_F(AvailabilityFloorTest, OneCopyGoesWithItsPod) {
  begin(1);
  evict("sdb-leaf-0");
  expect_holds();
}

TEST_F(AvailabilityFloorTest, TheNextPodWhileTheFirstDoesNotServeViolates) {
  begin(1);
  evict("sdb-leaf-0");
  replace("sdb-leaf-0", image_for("8.7.21"));
  partition().copies[0].state = sql::InstanceState::kRecovering;
  evict("sdb-leaf-1");
  expect_violates("availability-floor");
}

}  // namespace
}  // namespace sdbtwin::invariants
