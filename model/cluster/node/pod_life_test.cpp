// Goal: the life of one pod, rule by rule of kubernetes.md 3.1 to 3.4; each test quotes its rule.
// Method: whole cluster in virtual time without jitter, plain processes in the containers. The
// tests of kubelet_test.cpp are about the same; these are the rules that are easily forgotten.
#include <fmt/format.h>

#include "model/cluster/machinery_fixture.h"

namespace sdbtwin::cluster {
namespace {

using api::PodPhase;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class PodLifeTest : public MachineryTest {
 protected:
  static api::ObjectRef ref(const std::string& pod) {
    return api::ObjectRef(api::Kind::kPod, "demo", pod);
  }
  // `container` is put into container "main", `spec` into the pod's spec.
  void create(const std::string& name, const std::string& container = "",
              const std::string& spec = "", const std::string& meta = "") {
    cluster.apply_json(fmt::format(
        R"({{"apiVersion":"v1","kind":"Pod","metadata":{{"name":"{}","namespace":"demo"{}}},)"
        R"("spec":{{"containers":[{{"name":"main","image":"example/web:v1"{}}}]{}}}}})",
        name, meta.empty() ? "" : "," + meta, container.empty() ? "" : "," + container,
        spec.empty() ? "" : "," + spec));
  }
  void create_ready(const std::string& name, const std::string& container = "",
                    const std::string& spec = "", const std::string& meta = "") {
    create(name, container, spec, meta);
    cluster.run_until([&] { return cluster.ready(name); });
  }
  void remove(const std::string& pod, std::optional<int64_t> grace = std::nullopt) {
    api::DeleteOptions options;
    options.grace_period_seconds = grace;
    ASSERT_TRUE(cluster.ask(api::Request::remove(ref(pod), options)).ok());
  }
  PodPhase phase(const std::string& pod) { return cluster.pod(pod)->status->phase; }
  std::string reason(const std::string& pod) { return cluster.pod(pod)->status->reason; }
  api::ContainerStatus main_of(const std::string& pod) {
    return cluster.pod(pod)->status->container_statuses->at(0);
  }
  bool runs(const std::string& name) {
    const std::vector<std::string> running = cluster.application.running();
    return std::find(running.begin(), running.end(), name) != running.end();
  }
  void crash_and_await(const std::string& pod) {
    cluster.application.crash(pod, "main", 1);
    cluster.run_until([&] { return runs(pod + "/main"); });
    cluster.run_for(3s);
  }
};

// ---- 3.1, P2: admission.

constexpr const char* kSixCpus = R"("resources":{"requests":{"cpu":"6"}})";

TEST_F(PodLifeTest, RejectedForResourcesGivesPhaseFailedReasonOutOfcpuTerminal) {
  create_ready("first", kSixCpus, R"("nodeName":"node-0")");
  create("second", kSixCpus, R"("nodeName":"node-0")");
  cluster.run_until([&] { return phase("second") == PodPhase::kFailed; }, 10s);
  EXPECT_EQ(reason("second"), "OutOfcpu");
  EXPECT_THAT(cluster.pod("second")->status->message, HasSubstr("requested: 6000, used: 6000"));
  remove("first");
  cluster.run_for(5min);
  EXPECT_EQ(phase("second"), PodPhase::kFailed) << "terminal: also when there is room again";
  EXPECT_THAT(cluster.application.running(), IsEmpty());
}

TEST_F(PodLifeTest, RejectedForMemoryAndAffinityAndTaints) {
  create("huge", R"("resources":{"requests":{"memory":"64Gi"}})", R"("nodeName":"node-0")");
  create("elsewhere", "", R"("nodeName":"node-0","nodeSelector":{"disk":"ssd"})");
  const api::ObjectRef node(api::Kind::kNode, "", "node-1");
  ASSERT_TRUE(
      cluster.merge(node, R"({"spec":{"taints":[{"key":"gone","value":"","effect":"NoExecute"}]}})")
          .ok());
  create("intolerant", "", R"("nodeName":"node-1")");
  create("tolerant", "",
         R"("nodeName":"node-1","tolerations":[{"key":"gone","operator":"Exists"}])");
  cluster.run_until([&] { return cluster.ready("tolerant"); });
  EXPECT_EQ(reason("huge"), "OutOfmemory");
  EXPECT_EQ(reason("elsewhere"), "NodeAffinity");
  EXPECT_EQ(reason("intolerant"), "TaintToleration");
  for (const char* pod : {"huge", "elsewhere", "intolerant"})
    EXPECT_EQ(phase(pod), PodPhase::kFailed) << pod;
}

TEST_F(PodLifeTest, ARestartedKubeletDoesNotRejectWhatRunsAlready) {
  create_ready("first", kSixCpus, R"("nodeName":"node-0")");
  const api::ObjectRef node(api::Kind::kNode, "", "node-0");
  ASSERT_TRUE(
      cluster.merge(node, R"({"spec":{"taints":[{"key":"k","effect":"NoExecute"}]}})").ok());
  cluster.process(kubelet_name("node-0")).restart(1s);
  cluster.run_for(1min);
  EXPECT_TRUE(cluster.ready("first"));
  EXPECT_EQ(cluster.application.started_count, 1);
}

// ---- 3.1, P5 to P8: containers.

TEST_F(PodLifeTest, RestartableInitContainersMustBeStartedNotFinished) {
  cluster.application.set_habit("side", {.probe = ProbeOutcome::kFailure});
  create("web", "",
         R"("initContainers":[{"name":"side","image":"example/web:v1","restartPolicy":"Always",)"
         R"("startupProbe":{"tcpSocket":{"port":1},"periodSeconds":5,"failureThreshold":100}}])");
  cluster.run_for(1min);
  EXPECT_THAT(cluster.application.running(), ElementsAre("web/side"));
  EXPECT_EQ(phase("web"), PodPhase::kPending);
  cluster.application.set_habit("side", {});
  cluster.run_until([&] { return cluster.ready("web"); }, 30s);
  EXPECT_THAT(cluster.application.running(), ElementsAre("web/side", "web/main"));
}

TEST_F(PodLifeTest, ASidecarThatCrashesComesBackWhileTheOthersRun) {
  create_ready("web", "",
               R"("initContainers":[{"name":"side","image":"example/web:v1",)"
               R"("restartPolicy":"Always"}])");
  cluster.application.crash("web", "side", 1);
  cluster.application.crash("web", "main", 1);
  cluster.run_until([&] { return runs("web/side") && runs("web/main"); }, 10s);
  cluster.run_until([&] { return cluster.ready("web"); });
}

TEST_F(PodLifeTest, SerialPullsPerNodeByDefault) {
  // v1 and v2 have 600 MB each, 10 s of transfer.
  const sim::Time begin = cluster.simulation.now();
  create("one", "", R"("nodeName":"node-0")");
  cluster.apply_json(
      R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"two","namespace":"demo"},"spec":)"
      R"({"nodeName":"node-0","containers":[{"name":"main","image":"example/web:v2"}]}})");
  cluster.run_until([&] { return runs("one/main") || runs("two/main"); });
  EXPECT_LT(cluster.simulation.now() - begin, 15s);
  cluster.run_until([&] { return runs("one/main") && runs("two/main"); });
  EXPECT_GT(cluster.simulation.now() - begin, 20s);
}

