// Goal: one pass of the PetSet controller decides as kubernetes.md 1.6 and 1.9 say. Method: literal
// sets and pods; each test names its rule. No server, no time.
#include "model/cluster/petset/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

#include "model/cluster/petset/identity.h"

namespace sdbtwin::cluster {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view kOld = "web-old";
constexpr std::string_view kNew = "web-new";
constexpr sim::Time kNow = sim::Time(1000s);

class NoClaims final : public ClaimView {
 public:
  bool is_stale(const api::PetSet&, int32_t, std::string_view) const override { return stale; }
  bool retention_matters(const api::PetSet&) const override { return true; }
  bool retention_matches(const api::PetSet&, const api::Pod&) const override { return true; }
  bool stale = false;
};

class PetSetPlan : public testing::Test {
 protected:
  PetSetPlan() {
    set.metadata.name = "web";
    set.metadata.namespace_ = "demo";
    set.metadata.generation = 3;
    spec().replicas = 3;
    spec().update_strategy.type = api::UpdateStrategyType::kRollingUpdate;
    spec().pod_management_policy = api::PodManagementPolicy::kOrderedReady;
  }

  api::PetSetSpec& spec() { return set.spec.edit(); }

  std::shared_ptr<api::Pod> add(int32_t ordinal, api::PodPhase phase = api::PodPhase::kRunning,
                                bool ready = true, std::string_view revision = kNew) {
    const std::shared_ptr<api::Pod> pod = make_pod(set, api::PodTemplateSpec{}, revision, ordinal);
    pod->status.edit().phase = phase;
    api::PodCondition condition;
    condition.type = api::kPodReady;
    condition.status = ready ? api::ConditionStatus::kTrue : api::ConditionStatus::kFalse;
    condition.last_transition_time = api::ClusterTime::at(kNow - 60s);
    pod->status.edit().conditions.edit().push_back(condition);
    pods.push_back(pod);
    return pod;
  }
  static void terminate(api::Pod& pod) { pod.metadata.deletion_timestamp = api::Timestamp{1}; }

  // The plan is valid until the next one.
  PassPlan plan() { return plan_pass(set, kOld, kNew, look(), claims, kNow, options); }
  SetPods look() {
    seen.clear();
    SetPods all;
    for (const PodPtr& pod : pods) {
      seen.push_back(look_at(set, pod));
      all.push_back(&seen.back());
    }
    return all;
  }
  static std::vector<int32_t> created(const PassPlan& plan) {
    std::vector<int32_t> ordinals;
    for (const SlotStep& step : plan.steps) {
      if (step.create) ordinals.push_back(plan.slots[step.slot].ordinal);
    }
    return ordinals;
  }
  static std::vector<std::string> names(const SetPods& some) {
    std::vector<std::string> result;
    for (const SetPod* pod : some) result.push_back(pod->pod->metadata.name);
    return result;
  }

