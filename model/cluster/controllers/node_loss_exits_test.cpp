// Goal: the four ways out of node loss, and what they cost (kubernetes.md 3.5). Method: as in
// node_loss_test.cpp.
#include "model/cluster/controllers/test_node_loss.h"
#include "model/cluster/node/node_heartbeat.h"

namespace sdbtwin::cluster {
namespace {

using api::TaintEffect;

TEST_F(NodeLossTest, ReturningBeforeTheTolerationExpiresCallsTheEvictionOff) {
  create_web(3);
  const std::string uid = cluster.pod("web-1")->metadata.uid;
  power_off(lost);
  cluster.run_for(5min);
  ASSERT_TRUE(tainted(lost, TaintEffect::kNoExecute));
  kubelet(lost).start();
  cluster.run_until([&] { return all_ready("web", 3); }, 1min);
  cluster.run_for(10min);
  EXPECT_EQ(cluster.pod("web-1")->metadata.uid, uid);
  EXPECT_FALSE(tainted(lost, TaintEffect::kNoExecute));
  EXPECT_FALSE(tainted(lost, TaintEffect::kNoSchedule));
  EXPECT_EQ(cluster.application.started_count, 4);  // web-1's container was started again
}

TEST_F(NodeLossTest, ExitAANodeThatReturnsKillsAndConfirmsAndThePodIsRecreated) {
  create_web(3);
  const std::string uid = cluster.pod("web-1")->metadata.uid;
  kubelet(lost).kill();  // its processes go on
  cluster.run_until([&] { return evicted("web-1"); }, 10min);
  cluster.run_for(10min);
  ASSERT_EQ(cluster.pod("web-1")->metadata.uid, uid);
  ASSERT_EQ(running("web-1"), 1);
  kubelet(lost).start();
  cluster.run_until([&] { return gone("web-1", uid); }, 40s);
  cluster.run_until([&] { return replaced("web-1", uid); }, 1min);
  EXPECT_EQ(running("web-1"), 1);
  cluster.run_for(5s);
  EXPECT_FALSE(tainted(lost, TaintEffect::kNoExecute));
}

TEST_F(NodeLossTest, ExitBPodGcForceDeletesFortyToSixtySecondsAfterTheNodeObjectIsDeleted) {
  create_web(3, "");
  power_off(lost);
  cluster.run_until([&] { return evicted("web-1"); }, 10min);
  const std::string uid = cluster.pod("web-1")->metadata.uid;
  bool failed = false;
  ASSERT_TRUE(cluster.ask(api::Request::remove(api::ObjectRef(api::Kind::kNode, "", lost))).ok());
  const sim::Duration took = cluster.time_until(
      [&] {
        const auto pod = cluster.pod("web-1");
        const bool same = pod != nullptr && pod->metadata.uid == uid;
        if (same && pod->status->phase == api::PodPhase::kFailed) {
          const auto* why = api::find_condition(*pod->status->conditions, api::kDisruptionTarget);
          failed = why != nullptr && why->reason == "DeletionByPodGC";
        }
        return !same;
      },
      2min);
  EXPECT_TRUE(failed);  // Failed first, then force deleted
  EXPECT_GE(took, 40s);
  EXPECT_LE(took, 82s);  // the quarantine begins and ends in rounds of 20 s
  cluster.run_until([&] { return replaced("web-1", uid); }, 1min);
  EXPECT_NE(cluster.pod("web-1")->spec->node_name, lost);
}

TEST_F(NodeLossTest, ExitBWithoutEvictionPodGcTakesAllPodsOfTheDeletedNode) {
  create_web(3, "");
  const std::string uid = cluster.pod("web-1")->metadata.uid;
  power_off(lost);
  ASSERT_TRUE(cluster.ask(api::Request::remove(api::ObjectRef(api::Kind::kNode, "", lost))).ok());
  cluster.run_until([&] { return gone("web-1", uid); }, 90s);
  cluster.run_until([&] { return replaced("web-1", uid); }, 1min);
  EXPECT_NE(cluster.pod("web-1")->spec->node_name, lost);
}

TEST_F(NodeLossTest, ExitCTheTaintOutOfServiceOnANotReadyNodeFreesItsPodsWithinTwentySeconds) {
  create_web(3, "");
  power_off(lost);
  cluster.run_until([&] { return unknown(lost); }, 2min);
  const std::string uid = cluster.pod("web-1")->metadata.uid;
  taint_out_of_service(lost);
  const sim::Duration took = cluster.time_until([&] { return gone("web-1", uid); }, 1min);
  EXPECT_LE(took, 21s);
  cluster.run_until([&] { return replaced("web-1", uid); }, 1min);
  EXPECT_NE(cluster.pod("web-1")->spec->node_name, lost);
}

TEST_F(NodeLossTest, ExitCDoesNothingWhileTheNodeIsReadyButTheOrdinaryEviction) {
  create_web(3, "");
  taint_out_of_service(lost);
  cluster.run_until([&] { return evicted("web-1"); }, 5s);  // it does not tolerate the taint
  const std::string uid = cluster.pod("web-1")->metadata.uid;
  cluster.run_until([&] { return gone("web-1", uid); }, 40s);
  EXPECT_EQ(cluster.application.killed_count, 0);  // it ended as it should
  for (const std::string& write : cluster.writes_by("pod-garbage-collector"))
    ADD_FAILURE() << write;
}

TEST_F(NodeLossTest, ExitDAForcedDeletionLetsTwoProcessesOfOneOrdinalRunUntilTheNodeReturns) {
  create_web(3, "");
  kubelet(lost).kill();  // cut off, its processes live on
  cluster.run_until([&] { return evicted("web-1"); }, 10min);
  const std::string uid = cluster.pod("web-1")->metadata.uid;
  force_delete("web-1");
  cluster.run_until([&] { return replaced("web-1", uid); }, 1min);
  EXPECT_NE(cluster.pod("web-1")->spec->node_name, lost);
  cluster.run_for(1h);
  EXPECT_EQ(running("web-1"), 2);
  kubelet(lost).start();
  cluster.run_for(1min);
  EXPECT_EQ(running("web-1"), 1);
  EXPECT_TRUE(all_ready("web", 3));
}

TEST_F(NodeLossTest, APodThatIsDeletedBeforeItHasANodeIsNotLeftToAnybody) {
  SetText text{.name = "late", .replicas = 1, .storage = ""};
  text.pod = R"("nodeSelector":{"disk":"none"})";
  create_set(text);
  cluster.run_until([&] { return cluster.pod("late-0") != nullptr; }, 1min);
  ASSERT_TRUE(cluster
                  .merge(api::ObjectRef(api::Kind::kPod, "demo", "late-0"),
                         R"({"metadata":{"finalizers":["example.com/hold"]}})")
                  .ok());
  ASSERT_TRUE(
      cluster.ask(api::Request::remove(api::ObjectRef(api::Kind::kPod, "demo", "late-0"))).ok());
  cluster.run_for(25s);
  EXPECT_EQ(cluster.pod("late-0")->status->phase, api::PodPhase::kFailed);  // PodGC was here
}

TEST(NodeRegistration, AKubeletRegistersItsNodeAtItsStartOnly) {
  // Goal: a Node that is deleted while its kubelet runs comes back with the next kubelet.
  TestClusterOptions options;
  options.nodes = 1;
  options.heartbeats = true;
  options.kubelets = false;
  TestCluster cluster(options);
  KubeletOptions kubelet;
  kubelet.heartbeats = true;
  auto node = std::make_shared<api::Node>();
  node->metadata.name = "node-0";
  node->status.edit().allocatable.edit() = {{"cpu", "4"}, {"memory", "8Gi"}};
  kubelet.registration = node;
  sim::Process& process =
      add_kubelet(cluster.simulation, cluster.endpoint, *cluster.machines.front(), cluster.disks,
                  cluster.images, cluster.timings, kubelet);
  cluster.start();
  const api::ObjectRef ref(api::Kind::kNode, "", "node-0");
  ASSERT_TRUE(cluster.ask(api::Request::remove(ref)).ok());
  cluster.run_for(10min);
  EXPECT_EQ(cluster.node("node-0"), nullptr);
  process.restart(sim::Duration::zero());
  cluster.run_until([&] { return cluster.node("node-0") != nullptr; }, 10s);
  EXPECT_TRUE(api::is_node_ready(*cluster.node("node-0")));
  EXPECT_EQ(cluster.node("node-0")->status->allocatable->at("cpu"), api::Quantity("4"));
}

}  // namespace
}  // namespace sdbtwin::cluster
