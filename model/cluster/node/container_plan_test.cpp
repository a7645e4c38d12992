// Goal: which containers a kubelet starts, and when (kubernetes.md 3.1, 3.2). Method: literal specs
// and observations.
#include "model/cluster/node/container_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sdbtwin::cluster {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

class ContainerPlanTest : public testing::Test {
 protected:
  ContainerPlanTest() {
    for (const char* name : {"init-a", "init-b"}) spec.init_containers.push_back(container(name));
    for (const char* name : {"db", "agent"}) spec.containers.push_back(container(name));
  }
  static api::Container container(const char* name) {
    api::Container made;
    made.name = name;
    return made;
  }
  void observe(const char* name, std::optional<int32_t> exit_code, sim::Duration ended = 50s) {
    NodeMachine::Container seen;
    seen.name = name;
    seen.current.emplace();
    if (exit_code) {
      seen.current->finished_at = sim::Time(ended);
      seen.current->exit_code = *exit_code;
    }
    observed.containers.push_back(seen);
  }
  std::vector<std::string> starts() const {
    std::vector<std::string> names;
    for (const auto& start : plan().start) names.push_back(start.container->name);
    return names;
  }
  ContainerPlan plan() const { return plan_containers(spec, &observed, backoffs, now); }

  api::PodSpec spec;
  NodeMachine::Pod observed;
  Backoffs backoffs;
  sim::Time now = sim::Time(60s);
};

TEST_F(ContainerPlanTest, InitContainersRunOneAfterTheOtherToTheirEnd) {
  EXPECT_THAT(starts(), ElementsAre("init-a"));
  observe("init-a", std::nullopt);
  EXPECT_THAT(starts(), IsEmpty());
  observed.containers.clear();
  observe("init-a", 0);
  EXPECT_THAT(starts(), ElementsAre("init-b"));
  observe("init-b", 0);
  EXPECT_THAT(starts(), ElementsAre("db", "agent"));
}

TEST_F(ContainerPlanTest, ASidecarHasToRunNotToEnd) {
  spec.init_containers[0].restart_policy = "Always";
  observe("init-a", std::nullopt);
  EXPECT_THAT(starts(), ElementsAre("init-b"));
}

TEST_F(ContainerPlanTest, AFailedInitContainerIsTriedAgainUnlessThePolicyIsNever) {
  observe("init-a", 1);
  EXPECT_THAT(starts(), ElementsAre("init-a"));
  spec.restart_policy = api::RestartPolicy::kNever;
  EXPECT_THAT(starts(), IsEmpty());
}

TEST_F(ContainerPlanTest, TheRestartPolicyDecidesAboutEndedContainers) {
  spec.init_containers.clear();
  observe("db", 0);
  observe("agent", 1);
  EXPECT_THAT(starts(), ElementsAre("db", "agent"));
  spec.restart_policy = api::RestartPolicy::kOnFailure;
  EXPECT_THAT(starts(), ElementsAre("agent"));
  spec.restart_policy = api::RestartPolicy::kNever;
  EXPECT_THAT(starts(), IsEmpty());
}

TEST_F(ContainerPlanTest, BackOffIsCountedFromTheEndOfTheContainer) {
  spec.init_containers.clear();
  observe("db", 1, 55s);
  observe("agent", std::nullopt);
  backoffs["db"].attempted(sim::Time(40s), sim::Time(40s));
  EXPECT_THAT(starts(), IsEmpty());
  EXPECT_THAT(plan().backing_off, ElementsAre("db"));
  EXPECT_EQ(plan().next, sim::Time(65s));
  now = sim::Time(65s);
  EXPECT_THAT(starts(), ElementsAre("db"));
}

}  // namespace
}  // namespace sdbtwin::cluster