TEST_F(PodLifeTest, PostStartBlocksRunning) {
  create("web", R"("lifecycle":{"postStart":{"sleep":{"seconds":20}}})");
  cluster.run_until([&] { return runs("web/main"); });
  cluster.run_for(19s);
  EXPECT_EQ(phase("web"), PodPhase::kPending);
  cluster.run_until([&] { return cluster.ready("web"); }, 5s);
}

TEST_F(PodLifeTest, PhaseRunningOnceEveryContainerHasBeenCreated) {
  cluster.apply_json(
      R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"web","namespace":"demo"},"spec":)"
      R"({"containers":[{"name":"a","image":"example/web:v1"},)"
      R"({"name":"b","image":"example/missing:v1"}]}})");
  cluster.run_for(1min);
  EXPECT_THAT(cluster.application.running(), ElementsAre("web/a"));
  EXPECT_EQ(phase("web"), PodPhase::kPending);
  cluster.images.add("example/missing:v1", 1000);
  cluster.run_until([&] { return phase("web") == PodPhase::kRunning; });
}

TEST_F(PodLifeTest, ReadyAlsoNeedsReadinessGates) {
  create("web", "", R"("readinessGates":[{"conditionType":"example.com/gate"}])");
  cluster.run_for(1min);
  EXPECT_TRUE(api::is_condition_true(*cluster.pod("web")->status->conditions, "ContainersReady"));
  EXPECT_FALSE(cluster.ready("web"));
  const api::Value body =
      api::Value::parse(
          R"({"status":{"conditions":[{"type":"example.com/gate","status":"True"}]}})")
          .value();
  ASSERT_TRUE(
      cluster.ask(api::Request::patch_status(ref("web"), api::PatchType::kStrategicMerge, body))
          .ok());
  cluster.run_until([&] { return cluster.ready("web"); }, 2s);
}

