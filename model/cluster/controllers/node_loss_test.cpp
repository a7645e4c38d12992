// Goal: the time line of a lost node (kubernetes.md 3.5), each row with its times. Method: a whole
// cluster in virtual time without jitter; a node loses its power, or its kubelet alone.
#include "model/cluster/controllers/test_node_loss.h"

namespace sdbtwin::cluster {
namespace {

using api::TaintEffect;

TEST_F(NodeLossTest, TheKubeletRenewsItsLeaseEachTenSecondsAndItsStatusEachFiveMinutes) {
  cluster.forget_writes();
  cluster.run_for(10min);
  int leases = 0;
  int statuses = 0;
  for (const std::string& write : cluster.writes_by("kubelet/node-0")) {
    if (write == "update Lease node-0") ++leases;
    if (write == "patch Node/status node-0") ++statuses;
  }
  EXPECT_GE(leases, 56);  // the jitter makes the period up to 4 % longer
  EXPECT_LE(leases, 60);
  EXPECT_EQ(statuses, 2);
  const auto lease = api::as<api::Lease>(
      cluster.store.get(api::ObjectRef(api::Kind::kLease, "kube-node-lease", "node-0")));
  EXPECT_EQ(lease->spec->lease_duration_seconds, 40);
  EXPECT_EQ(lease->spec->holder_identity, "node-0");
}

TEST_F(NodeLossTest, TheNodeIsUnknownFiftySecondsAfterItsLastHeartbeatCheckedEachFiveSeconds) {
  create_web(3);
  power_off(lost);
  const sim::Duration took = cluster.time_until([&] { return unknown(lost); }, 2min);
  EXPECT_GE(took, 40s);  // the lease was renewed at most 10 s ago
  EXPECT_LE(took, 56s);
  const auto node = cluster.node(lost);
  const auto* ready = api::find_condition(*node->status->conditions, api::kNodeReady);
  EXPECT_EQ(ready->reason, "NodeStatusUnknown");
  EXPECT_EQ(ready->message, "Kubelet stopped posting node status.");
}

TEST_F(NodeLossTest, AllItsPodsGetReadyFalseAndThePhaseStaysRunning) {
  create_web(3);
  power_off(lost);
  cluster.run_until([&] { return unknown(lost); }, 2min);
  cluster.run_for(1s);
  EXPECT_FALSE(api::is_pod_ready(*cluster.pod("web-1")));
  EXPECT_EQ(cluster.pod("web-1")->status->phase, api::PodPhase::kRunning);
  EXPECT_TRUE(cluster.ready("web-0"));
  EXPECT_TRUE(cluster.ready("web-2"));
}

TEST_F(NodeLossTest, TheTaintUnreachableComesWithNoScheduleAtOnceAndNoExecuteInItsTurn) {
  create_web(3);
  power_off(lost);
  cluster.run_until([&] { return unknown(lost); }, 2min);
  cluster.run_for(1s);
  EXPECT_TRUE(tainted(lost, TaintEffect::kNoSchedule));
  EXPECT_FALSE(tainted(lost, TaintEffect::kNoExecute));
  cluster.run_for(6s);
  EXPECT_TRUE(tainted(lost, TaintEffect::kNoExecute));
  EXPECT_EQ(tainted_nodes(), 1U);
}

TEST_F(NodeLossTest, ThePodIsDeletedWhenTheDefaultTolerationOfThreeHundredSecondsExpires) {
  create_web(3);
  power_off(lost);
  const sim::Duration took = cluster.time_until([&] { return evicted("web-1"); }, 10min);
  EXPECT_GE(took, 340s);
  EXPECT_LE(took, 362s);
  const auto pod = cluster.pod("web-1");
  EXPECT_EQ(pod->metadata.deletion_grace_period_seconds, 30);  // an ordinary, graceful one
  const auto* why = api::find_condition(*pod->status->conditions, api::kDisruptionTarget);
  ASSERT_NE(why, nullptr);
  EXPECT_EQ(why->reason, "DeletionByTaintManager");
  EXPECT_EQ(why->message, "Taint manager: deleting due to NoExecute taint");
}

TEST_F(NodeLossTest, NobodyConfirmsSoThePodIsTerminatingForEverAndItsOrdinalIsNotRecreated) {
  create_web(3, "");
  const std::string uid = cluster.pod("web-1")->metadata.uid;
  power_off(lost);
  cluster.run_for(6h);
  ASSERT_TRUE(evicted("web-1"));
  EXPECT_EQ(cluster.pod("web-1")->metadata.uid, uid);
  EXPECT_EQ(cluster.pod("web-1")->status->phase, api::PodPhase::kRunning);
  EXPECT_EQ(cluster.names(api::Kind::kPod).size(), 3U);
  EXPECT_EQ(running("web-1"), 0);
}

TEST_F(NodeLossTest, WithoutItsKubeletTheProcessesOfANodeLiveOn) {
  create_web(3);
  kubelet(lost).kill();
  cluster.run_for(1h);
  EXPECT_TRUE(evicted("web-1"));
  EXPECT_EQ(running("web-1"), 1);
  EXPECT_EQ(cluster.application.killed_count, 0);
}

TEST_F(NodeLossTest, APausedKubeletIsAsSilentAsADeadOneAndGoesOnWhereItWas) {
  create_web(3);
  kubelet(lost).pause();
  cluster.run_until([&] { return unknown(lost); }, 2min);
  kubelet(lost).resume();
  cluster.run_until([&] { return ready_of(lost) == api::ConditionStatus::kTrue; }, 11s);
  cluster.run_until([&] { return cluster.ready("web-1"); }, 11s);
  cluster.run_for(10min);
  EXPECT_FALSE(evicted("web-1"));
  EXPECT_EQ(cluster.application.started_count, 3);
}

TEST_F(NodeLossTest, TheGraceIsMeasuredOnTheControllersOwnClock) {
  create_web(3);
  power_off(lost);
  cluster.run_for(30s);
  cluster.process("node-lifecycle-controller").restart(sim::Duration::zero());
  const sim::Duration took = cluster.time_until([&] { return unknown(lost); }, 2min);
  EXPECT_GE(took, 50s);  // from what the new one saw first
  EXPECT_LE(took, 56s);
}

class TenNodesLossTest : public NodeLossTest {
 protected:
  TenNodesLossTest() : NodeLossTest(10) {}
};

TEST_F(TenNodesLossTest, NodesOfAZoneAreTaintedOneInTenSeconds) {
  for (int i = 0; i < 4; ++i) power_off("node-" + std::to_string(i));
  cluster.run_until([&] { return tainted_nodes() == 1; }, 2min);
  const sim::Time first = cluster.simulation.now();
  for (size_t count = 2; count <= 4; ++count) {
    cluster.run_until([&] { return tainted_nodes() == count; }, 20s);
    const sim::Duration since = cluster.simulation.now() - first;
    EXPECT_GE(since, 10s * static_cast<int>(count - 1) - 100ms);
    EXPECT_LE(since, 10s * static_cast<int>(count - 1) + 100ms);
  }
}

TEST_F(TenNodesLossTest, InASmallZoneThatIsFiftyFivePercentUnhealthyNobodyIsTainted) {
  for (int i = 0; i < 6; ++i) power_off("node-" + std::to_string(i));
  cluster.run_until([&] { return unknown("node-5"); }, 2min);
  cluster.run_for(10min);
  EXPECT_LE(tainted_nodes(), 1U);  // whoever came before the zone was called disrupted
  EXPECT_TRUE(tainted("node-5", TaintEffect::kNoSchedule));
}

TEST_F(NodeLossTest, WhenAllZonesAreDownNobodyIsTaintedAndOnceOneIsBackTheOthersAre) {
  create_web(3);
  for (const auto& candidate : cluster.machines) kubelet(candidate->name()).kill();
  cluster.run_for(30min);
  EXPECT_EQ(tainted_nodes(), 0U);
  for (const std::string name : {"web-0", "web-1", "web-2"}) EXPECT_FALSE(evicted(name)) << name;
  for (const auto& candidate : cluster.machines) {
    EXPECT_TRUE(unknown(candidate->name()));
    if (candidate->name() != lost) kubelet(candidate->name()).start();
  }
  cluster.run_until([&] { return tainted(lost, TaintEffect::kNoExecute); }, 30s);
  cluster.run_until([&] { return evicted("web-1"); }, 310s);
}

TEST_F(NodeLossTest, AnApiServerThatCannotBeReachedForAMinuteEvictsNobody) {
  create_web(3);
  cluster.process("kube-apiserver").restart(90s);
  cluster.run_for(12min);
  EXPECT_TRUE(all_ready("web", 3));
  EXPECT_EQ(tainted_nodes(), 0U);
  EXPECT_EQ(cluster.application.started_count, 3);
}

}  // namespace
}  // namespace sdbtwin::cluster
