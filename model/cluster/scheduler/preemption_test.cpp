// Goal: whom a pod of higher priority evicts (kubernetes.md 3.7; kubernetes.io/docs/concepts/
// scheduling-eviction/pod-priority-preemption; k/k preemption.go). Method: literal nodes and pods.
#include "model/cluster/scheduler/preemption.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/cluster/scheduler/scheduler_fixture.h"
#include "model/cluster/scheduler/scheduling_cycle.h"

namespace sdbtwin::cluster {
namespace {

using test::node;
using test::pod;
using testing::ElementsAre;
using testing::IsEmpty;

class PreemptionTest : public testing::Test {
 protected:
  void add(const test::NodeBuilder& builder) { pool.set_node(builder.make()); }
  void place(const test::PodBuilder& builder, const std::string& on) {
    pool.place(builder.make(), on);
  }
  void add_budget(const std::string& value, int32_t allowed) {
    auto budget = std::make_shared<api::PodDisruptionBudget>();
    budget->metadata.namespace_ = "demo";
    budget->spec.edit().selector = api::LabelSelector(api::StringMap{{"app", value}});
    budget->status.edit().disruptions_allowed = allowed;
    budgets.push_back(budget);
  }
  std::optional<Preemption> preempt(const test::PodBuilder& builder) {
    const PodInfo info = PodInfo::of(builder.make());
    diagnosis = Diagnosis();
    EXPECT_EQ(choose_node(pool, info, ClaimsOfPod(), diagnosis), std::nullopt);
    diagnosis.preemption = not_eligible(pool, info, diagnosis);
    if (!diagnosis.preemption.empty()) return std::nullopt;
    return find_victims(pool, info, ClaimsOfPod(), budgets, diagnosis);
  }
  static std::vector<std::string> victims(const std::optional<Preemption>& plan) {
    std::vector<std::string> names;
    if (!plan) return names;
    for (const auto& victim : plan->victims) names.push_back(victim->metadata.name);
    return names;
  }

  NodePool pool;
  Budgets budgets;
  Diagnosis diagnosis;
};

TEST_F(PreemptionTest, OnlyPodsOfLowerPriorityAreEvicted) {
  add(node("a").cpu("1"));
  place(pod("equal").cpu("1").priority(10), "a");
  EXPECT_FALSE(preempt(pod("p").cpu("1").priority(10)));
  EXPECT_EQ(diagnosis.message(),
            "0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 nodes are available: "
            "1 No preemption victims found for incoming pod.");
  EXPECT_THAT(victims(preempt(pod("p").cpu("1").priority(11))), ElementsAre("equal"));
}

TEST_F(PreemptionTest, NoMoreThanNecessaryAreEvictedAndTheLeastImportantFirst) {
  add(node("a").cpu("3"));
  place(pod("high").cpu("1").priority(2), "a");
  place(pod("low").cpu("1").priority(1), "a");
  place(pod("mid").cpu("1").priority(2).started(50), "a");
  EXPECT_THAT(victims(preempt(pod("p").cpu("1").priority(10))), ElementsAre("low"));
  // Of equal priority, who started first is more important; `high` has not started.
  EXPECT_THAT(victims(preempt(pod("p").cpu("2").priority(10))), ElementsAre("high", "low"));
  EXPECT_EQ(pool.find("a")->pods.size(), 3U) << "the trial leaves no trace";
  EXPECT_EQ(pool.find("a")->reserved.milli_cpu, 3000);
}

TEST_F(PreemptionTest, ABudgetIsRespectedIfPossibleAndViolatedIfNot) {
  add(node("a").cpu("2"));
  place(pod("guarded").cpu("1").priority(0).label("app", "db"), "a");
  place(pod("free").cpu("1").priority(5), "a");
  add_budget("db", 0);
  EXPECT_THAT(victims(preempt(pod("p").cpu("1").priority(10))), ElementsAre("free"))
      << "although it is more important";
  const auto both = preempt(pod("p").cpu("2").priority(10));
  EXPECT_THAT(victims(both), ElementsAre("free", "guarded"));
  EXPECT_EQ(both->violations, 1);
}

TEST_F(PreemptionTest, ANodeWithFewerViolatedBudgetsIsPreferred) {
  for (const char* name : {"a", "b"}) add(node(name).cpu("1"));
  place(pod("guarded").cpu("1").priority(0).label("app", "db"), "a");
  place(pod("free").cpu("1").priority(5), "b");
  add_budget("db", 0);
  EXPECT_EQ(preempt(pod("p").cpu("1").priority(10))->node, "b");
  budgets.clear();
  EXPECT_EQ(preempt(pod("p").cpu("1").priority(10))->node, "a") << "lower highest priority";
}

TEST_F(PreemptionTest, OfEqualNodesTheOneWithFewerVictimsThenWithTheLaterStartIsChosen) {
  for (const char* name : {"a", "b", "c"}) add(node(name).cpu("2"));
  place(pod("a1").cpu("1").priority(1), "a");
  place(pod("a2").cpu("1").priority(1), "a");
  place(pod("b1").cpu("2").priority(1).started(10), "b");
  place(pod("c1").cpu("2").priority(1).started(20), "c");
  EXPECT_EQ(preempt(pod("p").cpu("2").priority(10))->node, "c");
}

TEST_F(PreemptionTest, EvictionsDoNotHelpWhereTheNodeItselfIsTheObstacle) {
  add(node("a").cordoned());
  add(node("b").cpu("1"));
  place(pod("low").cpu("1").priority(1), "a");
  EXPECT_FALSE(preempt(pod("p").cpu("2").priority(10)));
  EXPECT_EQ(diagnosis.message(),
            "0/2 nodes are available: 1 Insufficient cpu, 1 node(s) were unschedulable. "
            "preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.");
}

TEST_F(PreemptionTest, AnAntiAffinityIsResolvedByEvictingWhoeverMatchesIt) {
  add(node("a"));
  place(pod("other").label("app", "db").priority(1), "a");
  place(pod("web").label("app", "web").priority(1), "a");
  const auto plan = preempt(pod("p").priority(10).apart("kubernetes.io/hostname", "app", "db"));
  EXPECT_THAT(victims(plan), ElementsAre("other"));
}

TEST_F(PreemptionTest, APodWithPolicyNeverEvictsNobody) {
  add(node("a").cpu("1"));
  place(pod("low").cpu("1").priority(1), "a");
  auto polite = pod("p").cpu("1").priority(10);
  polite.spec().preemption_policy = "Never";
  EXPECT_FALSE(preempt(polite));
  EXPECT_EQ(diagnosis.message(),
            "0/1 nodes are available: 1 Insufficient cpu. "
            "preemption: not eligible due to preemptionPolicy=Never.");
}

TEST_F(PreemptionTest, NobodyElseIsEvictedWhileVictimsAreStillGoing) {
  add(node("a").cpu("1"));
  api::Pod going = *pod("low").cpu("1").priority(1).deleting().make();
  api::PodCondition target;
  target.type = api::kDisruptionTarget;
  target.status = api::ConditionStatus::kTrue;
  target.reason = "PreemptionByScheduler";
  going.status.edit().conditions.edit().push_back(target);
  pool.place(std::make_shared<api::Pod>(going), "a");
  const auto waiting = pod("p").cpu("1").priority(10);
  pool.nominate(PodInfo::of(waiting.make()), "a");
  EXPECT_THAT(victims(preempt(waiting)), IsEmpty());
  EXPECT_EQ(diagnosis.preemption, "not eligible due to a terminating pod on the nominated node.");
}

}  // namespace
}  // namespace sdbtwin::cluster