TEST_F(PodLifeTest, TheKubeletWritesStatusPatchesAndTouchesOnlyItsOwnConditions) {
  create_ready("web");
  const api::Value body =
      api::Value::parse(R"({"status":{"conditions":[{"type":"example.com/other","status":"True",)"
                        R"("reason":"Mine"}]}})")
          .value();
  ASSERT_TRUE(
      cluster.ask(api::Request::patch_status(ref("web"), api::PatchType::kStrategicMerge, body))
          .ok());
  const std::string kubelet = kubelet_name(cluster.pod("web")->spec->node_name);
  cluster.forget_writes();
  cluster.application.crash("web", "main", 1);
  cluster.run_for(30s);
  EXPECT_TRUE(cluster.ready("web"));
  const auto* other =
      api::find_condition(*cluster.pod("web")->status->conditions, "example.com/other");
  ASSERT_NE(other, nullptr);
  EXPECT_EQ(other->reason, "Mine");
  const std::vector<std::string> writes = cluster.writes_by(kubelet);
  EXPECT_THAT(writes, testing::Each("patch Pod/status web"));
  EXPECT_THAT(writes, testing::Not(IsEmpty()));
}

// ---- 3.1: ways to end.

TEST_F(PodLifeTest, ActiveDeadlineSecondsEndInFailedDeadlineExceeded) {
  create_ready("web", "", R"("activeDeadlineSeconds":60)");
  cluster.run_for(30s);
  EXPECT_TRUE(cluster.ready("web"));
  EXPECT_GE(cluster.time_until([&] { return phase("web") == PodPhase::kFailed; }, 30s), 10s);
  EXPECT_EQ(reason("web"), "DeadlineExceeded");
  EXPECT_THAT(cluster.application.running(), IsEmpty());
  remove("web");
  EXPECT_EQ(cluster.pod("web"), nullptr) << "3.4.1: phase Failed: the period is 0";
}

TEST_F(PodLifeTest, NodePressureEvictionLeavesTheObjectFailedEvicted) {
  // "Phase Failed reason Evicted, the object stays until the controller deletes it"; monitor 10 s.
  create_ready("modest", "", R"("nodeName":"node-0")");
  create_ready("asked", R"("resources":{"requests":{"memory":"1Gi"}})", R"("nodeName":"node-0")");
  cluster.application.set_habit("main", {.stops_after = std::nullopt});
  const sim::Time begin = cluster.simulation.now();
  cluster.machines[0]->set_pressure("memory");
  cluster.run_until([&] { return phase("modest") == PodPhase::kFailed; }, 20s);
  EXPECT_LE(cluster.simulation.now() - begin, 10s + 5s) << "one monitor period, and no grace";
  EXPECT_EQ(reason("modest"), "Evicted");
  EXPECT_TRUE(
      api::is_condition_true(*cluster.pod("modest")->status->conditions, api::kDisruptionTarget));
  EXPECT_EQ(phase("asked"), PodPhase::kRunning)
      << "who asked for nothing goes first, one at a time";
  cluster.machines[0]->set_pressure("");
  cluster.run_for(10min);
  EXPECT_EQ(phase("asked"), PodPhase::kRunning);
  ASSERT_NE(cluster.pod("modest"), nullptr) << "a pod without a controller stays";
}