  api::PetSet set;
  std::vector<PodPtr> pods;
  std::deque<SetPod> seen;
  NoClaims claims;
  PassOptions options;
};

// ---- A: replicas.

TEST_F(PetSetPlan, OrderedReadyCreatesOnePodAtATime) {
  EXPECT_THAT(created(plan()), ElementsAre(0));
  EXPECT_TRUE(plan().exit_after_steps);
}

TEST_F(PetSetPlan, ParallelCreatesAllAtOnce) {
  spec().pod_management_policy = api::PodManagementPolicy::kParallel;
  EXPECT_THAT(created(plan()), ElementsAre(0, 1, 2));
}

TEST_F(PetSetPlan, OrderedReadyWaitsForTheLowerPodToBeReady) {
  add(0, api::PodPhase::kRunning, false);
  EXPECT_THAT(created(plan()), IsEmpty());
  EXPECT_TRUE(plan().exit_after_steps);
}

TEST_F(PetSetPlan, OrderedReadyWaitsForATerminatingPodEvenIfItIsReady) {
  terminate(*add(0));
  EXPECT_THAT(created(plan()), IsEmpty());
}

TEST_F(PetSetPlan, ATerminalPodIsDeletedAndCreatedAnewInTheSamePass) {
  add(0, api::PodPhase::kSucceeded, false);
  const PassPlan decided = plan();
  ASSERT_EQ(decided.steps.size(), 1U);
  EXPECT_TRUE(decided.steps[0].delete_terminal);
  EXPECT_TRUE(decided.steps[0].create);
}

TEST_F(PetSetPlan, ATerminalPodThatIsBeingDeletedIsTreatedTheSame) {
  // 1.8 #1: PetSet still has the behaviour that StatefulSet lost with #123809.
  terminate(*add(0, api::PodPhase::kFailed, false));
  EXPECT_TRUE(plan().steps.at(0).delete_terminal);
}

TEST_F(PetSetPlan, AStaleClaimStopsThePass) {
  claims.stale = true;
  const PassPlan decided = plan();
  EXPECT_THAT(created(decided), IsEmpty());
  EXPECT_TRUE(decided.steps.at(0).blocked_by_stale_claim);
  EXPECT_TRUE(decided.exit_after_steps);
}

TEST_F(PetSetPlan, ClaimsOfAPendingPodAreMadeAgain) {
  add(0, api::PodPhase::kPending, false);
  EXPECT_TRUE(plan().steps.at(0).ensure_claims);
}

TEST_F(PetSetPlan, OrdinalsBeginAtStart) {
  spec().ordinals.emplace().start = 2;
  EXPECT_THAT(created(plan()), ElementsAre(2));
}

TEST_F(PetSetPlan, APodWithoutItsNameLabelIsRepaired) {
  spec().replicas = 1;
  add(0)->metadata.labels.edit().erase(std::string(api::kPodNameLabel));
  EXPECT_TRUE(plan().steps.at(0).update);
}

TEST_F(PetSetPlan, ASetThatIsBeingDeletedOnlyHasAStatus) {
  set.metadata.deletion_timestamp = api::Timestamp{1};
  const PassPlan decided = plan();
  EXPECT_TRUE(decided.deleting);
  EXPECT_THAT(decided.steps, IsEmpty());
}

// ---- Which revision.

TEST_F(PetSetPlan, WithPartitionZeroALostPodComesBackAtTheNewRevision) {
  spec().update_strategy.rolling_update.emplace().partition = 0;
  EXPECT_FALSE(plan().slots.at(0).at_current);
}

TEST_F(PetSetPlan, PodsBelowThePartitionComeBackAtTheCurrentRevisionEvenWithOnDelete) {
  spec().update_strategy.type = api::UpdateStrategyType::kOnDelete;
  spec().update_strategy.rolling_update.emplace().partition = 2;
  const PassPlan decided = plan();
  EXPECT_TRUE(decided.slots.at(1).at_current);
  EXPECT_FALSE(decided.slots.at(2).at_current);
}

TEST_F(PetSetPlan, WithoutARollingUpdateBlockCurrentReplicasDecide) {
  set.status.edit().current_replicas = 1;
  const PassPlan decided = plan();
  EXPECT_TRUE(decided.slots.at(0).at_current);
  EXPECT_FALSE(decided.slots.at(1).at_current);
}

// ---- C: scaling down.

TEST_F(PetSetPlan, ScalingDownTakesTheHighestOrdinalFirstAndOneAtATime) {
  spec().replicas = 1;
  for (int32_t ordinal = 0; ordinal < 3; ++ordinal) add(ordinal);
  EXPECT_THAT(names(plan().scale_down), ElementsAre("web-2"));
  EXPECT_TRUE(plan().exit_after_scale_down);
}

TEST_F(PetSetPlan, ScalingDownWaitsForATerminatingPod) {
  spec().replicas = 1;
  for (int32_t ordinal = 0; ordinal < 2; ++ordinal) add(ordinal);
  terminate(*add(2));
  EXPECT_THAT(plan().scale_down, IsEmpty());
}

TEST_F(PetSetPlan, AnUnhealthyCondemnedPodBlocksUnlessItIsTheFirstUnhealthyOne) {
  spec().replicas = 1;
  add(0);
  add(1, api::PodPhase::kRunning, false);
  add(2, api::PodPhase::kRunning, false);
  EXPECT_THAT(plan().scale_down, IsEmpty());  // web-1 is the first, web-2 comes first
  pods.erase(pods.begin() + 1);
  EXPECT_THAT(names(plan().scale_down), ElementsAre("web-2"));
}

TEST_F(PetSetPlan, TwoCondemnedPodsThatHaveEndedBlockEachOther) {
  // Only the lowest unhealthy one may go, and the highest is to go first: nothing ever does.
  spec().replicas = 0;
  add(0, api::PodPhase::kFailed, false);
  add(1, api::PodPhase::kFailed, false);
  EXPECT_THAT(plan().scale_down, IsEmpty());
  EXPECT_TRUE(plan().exit_after_scale_down);
}

TEST_F(PetSetPlan, ParallelScalesDownAllAtOnce) {
  spec().pod_management_policy = api::PodManagementPolicy::kParallel;
  spec().replicas = 0;
  for (int32_t ordinal = 0; ordinal < 3; ++ordinal) add(ordinal);
  EXPECT_THAT(names(plan().scale_down), ElementsAre("web-2", "web-1", "web-0"));
}

TEST_F(PetSetPlan, APodWhoseNameHasNoOrdinalIsIgnored) {
  add(0)->metadata.name = "web-x";
  EXPECT_THAT(plan().condemned, IsEmpty());
}

// ---- E: updates.

TEST_F(PetSetPlan, ARollingUpdateDeletesTheHighestOldPod) {
  for (int32_t ordinal = 0; ordinal < 3; ++ordinal)
    add(ordinal, api::PodPhase::kRunning, true, kOld);
  EXPECT_THAT(plan().replace, ElementsAre(2U));
}

TEST_F(PetSetPlan, ARollingUpdateWaitsForTheReplacedPodToBeHealthy) {
  spec().pod_management_policy = api::PodManagementPolicy::kParallel;
  add(0, api::PodPhase::kRunning, true, kOld);
  add(1, api::PodPhase::kRunning, true, kOld);
  add(2, api::PodPhase::kRunning, false, kNew);
  EXPECT_THAT(plan().replace, IsEmpty());
}

TEST_F(PetSetPlan, APodThatIsNeverReadyBlocksAnOrderedRollback) {
  // [kubernetes#67250]: the pass never reaches the update; Parallel does.
  add(0);
  add(1);
  add(2, api::PodPhase::kPending, false, kOld);
  EXPECT_THAT(plan().replace, IsEmpty());
  spec().pod_management_policy = api::PodManagementPolicy::kParallel;
  EXPECT_THAT(plan().replace, ElementsAre(2U));
}

TEST_F(PetSetPlan, OnDeleteReplacesNothing) {
  spec().update_strategy.type = api::UpdateStrategyType::kOnDelete;
  for (int32_t ordinal = 0; ordinal < 3; ++ordinal)
    add(ordinal, api::PodPhase::kRunning, true, kOld);
  EXPECT_THAT(plan().replace, IsEmpty());
}

TEST_F(PetSetPlan, ThePartitionIsComparedWithTheIndexNotWithTheOrdinal) {
  spec().ordinals.emplace().start = 2;
  spec().update_strategy.rolling_update.emplace().partition = 1;
  for (int32_t ordinal = 2; ordinal < 5; ++ordinal)
    add(ordinal, api::PodPhase::kRunning, true, ordinal == 4 ? kNew : kOld);
  EXPECT_THAT(plan().replace, ElementsAre(1U));  // web-3
}

TEST_F(PetSetPlan, MaxUnavailableDeletesAsManyAsAreMissing) {
  // MU01, MU12, MU14: replicas 6, partition 3, at most 2 unavailable.
  options.max_unavailable = true;
  spec().replicas = 6;
  spec().pod_management_policy = api::PodManagementPolicy::kParallel;
  spec().update_strategy.rolling_update.emplace().partition = 3;
  spec().update_strategy.rolling_update->max_unavailable = 2;
  for (int32_t ordinal = 0; ordinal < 6; ++ordinal)
    add(ordinal, api::PodPhase::kRunning, true, kOld);
  EXPECT_THAT(plan().replace, ElementsAre(5U, 4U));
  terminate(const_cast<api::Pod&>(*pods[3]));
  EXPECT_THAT(plan().replace, ElementsAre(5U));
  terminate(const_cast<api::Pod&>(*pods[4]));
  EXPECT_THAT(plan().replace, IsEmpty());
}

struct MaxUnavailable {
  api::IntOrString value;
  int32_t replicas;
  int64_t resolved;
};

TEST_F(PetSetPlan, MaxUnavailableResolvesDownButNotBelowOne) {
  // MU20-MU29.
  EXPECT_EQ(max_unavailable_of(set), 1);
  for (const MaxUnavailable& row : std::vector<MaxUnavailable>{
           {3, 10, 3}, {3, 0, 3}, {"10%", 25, 2}, {"100%", 5, 5}, {"50%", 5, 2}, {"1%", 0, 1}}) {
    spec().replicas = row.replicas;
    spec().update_strategy.rolling_update.emplace().max_unavailable = row.value;
    EXPECT_EQ(max_unavailable_of(set), row.resolved) << row.value.to_text();
  }
}

// ---- Availability and status.

TEST_F(PetSetPlan, AvailabilityIsReadyForLongerThanMinReadySeconds) {
  // UT64-UT66, AV01, AV02; the phase is not asked (1.9).
  const SetPod ready = look_at(set, add(0, api::PodPhase::kPending));
  EXPECT_TRUE(ready.available(0, kNow));
  EXPECT_TRUE(ready.available(59, kNow));
  EXPECT_FALSE(ready.available(60, kNow));
  EXPECT_FALSE(look_at(set, add(1, api::PodPhase::kRunning, false)).available(0, kNow));
}

TEST_F(PetSetPlan, TheStatusCountsTerminatingPodsAsReadyButNotAsUpdated) {
  terminate(*add(0));
  add(1, api::PodPhase::kRunning, true, kOld);
  add(2, api::PodPhase::kPending, false);
  api::PetSetStatus status;
  status.current_revision = kOld;
  status.update_revision = kNew;
  count_pods(set, look(), kNow, status);
  EXPECT_EQ(status.replicas, 3);
  EXPECT_EQ(status.ready_replicas, 2);
  EXPECT_EQ(status.current_replicas, 1);
  EXPECT_EQ(status.updated_replicas, 1);
}

TEST_F(PetSetPlan, OnlyARollingUpdateMovesTheCurrentRevision) {
  api::PetSetStatus status;
  status.replicas = status.ready_replicas = status.updated_replicas = 3;
  status.current_revision = kOld;
  status.update_revision = kNew;
  spec().update_strategy.type = api::UpdateStrategyType::kOnDelete;
  complete_rolling_update(set, status);
  EXPECT_EQ(status.current_revision, kOld);
  spec().update_strategy.type = api::UpdateStrategyType::kRollingUpdate;
  complete_rolling_update(set, status);
  EXPECT_EQ(status.current_revision, kNew);
  EXPECT_EQ(status.current_replicas, 3);
}

TEST_F(PetSetPlan, ACollisionCountAloneDoesNotCauseAStatusWrite) {
  api::PetSetStatus stored;
  api::PetSetStatus wanted;
  wanted.collision_count = 1;
  EXPECT_FALSE(status_differs(stored, wanted));
  wanted.observed_generation = 1;
  EXPECT_TRUE(status_differs(stored, wanted));
  EXPECT_FALSE(status_differs(wanted, stored));
}

}  // namespace
}  // namespace sdbtwin::cluster
