// The fleet's faults, and statements that wait because of them.
#include "model/singlestore/fleet_world.h"

namespace sdbtwin::singlestore {
namespace {

using sql::SqlErrorKind;
using testing::ElementsAre;

// Goal: a commit that waits for a silent replica is answered when the replica is demoted, after 5
// s, and not before; a client with less patience has a timeout.
TEST(Fleet, AWriteWaitsForASilentReplicaAndIsAnswered) {
  FleetSettings settings;
  settings.defaults.redundancy = 2;
  FleetWorld world(settings);
  world.bring_up("demo", 2);
  ASSERT_TRUE(world.fleet().cut_link("ns", "demo-leaf-0", "demo-leaf-1", true));
  EXPECT_FALSE(world.fleet().cut_link("ns", "demo-leaf-0", "demo-leaf-7", true));
  const sim::Time cut = world.simulation.now();
  const auto impatient = world.ask(kMaster, sql::WriteCheck(), 2s);
  ASSERT_FALSE(impatient.ok());
  EXPECT_EQ(impatient.error().kind, SqlErrorKind::kTimeout);
  EXPECT_TRUE(world.ask(kMaster, sql::ReadCheck()).ok());
  ASSERT_TRUE(world.ask(kMaster, sql::WriteCheck()).ok());
  EXPECT_GE(world.simulation.now(), cut + 5s);
  EXPECT_LT(world.simulation.now(), cut + 5s + 10ms);
}

// Goal: a read through an aggregator that does not reach a leaf has no answer until the leaf has
// failed over.
TEST(Fleet, AReadWaitsForALeafBehindABlackHole) {
  FleetSettings settings;
  settings.defaults.redundancy = 2;
  FleetWorld world(settings);
  world.bring_up("demo", 2);
  world.fleet().black_hole_pod("ns", "demo-leaf-0", true);
  const auto answer = world.ask(kMaster, sql::ReadCheck(), 10s);
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().kind, SqlErrorKind::kTimeout);
  world.run_for(25s);
  EXPECT_TRUE(world.ask(kMaster, sql::ReadCheck()).ok());
}

// Goal: an aggregator that ends takes the statements that wait in it with it.
TEST(Fleet, AWriteThatWaitsIsLostWithItsAggregator) {
  FleetSettings settings;
  settings.defaults.redundancy = 2;
  FleetWorld world(settings);
  world.bring_up("demo", 2);
  world.fleet().black_hole_pod("ns", "demo-leaf-0", true);
  std::optional<sql::Rows<sql::CheckRow>> result;
  world.asker->runtime().spawn(FleetWorld::ask_into(*world.client, kMaster, world.credentials,
                                                    sql::WriteCheck(), 20s, result));
  world.run_for(1s);
  EXPECT_FALSE(result.has_value());
  world.kill_pod("demo-aggregator-0");
  world.run_for(1s);
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->error().kind, SqlErrorKind::kConnectionLost);
}

// Goal: lasting faults have ids, each is healed once, and one that matches nothing is not there.
TEST(Fleet, FaultsAreHealedByTheirIds) {
  FleetSettings settings;
  settings.defaults.redundancy = 2;
  FleetWorld world(settings);
  std::string touched;
  StreamDisturbance broken;
  broken.streams.namespace_ = "ns";
  broken.streams.cluster = "demo";
  EXPECT_FALSE(world.fleet().disturb(broken, touched).has_value());
  world.bring_up("demo", 2);
  const auto first = world.fleet().disturb(broken, touched);
  ASSERT_TRUE(first.has_value());
  EXPECT_THAT(touched, testing::HasSubstr("app_0 demo-leaf-0>demo-leaf-1"));
  LogicalDrift drift;
  drift.copy.namespace_ = "ns";
  drift.copy.cluster = "demo";
  drift.copy.database = "app";
  drift.rows = 5;
  const auto second = world.fleet().drift(drift, touched);
  ASSERT_TRUE(second.has_value());
  DiskGrowth growth;
  growth.namespace_ = "ns";
  growth.pod = "demo-leaf-1";
  growth.bytes = 1;
  const auto third = world.fleet().grow_disk(growth, touched);
  ASSERT_TRUE(third.has_value());
  EXPECT_THAT((std::vector<std::uint64_t>{*first, *second, *third}), ElementsAre(1, 2, 3));
  const ClusterState& state = world.fleet().find("ns", "demo")->state();
  EXPECT_EQ(state.disturbances.size() + state.drifts.size(), 2u);
  for (const std::uint64_t id : {*first, *second, *third}) {
    EXPECT_TRUE(world.fleet().heal_disturbance(id));
    EXPECT_FALSE(world.fleet().heal_disturbance(id));
  }
  EXPECT_EQ(state.disturbances.size() + state.drifts.size(), 0u);
}

}  // namespace
}  // namespace sdbtwin::singlestore