TEST_F(PodLifeTest, AnEvictedPodOfASetIsDeletedAndMadeAnewByItsController) {
  create_set({.replicas = 1, .storage = ""});
  run_until_ready("web", 1);
  const std::string uid = cluster.pod("web-0")->metadata.uid;
  NodeMachine& machine = cluster.machine_of("web-0");
  machine.set_pressure("memory");
  bool seen_evicted = false;
  cluster.run_until([&] {
    const auto pod = cluster.pod("web-0");
    seen_evicted = seen_evicted || (pod && pod->status->reason == "Evicted");
    return seen_evicted && pod && pod->metadata.uid != uid;
  });
  machine.set_pressure("");
  run_until_ready("web", 1);
}

TEST_F(PodLifeTest, NodeShutdownEndsItsPodsAsFailedTerminatedAndTakesNoNewOnes) {
  create_ready("web", "", R"("nodeName":"node-0")");
  cluster.application.set_habit("main", {.stops_after = 5s});
  cluster.machines[0]->announce_shutdown(10s);
  cluster.run_until([&] { return phase("web") == PodPhase::kFailed; }, 10s);
  EXPECT_EQ(reason("web"), "Terminated");
  EXPECT_EQ(cluster.application.killed_count, 0);
  create("late", "", R"("nodeName":"node-0")");
  cluster.run_until([&] { return phase("late") == PodPhase::kFailed; }, 10s);
  EXPECT_EQ(reason("late"), "NodeShutdown");
}

// ---- 3.2: restarts.

TEST_F(PodLifeTest, BackOffIsResetAfterTheContainerRanTenMinutesWithoutExit) {
  create_ready("web");
  for (int i = 0; i < 4; ++i) crash_and_await("web");
  cluster.run_for(11min);
  const sim::Time crashed = cluster.simulation.now();
  crash_and_await("web");
  EXPECT_LT(cluster.simulation.now() - crashed, 3s + 2s) << "at once, as the first time";
}

TEST_F(PodLifeTest, ARecreatedPodStartsAtBackOffZero) {
  create_ready("web");
  for (int i = 0; i < 4; ++i) crash_and_await("web");
  remove("web");
  cluster.run_until([&] { return cluster.pod("web") == nullptr; });
  create_ready("web");
  const sim::Time crashed = cluster.simulation.now();
  crash_and_await("web");
  EXPECT_LT(cluster.simulation.now() - crashed, 3s + 2s);
  EXPECT_EQ(main_of("web").restart_count, 1);
}

TEST_F(PodLifeTest, DuringBackOffWaitingCrashLoopBackOffWithLastStateAndRestartCountAtTheRestart) {
  create_ready("web");
  crash_and_await("web");
  cluster.application.crash("web", "main", 7);
  cluster.run_for(5s);
  const api::ContainerStatus waiting = main_of("web");
  ASSERT_TRUE(waiting.state.waiting.has_value());
  EXPECT_EQ(waiting.state.waiting->reason, "CrashLoopBackOff");
  ASSERT_TRUE(waiting.last_state.terminated.has_value());
  EXPECT_EQ(waiting.last_state.terminated->exit_code, 7);
  EXPECT_EQ(waiting.last_state.terminated->reason, "Error");
  EXPECT_TRUE(waiting.last_state.terminated->finished_at.has_value());
  EXPECT_EQ(waiting.restart_count, 1);
  cluster.run_until([&] { return main_of("web").restart_count == 2; }, 10s);
}

