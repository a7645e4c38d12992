// Goal: heartbeats run where, and only where, they could change something (docs/SCENARIOS.md).
// Method: scenarios with one fault or action each.
#include "scenarios/world/node_failures.h"

#include <gtest/gtest.h>

namespace sdbtwin::scenarios {
namespace {

using namespace std::chrono_literals;

bool with_fault(faults::Fault fault) {
  Scenario scenario;
  faults::PlannedFault planned;
  planned.fault = std::move(fault);
  scenario.faults.faults.push_back(std::move(planned));
  return has_heartbeats(scenario);
}

bool with_kill(std::string process, std::optional<sim::Duration> restart_after) {
  faults::ProcessKill kill;
  kill.process = std::move(process);
  kill.restart_after = restart_after;
  return with_fault(kill);
}

TEST(NodeFailures, WithoutAnythingThatConcernsNodesThereAreNoHeartbeats) {
  EXPECT_FALSE(has_heartbeats(Scenario()));
  EXPECT_FALSE(with_kill("ops-manager", std::nullopt));
  EXPECT_FALSE(with_fault(faults::PodDelete()));
}

TEST(NodeFailures, AKubeletThatIsAwayForLessThanThirtySecondsIsNotNoticed) {
  EXPECT_FALSE(with_kill("kubelet/node-0", 29s));
  EXPECT_TRUE(with_kill("kubelet/node-0", 30s));
  EXPECT_TRUE(with_kill("kubelet/node-0", std::nullopt));
}

TEST(NodeFailures, SeveralShortAbsencesAddUp) {
  Scenario scenario;
  for (int i = 0; i < 2; ++i) {
    faults::ProcessPause pause;
    pause.process = "kubelet/node-0";
    pause.duration = 20s;
    faults::PlannedFault planned;
    planned.fault = pause;
    scenario.faults.faults.push_back(planned);
  }
  EXPECT_TRUE(has_heartbeats(scenario));
  EXPECT_EQ(longest_outage(scenario), 40s);
}

TEST(NodeFailures, FaultsOfMachinesOfTheirWatchersAndOfTheirWritesCount) {
  EXPECT_TRUE(with_fault(faults::NodeDown()));
  EXPECT_TRUE(with_fault(faults::NodeCutOff()));
  EXPECT_TRUE(with_kill("node-lifecycle-controller", 1s));
  faults::LoseRequest lease;
  lease.request.object.kind = api::Kind::kLease;
  EXPECT_TRUE(with_fault(lease));
  faults::ApiOutage outage;
  outage.lasting.duration = 20s;
  EXPECT_FALSE(with_fault(outage));
  outage.lasting.duration = 40s;
  EXPECT_TRUE(with_fault(outage));
  outage.process = "provisioner";
  EXPECT_FALSE(with_fault(outage));
}

TEST(NodeFailures, WhoeverActsOnANodeNeedsThem) {
  Scenario scenario;
  Action action;
  NodeAction cordon;
  cordon.node = "leaf/1";
  action.what = cordon;
  scenario.actions.push_back(action);
  EXPECT_TRUE(has_heartbeats(scenario));
  scenario.cluster.heartbeats = Heartbeats::kNever;
  EXPECT_FALSE(has_heartbeats(scenario));
  EXPECT_EQ(longest_outage(scenario), 0s);
}

}  // namespace
}  // namespace sdbtwin::scenarios
