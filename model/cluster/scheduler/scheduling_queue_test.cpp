// Goal: the queue's rules (kubernetes.md 3.7: "Queue active/backoff/unschedulable; backoff 1 s
// doubling to 10 s; unschedulable pods retried on relevant events, and flushed after 5 min").
// Method: times are given.
#include "model/cluster/scheduler/scheduling_queue.h"

#include <gtest/gtest.h>

namespace sdbtwin::cluster {
namespace {

using namespace std::chrono_literals;

class SchedulingQueueTest : public testing::Test {
 protected:
  static SchedulingQueue::Key key(const std::string& name) { return {"demo", name}; }
  static sim::Time at(sim::Duration since) { return sim::Time{} + since; }
  void add(const std::string& name, int32_t priority = 0, sim::Duration now = 0s) {
    queue.add(key(name), name, priority, at(now));
  }
  std::string pop(sim::Duration now = 0s) {
    const auto popped = queue.pop(at(now));
    return popped ? popped->name : "";
  }
  void refuse(const std::string& name, Plugin plugin, sim::Duration now) {
    queue.unschedulable(key(name), bit(plugin), at(now));
  }

  SchedulingQueue queue;
};

TEST_F(SchedulingQueueTest, PodsOfHigherPriorityGoFirstThenWhoCameFirst) {
  add("b");
  add("a");
  add("vip", 10);
  EXPECT_EQ(pop(), "vip");
  EXPECT_EQ(pop(), "b");
  EXPECT_EQ(pop(), "a");
  EXPECT_EQ(pop(), "");
}

TEST_F(SchedulingQueueTest, TheBackoffIsOneSecondDoublingToTen) {
  add("p");
  sim::Duration now = 0s;
  for (const sim::Duration expected : {1s, 2s, 4s, 8s, 10s, 10s}) {
    ASSERT_EQ(pop(now), "p");
    queue.retry(key("p"), at(now));
    EXPECT_EQ(pop(now + expected - 1ns), "");
    EXPECT_EQ(queue.next_due(), at(now + expected));
    now += expected;
  }
}

TEST_F(SchedulingQueueTest, AnUnschedulablePodIsFlushedAfterFiveMinutes) {
  add("p");
  pop();
  refuse("p", Plugin::kNodeResourcesFit, 0s);
  EXPECT_EQ(pop(5min - 1ns), "");
  EXPECT_EQ(pop(5min), "p");
}

TEST_F(SchedulingQueueTest, ARelevantEventEndsTheWaitButNotTheBackoff) {
  add("p");
  pop();
  refuse("p", Plugin::kNodeResourcesFit, 0s);
  queue.move(ClusterEvent::kPodGone, at(300ms));
  EXPECT_EQ(pop(900ms), "");
  EXPECT_EQ(pop(1s), "p");
  refuse("p", Plugin::kNodeResourcesFit, 1s);
  queue.move(ClusterEvent::kNodeAdded, at(1min));
  EXPECT_EQ(pop(1min), "p");
}

TEST_F(SchedulingQueueTest, AnEventThatCannotHelpIsIgnored) {
  const auto moves = [this](Plugin plugin, ClusterEvent event) {
    queue = SchedulingQueue();
    add("p");
    pop();
    refuse("p", plugin, 0s);
    queue.move(event, at(1min));
    return pop(1min) == "p";
  };
  EXPECT_FALSE(moves(Plugin::kNodeResourcesFit, ClusterEvent::kPodPlaced));
  EXPECT_FALSE(moves(Plugin::kNodeResourcesFit, ClusterEvent::kNodeLabels));
  EXPECT_TRUE(moves(Plugin::kNodeResourcesFit, ClusterEvent::kNodeResources));
  EXPECT_FALSE(moves(Plugin::kNodeUnschedulable, ClusterEvent::kPodGone));
  EXPECT_TRUE(moves(Plugin::kNodeUnschedulable, ClusterEvent::kNodeTaints));
  EXPECT_FALSE(moves(Plugin::kNodeAffinity, ClusterEvent::kPodGone));
  EXPECT_TRUE(moves(Plugin::kNodeAffinity, ClusterEvent::kNodeLabels));
  EXPECT_TRUE(moves(Plugin::kInterPodAffinity, ClusterEvent::kPodPlaced));
  EXPECT_TRUE(moves(Plugin::kPodTopologySpread, ClusterEvent::kPodGone));
  EXPECT_TRUE(moves(Plugin::kVolumeBinding, ClusterEvent::kVolumes));
}

TEST_F(SchedulingQueueTest, AnEventDuringTheAttemptCounts) {
  add("p");
  pop();
  queue.move(ClusterEvent::kPodGone, at(5ms));
  refuse("p", Plugin::kNodeResourcesFit, 10ms);
  EXPECT_EQ(pop(1s), "p");
}

TEST_F(SchedulingQueueTest, APodThatWasDeletedOrReplacedIsForgotten) {
  add("p");
  queue.remove(key("p"), "another uid");
  EXPECT_TRUE(queue.contains(key("p"), "p"));
  queue.remove(key("p"), "p");
  EXPECT_EQ(pop(), "");
  add("q");
  pop();
  queue.add(key("q"), "the next", 0, at(0s));
  EXPECT_EQ(pop(), "q") << "a new pod has no back-off";
}

}  // namespace
}  // namespace sdbtwin::cluster