TEST_F(PodLifeTest, StateChangesShowWithZeroToOneSecondLag) {
  create_ready("web", "", R"("restartPolicy":"Never")");
  cluster.application.crash("web", "main", 0);
  const sim::Duration lag = cluster.time_until([&] { return phase("web") != PodPhase::kRunning; });
  EXPECT_GT(lag, 0s);
  EXPECT_LT(lag, 1s + 100ms);  // and the write
}

// ---- 3.3: probes.

constexpr const char* kReadiness =
    R"("readinessProbe":{"tcpSocket":{"port":1},"periodSeconds":10,"failureThreshold":1})";

TEST_F(PodLifeTest, TheFirstEffectiveProbeLandsInDelayToDelayPlusPeriod) {
  cluster.run_for(1min);
  create("web", R"("readinessProbe":{"tcpSocket":{"port":1},"periodSeconds":10,)"
                R"("initialDelaySeconds":25})");
  cluster.run_until([&] { return runs("web/main"); });
  const sim::Duration took = cluster.time_until([&] { return cluster.ready("web"); });
  EXPECT_GE(took, 25s);
  EXPECT_LT(took, 35s + 100ms);
}

TEST_F(PodLifeTest, RandomInitialOffsetOnlyIfTheKubeletRestartedLessThanOnePeriodAgo) {
  const auto delays = [&](const std::string& prefix) {
    std::vector<sim::Duration> took;
    for (int i = 0; i < 3; ++i)
      create(prefix + std::to_string(i), kReadiness, R"("nodeName":"node-0")");
    std::set<int> seen;
    const sim::Time begin = cluster.simulation.now();
    cluster.run_until([&] {
      for (int i = 0; i < 3; ++i) {
        if (cluster.ready(prefix + std::to_string(i)) && seen.insert(i).second)
          took.push_back(cluster.simulation.now() - begin);
      }
      return seen.size() == 3;
    });
    return *std::max_element(took.begin(), took.end()) -
           *std::min_element(took.begin(), took.end());
  };
  create_ready("puller", "", R"("nodeName":"node-0")");
  cluster.run_for(1min);
  EXPECT_LT(delays("old"), 500ms) << "created together, probed together";
  cluster.process(kubelet_name("node-0")).restart(1s);
  cluster.run_for(1500ms);
  EXPECT_GT(delays("new"), 500ms);
}

TEST_F(PodLifeTest, LivenessFailureKillsWithTheProbesOwnGracePeriod) {
  cluster.application.set_habit("main", {.stops_after = std::nullopt});
  create_ready("web", R"("livenessProbe":{"tcpSocket":{"port":1},"periodSeconds":1,)"
                      R"("failureThreshold":1,"terminationGracePeriodSeconds":7})");
  cluster.application.set_habit("main",
                                {.stops_after = std::nullopt, .probe = ProbeOutcome::kFailure});
  const sim::Duration took =
      cluster.time_until([&] { return cluster.application.killed_count == 1; });
  EXPECT_GE(took, 7s);
  EXPECT_LE(took, 9s);
}

TEST_F(PodLifeTest, ReadinessKeepsProbingWhileThePodIsTerminatingAndLivenessDoesNot) {
  cluster.application.set_habit("main", {.stops_after = std::nullopt});
  create_ready("web", std::string(kReadiness) +
                          R"(,"livenessProbe":{"tcpSocket":{"port":1},"periodSeconds":1,)"
                          R"("failureThreshold":1})");
  remove("web");
  cluster.run_for(2s);
  EXPECT_TRUE(api::is_pod_ready(*cluster.pod("web")));
  cluster.application.set_habit("main",
                                {.stops_after = std::nullopt, .probe = ProbeOutcome::kFailure});
  cluster.run_until([&] { return !api::is_pod_ready(*cluster.pod("web")); }, 12s);
  cluster.run_for(5s);
  EXPECT_TRUE(runs("web/main")) << "liveness is forced to success";
}

