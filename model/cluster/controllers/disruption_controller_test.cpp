// Goal: budgets follow their pods, and evictions spend them (kubernetes.md 4.10). Method: literal
// numbers for the arithmetic; a whole cluster in virtual time for the rest.
#include "model/cluster/controllers/disruption_controller.h"

#include "model/cluster/controllers/disruption_status.h"
#include "model/cluster/machinery_fixture.h"

namespace sdbtwin::cluster {
namespace {

TEST(DisruptionStatus, WhatABudgetWantsFollowsFromItsSpecAndTheScale) {
  struct Row {
    std::optional<api::IntOrString> min_available, max_unavailable;
    int64_t count, healthy;
    bool by_scale;
  };
  for (const Row& row : std::vector<Row>{{std::nullopt, 1, 3, 2, true},
                                         {std::nullopt, "34%", 3, 1, true},
                                         {std::nullopt, 5, 3, 0, true},
                                         {2, std::nullopt, 3, 2, false},
                                         {"50%", std::nullopt, 3, 2, true}}) {
    api::PodDisruptionBudgetSpec spec;
    spec.min_available = row.min_available;
    spec.max_unavailable = row.max_unavailable;
    EXPECT_EQ(expected_of(spec, row.count).healthy, row.healthy);
    EXPECT_EQ(counts_by_scale(spec), row.by_scale);
  }
}

TEST(DisruptionStatus, AnEvictionThatLeadsToNoDeletionIsForgottenAfterTwoMinutes) {
  auto pod = std::make_shared<api::Pod>();
  pod->metadata.name = "web-0";
  api::PodCondition ready;
  ready.type = api::kPodReady;
  ready.status = api::ConditionStatus::kTrue;
  pod->status.edit().conditions.edit().push_back(ready);
  api::PodDisruptionBudget budget;
  budget.status.edit().disrupted_pods["web-0"] = api::ClusterTime::at(sim::Time(10s));
  const auto healthy = [&](sim::Time now) {
    const Disrupted disrupted = still_disrupted(budget, {pod}, now);
    return budget_status(budget, {pod}, Expected{1, 1}, disrupted, now).current_healthy;
  };
  EXPECT_EQ(healthy(sim::Time(20s)), 0);
  EXPECT_EQ(still_disrupted(budget, {pod}, sim::Time(20s)).recheck, sim::Time(130s));
  EXPECT_EQ(healthy(sim::Time(131s)), 1);
}

class DisruptionControllerTest : public MachineryTest {
 protected:
  DisruptionControllerTest() {
    cluster.apply_json(
        R"({"apiVersion":"policy/v1","kind":"PodDisruptionBudget","metadata":{"name":"web",)"
        R"("namespace":"demo"},"spec":{"maxUnavailable":1,"selector":{"matchLabels":)"
        R"({"app":"web"}}}})");
  }
  api::PodDisruptionBudgetStatus budget() {
    return *api::as<api::PodDisruptionBudget>(
                cluster.store.get(api::ObjectRef(api::Kind::kPodDisruptionBudget, "demo", "web")))
                ->status;
  }
  api::Result<api::Response> evict(const std::string& pod) {
    return cluster.ask(api::Request::evict(api::ObjectRef(api::Kind::kPod, "demo", pod)));
  }
};

TEST_F(DisruptionControllerTest, ABudgetCountsItsPodsAgainstTheScaleOfTheirSet) {
  create_set({});
  run_until_ready("web", 3);
  cluster.run_for(1s);
  EXPECT_EQ(budget().expected_pods, 3);
  EXPECT_EQ(budget().desired_healthy, 2);
  EXPECT_EQ(budget().current_healthy, 3);
  EXPECT_EQ(budget().disruptions_allowed, 1);
  EXPECT_TRUE(api::is_condition_true(budget().conditions, "DisruptionAllowed"));
}

TEST_F(DisruptionControllerTest, ASecondEvictionIsRefusedUntilTheFirstPodIsBack) {
  create_set({});
  run_until_ready("web", 3);
  cluster.run_for(1s);
  ASSERT_TRUE(evict("web-1").ok());
  const auto refused = evict("web-2");
  ASSERT_TRUE(api::is(refused, api::Reason::kTooManyRequests));
  EXPECT_EQ(refused.error().retry_after_seconds, 0);  // section 7 #15
  cluster.run_for(3s);
  cluster.run_until([&] { return cluster.ready("web-1"); });
  cluster.run_for(1s);
  EXPECT_EQ(budget().disruptions_allowed, 1);
  EXPECT_TRUE(budget().disrupted_pods.empty());
  EXPECT_TRUE(evict("web-2").ok());
}

TEST_F(DisruptionControllerTest, WithoutAScaleTheSyncHasFailedAndNothingIsAllowed) {
  // A ConfigMap owns the pod, and ConfigMaps have no scale.
  const auto owner = cluster.apply_json(
      R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"o","namespace":"demo"}})");
  cluster.apply_json(R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","namespace":"demo",)"
                     R"("labels":{"app":"web"},"ownerReferences":[{"apiVersion":"v1","kind":)"
                     R"("ConfigMap","name":"o","controller":true,"uid":")" +
                     owner->metadata.uid +
                     R"("}]},"spec":{"containers":[{"name":"main","image":"example/web:v1"}]}})");
  cluster.run_for(10s);
  EXPECT_EQ(budget().disruptions_allowed, 0);
  const api::StatusCondition* condition =
      api::find_condition(budget().conditions, "DisruptionAllowed");
  ASSERT_NE(condition, nullptr);
  EXPECT_EQ(condition->reason, "SyncFailed");
  EXPECT_EQ(condition->status, api::ConditionStatus::kFalse);
}

TEST_F(DisruptionControllerTest, ABudgetWithoutPodsAllowsNothing) {
  cluster.run_for(2s);
  EXPECT_EQ(budget().expected_pods, 0);
  EXPECT_EQ(budget().disruptions_allowed, 0);
}

TEST_F(DisruptionControllerTest, WhileTheControllerIsDeadTheBudgetIsSpentOnce) {
  create_set({});
  run_until_ready("web", 3);
  cluster.run_for(1s);
  cluster.process("disruption-controller").kill();
  ASSERT_TRUE(evict("web-1").ok());
  cluster.run_for(1min);
  EXPECT_TRUE(cluster.ready("web-1"));
  EXPECT_TRUE(api::is(evict("web-2"), api::Reason::kTooManyRequests));
  cluster.process("disruption-controller").start();
  cluster.run_for(2s);
  // The new pod has the name of the evicted one, and counts as disrupted for two minutes.
  EXPECT_EQ(budget().current_healthy, 2);
  EXPECT_TRUE(api::is(evict("web-2"), api::Reason::kTooManyRequests));
  cluster.run_for(1min);
  EXPECT_TRUE(evict("web-2").ok());
}

}  // namespace
}  // namespace sdbtwin::cluster
