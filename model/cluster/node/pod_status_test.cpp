// Goal: phase, conditions and container statuses as a kubelet reports them
// (kubernetes.md 3.1, 3.2). Method: literal observations of one pod with an init container and two
// containers.
#include "model/cluster/node/pod_status.h"

#include <gtest/gtest.h>

namespace sdbtwin::cluster {
namespace {

using namespace std::chrono_literals;
using api::ConditionStatus;
using api::PodPhase;

class PodStatusTest : public testing::Test {
 protected:
  PodStatusTest() {
    pod.metadata.name = "web-0";
    pod.status.edit().phase = PodPhase::kPending;
    api::Container container;
    container.name = "init";
    pod.spec.edit().init_containers.push_back(container);
    for (const char* name : {"db", "agent"}) {
      container.name = name;
      pod.spec.edit().containers.push_back(container);
    }
    seen.on_node = &here;
    here.ip = "10.244.0.1";
  }
  void run(const char* name, std::optional<int32_t> exit_code = std::nullopt) {
    for (NodeMachine::Container& container : here.containers) {
      if (container.name != name) continue;
      container.current->finished_at = sim::Time(9s);
      container.current->exit_code = exit_code.value_or(0);
      return;
    }
    NodeMachine::Container made;
    made.name = name;
    made.current.emplace().started_at = sim::Time(5s);
    if (exit_code) {
      made.current->finished_at = sim::Time(9s);
      made.current->exit_code = *exit_code;
    }
    here.containers.push_back(made);
  }
  api::PodStatus status() const { return make_pod_status(pod, seen, "10.0.0.1", now); }
  static ConditionStatus condition(const api::PodStatus& status, std::string_view type) {
    const auto* found = api::find_condition(*status.conditions, type);
    return found == nullptr ? ConditionStatus::kUnset : found->status;
  }

  static std::optional<api::Timestamp> ready_since(const api::PodStatus& status) {
    return api::find_condition(*status.conditions, api::kPodReady)->last_transition_time;
  }

  api::Pod pod;
  PodObservation seen;
  NodeMachine::Pod here;
  sim::Time now = sim::Time(10s);
};

TEST_F(PodStatusTest, APodIsPendingUntilEveryContainerHasBeenStarted) {
  EXPECT_EQ(status().phase, PodPhase::kPending);
  EXPECT_EQ(status().container_statuses->at(0).state.waiting->reason, "PodInitializing");
  run("init", 0);
  run("db");
  EXPECT_EQ(status().phase, PodPhase::kPending);
  run("agent");
  EXPECT_EQ(status().phase, PodPhase::kRunning);
}

TEST_F(PodStatusTest, WithoutReadinessProbesARunningPodIsReady) {
  run("init", 0);
  run("db");
  EXPECT_EQ(condition(status(), api::kPodReady), ConditionStatus::kFalse);
  EXPECT_EQ(condition(status(), api::kContainersReady), ConditionStatus::kFalse);
  run("agent");
  EXPECT_EQ(condition(status(), api::kPodReady), ConditionStatus::kTrue);
  EXPECT_EQ(condition(status(), api::kPodInitialized), ConditionStatus::kTrue);
}

TEST_F(PodStatusTest, TheReasonNamesTheContainersThatAreNotReady) {
  run("init", 0);
  run("db");
  run("agent");
  seen.ready["db"] = false;
  const api::PodStatus now_status = status();
  const auto* ready = api::find_condition(*now_status.conditions, api::kPodReady);
  ASSERT_NE(ready, nullptr);
  EXPECT_EQ(ready->reason, "ContainersNotReady");
  EXPECT_EQ(ready->message, "containers with unready status: [db]");
}

TEST_F(PodStatusTest, ACrashingContainerDoesNotMakeThePodFail) {
  run("init", 0);
  run("db", 1);
  run("agent");
  seen.waiting["db"] = WaitingReason{"CrashLoopBackOff", "back-off"};
  const api::PodStatus now_status = status();
  EXPECT_EQ(now_status.phase, PodPhase::kRunning);
  const api::ContainerStatus& db = now_status.container_statuses->at(0);
  EXPECT_EQ(db.state.waiting->reason, "CrashLoopBackOff");
  EXPECT_EQ(db.last_state.terminated->exit_code, 1);
}

TEST_F(PodStatusTest, AfterAGracefulEndThePhaseSaysWhetherAllExitedWithZero) {
  run("init", 0);
  run("db", 0);
  run("agent", 0);
  seen.terminated = true;
  EXPECT_EQ(status().phase, PodPhase::kSucceeded);
  EXPECT_EQ(condition(status(), api::kPodReady), ConditionStatus::kFalse);
  run("agent", 137);
  EXPECT_EQ(status().phase, PodPhase::kFailed);
}

TEST_F(PodStatusTest, APodThatEndedBeforeItStartedIsFailed) {
  here.ip.clear();
  seen.terminated = true;
  const api::PodStatus now_status = status();
  EXPECT_EQ(now_status.phase, PodPhase::kFailed);
  EXPECT_EQ(now_status.container_statuses->at(0).state.terminated->reason,
            "ContainerStatusUnknown");
}

TEST_F(PodStatusTest, TerminalPhasesNeverGoBack) {
  pod.status.edit().phase = PodPhase::kFailed;
  run("init", 0);
  run("db");
  run("agent");
  EXPECT_EQ(status().phase, PodPhase::kFailed);
}

TEST_F(PodStatusTest, JobsEndByTheirRestartPolicy) {
  pod.spec.edit().restart_policy = api::RestartPolicy::kNever;
  run("init", 0);
  run("db", 0);
  run("agent", 0);
  EXPECT_EQ(status().phase, PodPhase::kSucceeded);
  run("agent", 3);
  EXPECT_EQ(status().phase, PodPhase::kFailed);
}

TEST_F(PodStatusTest, ATransitionTimeMovesOnlyWithTheStatus) {
  run("init", 0);
  run("db");
  pod.status = status();
  now = sim::Time(20s);
  seen.waiting["agent"] = WaitingReason{"ErrImagePull", ""};
  EXPECT_EQ(ready_since(status()), api::ClusterTime::at(sim::Time(10s)));
  run("agent");
  EXPECT_EQ(ready_since(status()), api::ClusterTime::at(sim::Time(20s)));
}

TEST_F(PodStatusTest, APatchHoldsWhatChangedAndOnlyTheKubeletsConditions) {
  run("init", 0);
  run("db");
  run("agent");
  api::PodCondition foreign;
  foreign.type = api::kDisruptionTarget;
  foreign.status = ConditionStatus::kTrue;
  pod.status.edit().conditions.edit().push_back(foreign);
  const api::PodStatus before = status();
  pod.status = before;
  seen.ready["db"] = false;
  now = sim::Time(30s);
  const api::PodStatus after = status();
  const api::Value patch = status_patch("uid-1", before, after);
  EXPECT_EQ(patch.find_path({"metadata", "uid"})->text(), "uid-1");
  EXPECT_EQ(patch.find_path({"status", "phase"}), nullptr);
  EXPECT_EQ(patch.find_path({"status", "conditions"})->size(), 2U);  // Ready, ContainersReady
  EXPECT_TRUE(status_patch("uid-1", after, after).is_null());
}

}  // namespace
}  // namespace sdbtwin::cluster