TEST_F(PodLifeTest, ContainerNotRunningSetsReadinessToFailureAtOnce) {
  create_ready("web", kReadiness);
  cluster.application.crash("web", "main", 1);
  EXPECT_LE(cluster.time_until([&] { return !cluster.ready("web"); }), 1s + 100ms);
}

// ---- 3.4: deletion.

TEST_F(PodLifeTest, TheTimeOfPreStopCountsAgainstThePeriod) {
  cluster.application.set_habit("main", {.stops_after = std::nullopt});
  create_ready("web", R"("lifecycle":{"preStop":{"sleep":{"seconds":20}}})");
  const sim::Time begin = cluster.simulation.now();
  remove("web");
  cluster.run_until([&] { return !runs("web/main"); });
  EXPECT_GE(cluster.simulation.now() - begin, 30s);
  EXPECT_LE(cluster.simulation.now() - begin, 31s);
}

TEST_F(PodLifeTest, APreStopOverrunLeavesAFloorOfTwoSeconds) {
  cluster.application.set_habit("main", {.stops_after = 1s});
  create_ready("web", R"("lifecycle":{"preStop":{"sleep":{"seconds":60}}})",
               R"("terminationGracePeriodSeconds":10)");
  const sim::Time begin = cluster.simulation.now();
  remove("web");
  cluster.run_until([&] { return !runs("web/main"); });
  EXPECT_GE(cluster.simulation.now() - begin, 11s);
  EXPECT_LE(cluster.simulation.now() - begin, 12s);
  EXPECT_EQ(cluster.application.killed_count, 0) << "it used the floor";
}

TEST_F(PodLifeTest, SidecarsLastInReverseOrder) {
  for (const char* name : {"main", "first", "second"})
    cluster.application.set_habit(name, {.stops_after = 2s});
  create_ready("web", "",
               R"("initContainers":[)"
               R"({"name":"first","image":"example/web:v1","restartPolicy":"Always"},)"
               R"({"name":"second","image":"example/web:v1","restartPolicy":"Always"}])");
  remove("web");
  cluster.run_until([&] { return !runs("web/main"); });
  EXPECT_THAT(cluster.application.running(), ElementsAre("web/first", "web/second"));
  cluster.run_until([&] { return !runs("web/second"); });
  EXPECT_THAT(cluster.application.running(), ElementsAre("web/first"));
  cluster.run_until([&] { return cluster.pod("web") == nullptr; }, 10s);
  EXPECT_EQ(cluster.application.killed_count, 0);
}

TEST_F(PodLifeTest, FinalizersHoldTheObjectWithDeletionTimestampAndGraceZero) {
  create_ready("web", "", "", R"("finalizers":["example.com/hold"])");
  remove("web");
  cluster.run_for(2min);
  ASSERT_NE(cluster.pod("web"), nullptr);
  EXPECT_TRUE(api::is_deleting(cluster.pod("web")->metadata));
  EXPECT_EQ(cluster.pod("web")->metadata.deletion_grace_period_seconds, 0);
  EXPECT_TRUE(api::is_pod_terminal(*cluster.pod("web")));
  EXPECT_THAT(cluster.application.running(), IsEmpty());
  ASSERT_TRUE(cluster.merge(ref("web"), R"({"metadata":{"finalizers":null}})").ok());
  EXPECT_EQ(cluster.pod("web"), nullptr);
}

TEST_F(PodLifeTest, ARestartedKubeletFinishesTheDeletionItsPredecessorHadBegun) {
  for (const sim::Duration offset : std::vector<sim::Duration>{50ms, 200ms, 400ms, 600ms, 800ms}) {
    create_ready("web", "", R"("nodeName":"node-0")");
    remove("web");
    cluster.run_for(offset);
    cluster.process(kubelet_name("node-0")).restart(1s);
    cluster.run_until([&] { return cluster.pod("web") == nullptr; }, 1min);
    EXPECT_THAT(cluster.application.running(), IsEmpty());
  }
}

}  // namespace
}  // namespace sdbtwin::cluster
