// Goal: the bookkeeping of nodes and pods: assumed pods count at once, and only once. Method:
// literal nodes and pods.
#include "model/cluster/scheduler/node_pool.h"

#include <gtest/gtest.h>

#include "model/cluster/scheduler/scheduler_fixture.h"

namespace sdbtwin::cluster {
namespace {

TEST(NodePoolTest, TheReservationIsTheLargerOfInitAndMainContainers) {
  api::PodSpec spec = *test::pod("p").cpu("600m").memory("2Gi").make()->spec;
  api::Container init;
  init.resources.requests = {{"cpu", "2"}, {"memory", "256Mi"}};
  spec.init_containers.push_back(init);
  EXPECT_EQ(requests_of(spec), (PodResources{2000, int64_t{2} << 30, 0}));
}

TEST(NodePoolTest, PlacingAPodTwiceCountsOnceAndMovingItCountsElsewhere) {
  NodePool pool;
  pool.set_node(test::node("a").make());
  pool.set_node(test::node("b").make());
  const auto pod = test::pod("p").cpu("1").make();
  pool.place(pod, "a");
  pool.place(pod, "a");
  EXPECT_EQ(pool.find("a")->reserved.milli_cpu, 1000);
  pool.place(pod, "b");
  EXPECT_EQ(pool.find("a")->reserved.milli_cpu, 0);
  EXPECT_EQ(pool.find("b")->pods.size(), 1U);
}

TEST(NodePoolTest, APodThatIsBeingDeletedKeepsItsRoomButIsNoSiblingAnyMore) {
  NodePool pool;
  pool.set_node(test::node("a").make());
  pool.place(test::pod("p").cpu("1").owner("set").make(), "a");
  EXPECT_EQ(pool.find("a")->pods_of_controller.at("set"), 1);
  pool.place(test::pod("p").cpu("1").owner("set").deleting().make(), "a");
  EXPECT_TRUE(pool.find("a")->pods_of_controller.empty());
  EXPECT_EQ(pool.find("a")->reserved.milli_cpu, 1000);
}

TEST(NodePoolTest, ANodeThatIsGoneIsForgottenWithItsLastPod) {
  NodePool pool;
  pool.set_node(test::node("a").make());
  pool.place(test::pod("p").make(), "a");
  pool.remove_node("a");
  EXPECT_EQ(pool.find("a"), nullptr);
  EXPECT_EQ(pool.nodes().size(), 1U);
  pool.remove("p");
  EXPECT_TRUE(pool.nodes().empty());
}

}  // namespace
}  // namespace sdbtwin::cluster
