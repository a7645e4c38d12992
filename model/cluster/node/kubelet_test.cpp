// Goal: a kubelet runs, watches, restarts and ends pods as kubernetes.md section 3 says, and what
// is on a node is independent of the kubelet and of the API. Method: whole cluster in virtual time
// without jitter, plain processes in the containers.
#include "model/cluster/machinery_fixture.h"

namespace sdbtwin::cluster {
namespace {

using api::PodPhase;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

class KubeletTest : public MachineryTest {
 protected:
  static api::ObjectRef ref(const std::string& pod) {
    return api::ObjectRef(api::Kind::kPod, "demo", pod);
  }
  // A pod of one container "main"; `more` is put into the pod's spec, `container` into main.
  void create_pod(const std::string& name, const std::string& more = "",
                  const std::string& container = "", const std::string& image = "example/web:v1") {
    cluster.apply_json(R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":")" + name +
                       R"(","namespace":"demo"},"spec":{"containers":[{"name":"main","image":")" +
                       image + "\"" + (container.empty() ? "" : "," + container) + "}]" +
                       (more.empty() ? "" : "," + more) + "}}");
  }
  void create_ready(const std::string& name, const std::string& more = "",
                    const std::string& container = "") {
    create_pod(name, more, container);
    cluster.run_until([&] { return cluster.ready(name); });
  }
  void remove(const std::string& pod, std::optional<int64_t> grace = std::nullopt) {
    api::DeleteOptions options;
    options.grace_period_seconds = grace;
    ASSERT_TRUE(cluster.ask(api::Request::remove(ref(pod), options)).ok());
  }
  sim::Duration time_until_gone(const std::string& pod) {
    return cluster.time_until([&] { return cluster.pod(pod) == nullptr; });
  }
  const api::ContainerStatus& status_of(const std::string& pod) {
    keep_ = cluster.pod(pod);
    return keep_->status->container_statuses->at(0);
  }
  std::string waiting_reason(const std::string& pod) {
    const auto found = cluster.pod(pod);
    if (!found || found->status->container_statuses->empty()) return "";
    const auto& state = found->status->container_statuses->at(0).state;
    return state.waiting ? state.waiting->reason : "";
  }
  sim::Process& kubelet_of(const std::string& pod) {
    return cluster.process(kubelet_name(cluster.pod(pod)->spec->node_name));
  }
  api::PodPhase phase(const std::string& pod) { return cluster.pod(pod)->status->phase; }

 private:
  std::shared_ptr<const api::Pod> keep_;
};

// ---- Starting.

TEST_F(KubeletTest, APodGoesFromPendingToReadyWithConditionsAndAddresses) {
  create_ready("web");
  const auto pod = cluster.pod("web");
  EXPECT_EQ(pod->status->phase, PodPhase::kRunning);
  EXPECT_FALSE(pod->status->pod_ip.empty());
  EXPECT_FALSE(pod->status->host_ip.empty());
  for (const auto type : {api::kPodScheduled, api::kPodReadyToStartContainers, api::kPodInitialized,
                          api::kContainersReady, api::kPodReady}) {
    EXPECT_TRUE(api::is_condition_true(*pod->status->conditions, type)) << type;
  }
  EXPECT_THAT(cluster.application.running(), ElementsAre("web/main"));
}

TEST_F(KubeletTest, InitContainersEndBeforeTheOthersBegin) {
  create_pod("web", R"("initContainers":[{"name":"a","image":"example/web:v1"},)"
                    R"({"name":"b","image":"example/web:v1"}])");
  cluster.run_until([&] { return !cluster.application.running().empty(); });
  const auto& here = *cluster.machine_of("web").find(cluster.pod("web")->metadata.uid);
  for (const char* name : {"a", "b"}) {
    ASSERT_TRUE(here.find(name)->current->finished_at.has_value());
    EXPECT_EQ(here.find(name)->current->exit_code, 0);
  }
  EXPECT_LE(*here.find("a")->current->finished_at, here.find("b")->current->started_at);
  EXPECT_LE(*here.find("b")->current->finished_at, here.find("main")->current->started_at);
}

TEST_F(KubeletTest, AnImageIsPulledOncePerNodeAndOneAtATime) {
  create_ready("one");
  const std::string node = cluster.pod("one")->spec->node_name;
  const sim::Time begin = cluster.simulation.now();
  create_ready("two", R"("nodeSelector":{},"nodeName":")" + node + "\"");
  EXPECT_LT(cluster.simulation.now() - begin, 3s);  // no transfer of 600 MB (10 s)
}

TEST_F(KubeletTest, AnImageThatDoesNotExistBacksOffAndComesWhenItAppears) {
  create_pod("web", "", "", "example/missing:v1");
  cluster.run_until([&] { return waiting_reason("web") == "ErrImagePull"; });
  cluster.run_until([&] { return waiting_reason("web") == "ImagePullBackOff"; });
  EXPECT_EQ(phase("web"), PodPhase::kPending);
  cluster.images.add("example/missing:v1", 1000);
  cluster.run_until([&] { return cluster.ready("web"); });
}

TEST_F(KubeletTest, APodOnAFullNodeIsNotHeldUpByAnotherPodsPull) {
  // Each pod has its own worker: one that waits for an image does not stop the next.
  create_ready("first");
  create_pod("stuck", "", "", "example/missing:v1");
  create_pod("second");
  cluster.run_until([&] { return cluster.ready("second"); }, 30s);
}

// ---- Restarts.

TEST_F(KubeletTest, ACrashedContainerIsRestartedAtOnceThenAfter10Then20Seconds) {
  create_ready("web");
  for (const sim::Duration wait : {0s, 10s, 20s, 40s}) {
    const auto crashed = cluster.simulation.now();
    cluster.application.crash("web", "main", 1);
    EXPECT_THAT(cluster.application.running(), IsEmpty());
    cluster.run_until([&] { return !cluster.application.running().empty(); });
    const sim::Duration took = cluster.simulation.now() - crashed;
    EXPECT_GE(took, wait);
    EXPECT_LT(took, wait + 2s);  // relist and start
    if (wait >= 10s) {
      EXPECT_EQ(status_of("web").last_state.terminated->exit_code, 1);
    }
    cluster.run_until([&] { return cluster.ready("web"); });
  }
  EXPECT_EQ(status_of("web").restart_count, 4);
}

TEST_F(KubeletTest, ACrashLoopIsShownAsWaitingAndThePodStaysRunning) {
  create_ready("web");
  cluster.application.crash("web", "main", 1);
  cluster.run_until([&] { return !cluster.application.running().empty(); });
  cluster.run_for(3s);
  cluster.application.crash("web", "main", 2);
  cluster.run_until([&] { return waiting_reason("web") == "CrashLoopBackOff"; }, 5s);
  EXPECT_EQ(phase("web"), PodPhase::kRunning);
  EXPECT_FALSE(cluster.ready("web"));
}

TEST_F(KubeletTest, APodThatMayNotRestartEndsWithItsContainer) {
  create_ready("job", R"("restartPolicy":"Never")");
  cluster.application.crash("job", "main", 0);
  cluster.run_until([&] { return phase("job") == PodPhase::kSucceeded; }, 5s);
}

// ---- Probes.

TEST_F(KubeletTest, WithAReadinessProbeReadyFollowsTheApplicationAtProbeTicks) {
  cluster.application.set_habit("main", {.probe = ProbeOutcome::kFailure});
  create_pod("web", "", R"("readinessProbe":{"tcpSocket":{"port":1},"periodSeconds":5})");
  cluster.run_for(1min);
  EXPECT_FALSE(cluster.ready("web"));
  const uint64_t before = cluster.simulation.events_processed();
  cluster.run_for(1h);
  EXPECT_LT(cluster.simulation.events_processed() - before, 20U);  // nothing ticks
  cluster.application.set_habit("main", {});
  EXPECT_LE(cluster.time_until([&] { return cluster.ready("web"); }), 6s);
  cluster.application.set_habit("main", {.probe = ProbeOutcome::kFailure});
  const sim::Duration lost = cluster.time_until([&] { return !cluster.ready("web"); });
  EXPECT_GT(lost, 10s);  // three failures in a row
  EXPECT_LE(lost, 16s);
}

TEST_F(KubeletTest, AFailedLivenessProbeRestartsTheContainer) {
  create_ready("web", "", R"("livenessProbe":{"tcpSocket":{"port":1},"periodSeconds":5})");
  cluster.application.set_habit("main", {.probe = ProbeOutcome::kFailure});
  cluster.run_until([&] { return cluster.application.started_count == 2; }, 30s);
  cluster.application.set_habit("main", {});
  cluster.run_until([&] { return cluster.ready("web"); });
  EXPECT_EQ(status_of("web").restart_count, 1);
}

// ---- Ending.

TEST_F(KubeletTest, AGracefulDeletionReportsATerminalPhaseBeforeTheObjectGoes) {
  create_ready("web");
  bool seen_succeeded = false;
  remove("web");
  cluster.run_until([&] {
    const auto pod = cluster.pod("web");
    if (pod && pod->status->phase == PodPhase::kSucceeded) {
      seen_succeeded = true;
      EXPECT_TRUE(api::is_deleting(pod->metadata));
      EXPECT_FALSE(api::is_pod_ready(*pod));
    }
    return pod == nullptr;
  });
  EXPECT_TRUE(seen_succeeded);
  EXPECT_THAT(cluster.application.running(), IsEmpty());
  EXPECT_THAT(cluster.machines[0]->pods(), IsEmpty());
}

TEST_F(KubeletTest, AProcessThatIgnoresSigtermIsKilledAtTheEndOfTheGrace) {
  cluster.application.set_habit("main", {.stops_after = std::nullopt});
  create_ready("web");
  remove("web");
  cluster.run_for(29s);
  EXPECT_TRUE(api::is_pod_ready(*cluster.pod("web")));  // [k/k#129552]
  const sim::Duration rest = time_until_gone("web");
  EXPECT_GT(rest, 900ms);
  EXPECT_LT(rest, 3s);
  EXPECT_EQ(cluster.application.killed_count, 1);
}

TEST_F(KubeletTest, AShorterGraceGivenLaterShortensTheWait) {
  cluster.application.set_habit("main", {.stops_after = std::nullopt});
  create_ready("web");
  remove("web");
  cluster.run_for(5s);
  remove("web", 8);
  EXPECT_LT(time_until_gone("web"), 6s);
}

TEST_F(KubeletTest, AForcedDeletionRemovesTheObjectWhileTheProcessLivesOn) {
  // Section 7 #20: this is how two primaries come about.
  cluster.application.set_habit("main", {.stops_after = std::nullopt});
  create_ready("web");
  kubelet_of("web").pause();
  remove("web", 0);
  EXPECT_EQ(cluster.pod("web"), nullptr);
  cluster.run_for(5min);
  EXPECT_THAT(cluster.application.running(), ElementsAre("web/main"));
  for (const auto& machine : cluster.machines)
    cluster.process(kubelet_name(machine->name())).resume();
  cluster.run_until([&] { return cluster.application.running().empty(); }, 1min);
}

TEST_F(KubeletTest, TwoPodsOfOneNameCanRunOnANodeAtTheSameTime) {
  cluster.application.set_habit("main", {.stops_after = std::nullopt});
  create_ready("web");
  const std::string node = cluster.pod("web")->spec->node_name;
  remove("web", 0);
  create_pod("web", R"("nodeName":")" + node + "\"");
  cluster.run_until([&] { return cluster.application.running().size() == 2; }, 10s);
  cluster.run_until([&] { return cluster.application.running().size() == 1; }, 1min);
  cluster.run_until([&] { return cluster.ready("web"); });
}

TEST_F(KubeletTest, APodThatHasNotStartedYetEndsQuickly) {
  create_pod("web", "", "", "example/missing:v1");
  cluster.run_for(20s);
  remove("web");
  EXPECT_LT(time_until_gone("web"), 2s);
}

// ---- The kubelet itself.

TEST_F(KubeletTest, ARestartedKubeletFindsItsContainersRunning) {
  create_ready("web");
  const uint64_t instance = cluster.application.find("web", "main")->id;
  sim::Process& kubelet = kubelet_of("web");
  kubelet.kill();
  cluster.run_for(1min);
  EXPECT_TRUE(cluster.ready("web"));
  kubelet.start();
  cluster.run_for(1min);
  EXPECT_TRUE(cluster.ready("web"));
  EXPECT_EQ(cluster.application.find("web", "main")->id, instance);
  EXPECT_EQ(cluster.application.started_count, 1);
}

TEST_F(KubeletTest, WhileTheKubeletIsDeadNobodyRestartsAContainer) {
  create_ready("web");
  sim::Process& kubelet = kubelet_of("web");
  kubelet.kill();
  cluster.application.crash("web", "main", 1);
  cluster.run_for(5min);
  EXPECT_THAT(cluster.application.running(), IsEmpty());
  EXPECT_TRUE(cluster.ready("web"));  // the API does not know
  kubelet.start();
  cluster.run_until([&] { return !cluster.application.running().empty(); }, 10s);
  cluster.run_for(5s);
  EXPECT_EQ(status_of("web").restart_count, 1);
}

TEST_F(KubeletTest, ARestartedKubeletEndsPodsThatTheApiNoLongerKnows) {
  create_ready("web");
  sim::Process& kubelet = kubelet_of("web");
  kubelet.kill();
  remove("web", 0);
  cluster.run_for(1min);
  EXPECT_THAT(cluster.application.running(), ElementsAre("web/main"));
  kubelet.start();
  cluster.run_until([&] { return cluster.application.running().empty(); }, 10s);
}

TEST_F(KubeletTest, ARestartedKubeletGivesATerminatingPodItsFullGraceAgain) {
  cluster.application.set_habit("main", {.stops_after = std::nullopt});
  create_ready("web");
  sim::Process& kubelet = kubelet_of("web");
  remove("web");
  cluster.run_for(20s);
  kubelet.restart(1s);
  const sim::Duration rest = time_until_gone("web");
  EXPECT_GT(rest, 30s);
  EXPECT_LT(rest, 35s);
}

TEST_F(KubeletTest, ContainersGoOnWithoutAnApiServer) {
  create_ready("web");
  cluster.process("kube-apiserver").kill();
  cluster.application.crash("web", "main", 1);
  cluster.run_until([&] { return !cluster.application.running().empty(); }, 5s);
  cluster.process("kube-apiserver").start();
  cluster.run_until([&] { return status_of("web").restart_count == 1; }, 2min);
}

TEST_F(KubeletTest, PowerLossEndsEveryContainerAndTheyComeBackInANewSandbox) {
  create_ready("web", R"("initContainers":[{"name":"init","image":"example/web:v1"}])");
  NodeMachine& machine = cluster.machine_of("web");
  sim::Process& kubelet = kubelet_of("web");
  kubelet.kill();
  machine.power_off();
  EXPECT_THAT(cluster.application.running(), IsEmpty());
  cluster.run_for(30s);
  kubelet.start();
  cluster.run_until([&] { return !cluster.application.running().empty(); });
  cluster.run_until([&] { return cluster.ready("web") && status_of("web").restart_count == 1; });
  const auto pod = cluster.pod("web");
  EXPECT_EQ(pod->status->init_container_statuses->at(0).restart_count, 1);
}

}  // namespace
}  // namespace sdbtwin::cluster
