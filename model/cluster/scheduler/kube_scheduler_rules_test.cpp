// Goal: the scheduler's process keeps the rules of kubernetes.md 3.7 in a whole cluster. Method:
// virtual time without jitter; each test quotes its rule. The nodes have 8 CPUs.
#include "model/cluster/machinery_fixture.h"
#include "model/cluster/scheduler/preemption.h"

namespace sdbtwin::cluster {
namespace {

class KubeSchedulerRules : public MachineryTest {
 protected:
  void create_pod(const std::string& name, const std::string& cpu, const std::string& more = "",
                  const std::string& labels = "") {
    cluster.apply_json(R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":")" + name +
                       R"(","namespace":"demo","labels":{)" + labels +
                       R"(}},"spec":{"containers":[{"name":"main",)"
                       R"("image":"example/web:v1","resources":{"requests":{"cpu":")" +
                       cpu + R"("}}}])" + more + "}}");
  }
  void create_class(const std::string& name, int value) {
    cluster.apply_json(R"({"apiVersion":"scheduling.k8s.io/v1","kind":"PriorityClass",)"
                       R"("metadata":{"name":")" +
                       name + R"("},"value":)" + std::to_string(value) + "}");
  }
  std::string node_of(const std::string& name) {
    const auto pod = cluster.pod(name);
    return pod == nullptr ? "gone" : pod->spec->node_name;
  }
  std::string why_waiting(const std::string& name) {
    const auto pod = cluster.pod(name);
    const auto* shown = api::find_condition(*pod->status->conditions, api::kPodScheduled);
    return shown == nullptr ? "" : shown->message;
  }
  static constexpr const char* kApart =
      R"(,"affinity":{"podAntiAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[)"
      R"({"labelSelector":{"matchLabels":{"app":"db"}},"topologyKey":"kubernetes.io/hostname"}]}})";
};

TEST_F(KubeSchedulerRules, PriorityComesFromThePriorityClassAtAdmission) {
  create_class("high", 1000);
  create_pod("named", "1", R"(,"priorityClassName":"high")");
  create_pod("system", "1", R"(,"priorityClassName":"system-node-critical")");
  create_pod("plain", "1");
  EXPECT_EQ(cluster.pod("named")->spec->priority, 1000);
  EXPECT_EQ(cluster.pod("named")->spec->preemption_policy, "PreemptLowerPriority");
  EXPECT_EQ(cluster.pod("system")->spec->priority, 2'000'001'000);
  EXPECT_EQ(cluster.pod("plain")->spec->priority, 0);
}

TEST_F(KubeSchedulerRules, PreemptionSetsDeletionTimestampOnVictimsWithConditionDisruptionTarget) {
  create_class("high", 1000);
  for (const char* name : {"a", "b", "c"}) create_pod(name, "8");
  cluster.run_until([&] { return cluster.ready("a") && cluster.ready("b") && cluster.ready("c"); });
  create_pod("vip", "8", R"(,"priorityClassName":"high")");
  cluster.run_until([&] { return !cluster.pod("vip")->status->nominated_node_name.empty(); }, 5s);
  // One victim; its grace is respected, and the preemptor waits on the node that was chosen.
  const std::string node = cluster.pod("vip")->status->nominated_node_name;
  int victims = 0;
  for (const char* name : {"a", "b", "c"}) {
    const auto pod = cluster.pod(name);
    ASSERT_NE(pod, nullptr);
    if (!api::is_deleting(pod->metadata)) continue;
    ++victims;
    EXPECT_TRUE(is_preempted(*pod));
    EXPECT_EQ(pod->metadata.deletion_grace_period_seconds, 30);
    EXPECT_EQ(pod->spec->node_name, node);
  }
  EXPECT_EQ(victims, 1);
  EXPECT_EQ(node_of("vip"), "");
  cluster.run_until([&] { return cluster.ready("vip"); }, 1min);
  EXPECT_EQ(node_of("vip"), node);
}

TEST_F(KubeSchedulerRules, ALowerPodDoesNotTakeTheRoomThatWasMadeForAnother) {
  create_class("high", 1000);
  for (const char* name : {"a", "b", "c"}) create_pod(name, "8");
  cluster.run_for(20s);
  create_pod("vip", "8", R"(,"priorityClassName":"high")");
  cluster.run_for(2s);
  create_pod("sneaky", "1");
  cluster.run_until([&] { return cluster.ready("vip"); }, 2min);
  EXPECT_EQ(node_of("sneaky"), "");
}

TEST_F(KubeSchedulerRules, AFailedAttemptNamesEachNodesReason) {
  for (const char* name : {"a", "b", "c"}) create_pod(name, "1", kApart, R"("app":"db")");
  cluster.run_for(10s);
  create_pod("late", "1", kApart, R"("app":"db")");
  cluster.run_for(5s);
  EXPECT_EQ(why_waiting("late"),
            "0/3 nodes are available: 3 node(s) didn't match pod anti-affinity rules. preemption: "
            "0/3 nodes are available: 3 No preemption victims found for incoming pod.");
}

TEST_F(KubeSchedulerRules, AnUnschedulablePodIsRetriedOnARelevantEvent) {
  for (const char* name : {"a", "b", "c"}) create_pod(name, "1", kApart, R"("app":"db")");
  cluster.run_for(10s);
  create_pod("late", "1", kApart, R"("app":"db")");
  cluster.run_for(1min);
  ASSERT_TRUE(cluster.ask(api::Request::remove(api::ObjectRef(api::Kind::kPod, "demo", "b"))).ok());
  cluster.run_until([&] { return node_of("late") != ""; }, 40s);
}

TEST_F(KubeSchedulerRules, AHardSpreadKeepsTheFourthPodOnTheEmptiestNode) {
  create_set({.name = "db",
              .replicas = 4,
              .pod = R"("topologySpreadConstraints":[{"maxSkew":1,"topologyKey":)"
                     R"("kubernetes.io/hostname","whenUnsatisfiable":"DoNotSchedule",)"
                     R"("labelSelector":{"matchLabels":{"app":"db"}}}])",
              .storage = ""});
  run_until_ready("db", 4);
  std::map<std::string, int> pods;
  for (int i = 0; i < 4; ++i) ++pods[node_of("db-" + std::to_string(i))];
  EXPECT_EQ(pods.size(), 3U);
}

TEST_F(KubeSchedulerRules, ABindingOfAPodThatWasDeletedMeanwhileGivesTheRoomBack) {
  create_pod("a", "8");
  // The scheduler has seen it and thinks; the object goes before the binding arrives.
  cluster.run_for(12ms);
  static_cast<void>(
      cluster.ask(api::Request::remove(api::ObjectRef(api::Kind::kPod, "demo", "a"))));
  for (const char* name : {"b", "c", "d"}) create_pod(name, "8");
  cluster.run_until([&] { return cluster.ready("b") && cluster.ready("c") && cluster.ready("d"); },
                    2min);
}

}  // namespace
}  // namespace sdbtwin::cluster
