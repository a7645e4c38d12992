// Goal: the rules that StatefulSet and PetSet share, and where PetSet differs, hold sync by sync.
// Method: a scripted API (script.h), both orders and all retention policies. The letters and
// digits before a name are the row's in the project's catalogue (docs/PETSET_CATALOGUE.md).

#include "model/cluster/petset/identity.h"
#include "model/cluster/petset/script.h"

namespace sdbtwin::cluster {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using Mode = api::PodManagementPolicy;

constexpr Mode kOrdered = Mode::kOrderedReady;
constexpr Mode kParallel = Mode::kParallel;

bool is_internal(const api::Result<void>& result) {
  return api::is(result, api::Reason::kInternalError);
}

using Cell = std::tuple<Mode, Retention>;

class EachModeAndPolicy : public testing::TestWithParam<Cell> {
 protected:
  Mode mode() const { return std::get<0>(GetParam()); }
  Retention retention() const { return std::get<1>(GetParam()); }
};

std::string cell_name(const testing::TestParamInfo<Cell>& cell) {
  const std::array<std::string, 5> names{"Retain", "DeleteScaled", "DeleteWithSet", "DeleteBoth",
                                         "Unset"};
  return (std::get<0>(cell.param) == kOrdered ? "Ordered" : "Parallel") +
         names.at(static_cast<size_t>(std::get<1>(cell.param)));
}

INSTANTIATE_TEST_SUITE_P(
    Matrix, EachModeAndPolicy,
    testing::Combine(testing::Values(kOrdered, kParallel),
                     testing::Values(Retention::kRetainBoth, Retention::kDeleteScaled,
                                     Retention::kDeleteWithSet, Retention::kDeleteBoth,
                                     Retention::kUnset)),
    cell_name);

bool owned_by_a_pod(const api::PersistentVolumeClaim& claim) {
  for (const api::OwnerReference& owner : *claim.metadata.owner_references) {
    if (owner.kind == "Pod") return true;
  }
  return false;
}

// ---- The core loop.

TEST_P(EachModeAndPolicy, CT01AllReplicasComeUpEachWithItsIndexAsALabel) {
  ScriptedSet foo(mode(), retention());
  ASSERT_TRUE(foo.drive_up());
  EXPECT_EQ(foo.status().replicas, 3);
  EXPECT_EQ(foo.status().ready_replicas, 3);
  EXPECT_EQ(foo.status().updated_replicas, 3);
  for (const auto& pod : foo.pods())
    EXPECT_EQ(api::label_of(pod->metadata, api::kPodIndexLabel), std::to_string(ordinal_of(*pod)));
}

TEST_P(EachModeAndPolicy, CT04ScaledToZeroNothingIsLeft) {
  ScriptedSet foo(mode(), retention());
  ASSERT_TRUE(foo.drive_up());
  foo.scale(0);
  ASSERT_TRUE(foo.drive_up());
  EXPECT_EQ(foo.status().replicas, 0);
  EXPECT_EQ(foo.status().ready_replicas, 0);
  EXPECT_EQ(foo.status().updated_replicas, 0);
}

TEST_P(EachModeAndPolicy, CT05NoClaimOfALivePodBelongsToAPod) {
  ScriptedSet foo(mode(), retention(), 5);
  ASSERT_TRUE(foo.drive_up());
  for (int32_t ordinal = 0; ordinal < 5; ++ordinal)
    EXPECT_FALSE(owned_by_a_pod(*foo.claim(ordinal))) << ordinal;
}

TEST_P(EachModeAndPolicy, CT06LostPodsComeBack) {
  ScriptedSet foo(mode(), retention(), 5);
  ASSERT_TRUE(foo.drive_up());
  for (const int32_t ordinal : {0, 2, 4}) foo.remove(ordinal);
  ASSERT_TRUE(foo.drive_up());
  EXPECT_EQ(foo.status().replicas, 5);
}

void expect_replaced_in_one_sync(ScriptedSet& foo, api::PodPhase phase) {
  ASSERT_TRUE(foo.drive_up());
  foo.set_phase(0, phase, false);
  const std::string uid = foo.pod(0)->metadata.uid;
  foo.api.log.clear();
  ASSERT_TRUE(foo.sync());
  EXPECT_THAT(foo.api.log.at(0), "delete Pod foo-0");
  EXPECT_THAT(foo.api.log.at(1), "create Pod foo-0");
  EXPECT_NE(foo.pod(0)->metadata.uid, uid);
  EXPECT_EQ(foo.pod(0)->status->phase, api::PodPhase::kUnset);
}

TEST_P(EachModeAndPolicy, CT07AFailedPodIsDeletedAndCreatedInTheSameSync) {
  ScriptedSet foo(mode(), retention());
  expect_replaced_in_one_sync(foo, api::PodPhase::kFailed);
}

TEST_P(EachModeAndPolicy, CT08ASucceededPodIsDeletedAndCreatedInTheSameSync) {
  ScriptedSet foo(mode(), retention());
  expect_replaced_in_one_sync(foo, api::PodPhase::kSucceeded);
}

TEST_P(EachModeAndPolicy, CT09CT10OneDeletionAndNoSecondCreationFollow) {
  // StatefulSet creates only in the next sync; the totals after that are the same.
  ScriptedSet foo(mode(), retention());
  ASSERT_TRUE(foo.sync());
  foo.give_phases();
  foo.set_phase(0, api::PodPhase::kFailed, false);
  ASSERT_TRUE(foo.sync());
  EXPECT_EQ(foo.api.count("delete Pod"), 1);
  foo.give_phases();
  ASSERT_TRUE(foo.sync());
  EXPECT_EQ(foo.api.count("delete Pod"), 1);
  EXPECT_EQ(foo.api.count("create Pod foo-0"), 2);
}

TEST_P(EachModeAndPolicy, CT12CT13CT14AFailedDeletionIsAnErrorAndTriedAgain) {
  for (const api::PodPhase phase : {api::PodPhase::kFailed, api::PodPhase::kSucceeded}) {
    ScriptedSet foo(mode(), retention());
    ASSERT_TRUE(foo.sync());
    foo.give_phases();
    foo.set_phase(0, phase, false);
    foo.api.fail("delete Pod", api::Reason::kInternalError);
    EXPECT_TRUE(is_internal(foo.sync()));
    EXPECT_EQ(foo.api.count("create Pod foo-0"), 1);
    ASSERT_TRUE(foo.sync());
    EXPECT_EQ(foo.api.count("delete Pod"), 2);
    EXPECT_EQ(foo.api.count("create Pod foo-0"), 2);
  }
}

TEST_P(EachModeAndPolicy, CT16AnErrorOfAPodsRepairIsTheSyncsError) {
  ScriptedSet foo(mode(), retention());
  ASSERT_TRUE(foo.drive_up());
  auto damaged = api::copy(*foo.pod(0));
  damaged->metadata.labels.edit()[std::string(api::kPodNameLabel)] = "goo-0";
  foo.api.put(damaged);
  foo.api.fail("update Pod", api::Reason::kInternalError);
  EXPECT_TRUE(is_internal(foo.sync()));
}

TEST_P(EachModeAndPolicy, CT17AFailedStatusWriteIsAnErrorAndMadeUpFor) {
  ScriptedSet foo(mode(), retention());
  foo.api.fail("update PetSet/status", api::Reason::kInternalError, 3);
  EXPECT_TRUE(is_internal(foo.drive_up()));
  ASSERT_TRUE(foo.drive_up());
  EXPECT_EQ(foo.status().ready_replicas, 3);
}

TEST_P(EachModeAndPolicy, CT18CT20OnlyADeletionThatWorksTakesOneOffCurrentReplicas) {
  ScriptedSet foo(mode(), retention());
  ASSERT_TRUE(foo.drive_up());
  foo.set_image("foo");
  foo.api.fail("delete Pod", api::Reason::kInternalError);
  EXPECT_FALSE(foo.sync());
  EXPECT_EQ(foo.status().current_replicas, 3);
  ASSERT_TRUE(foo.sync());
  EXPECT_EQ(foo.status().current_replicas, 2);
}

TEST_P(EachModeAndPolicy, CT21ClaimsOfAPendingPodAreMadeAgain) {
  ScriptedSet foo(mode(), retention());
  ASSERT_TRUE(foo.sync());
  foo.give_phases();
  foo.api.erase(api::ref_of(*foo.claim(0)));
  ASSERT_TRUE(foo.sync());
  EXPECT_NE(foo.claim(0), nullptr);
}

TEST_P(EachModeAndPolicy, CT22OrdinalsBeginAtStart) {
  ScriptedSet foo(mode(), retention());
  foo.edit([](api::PetSetSpec& spec) { spec.ordinals.emplace().start = 2; });
  ASSERT_TRUE(foo.drive_up());
  EXPECT_THAT(foo.ordinals(), ElementsAre(2, 3, 4));
}

// ---- Revisions.

TEST_P(EachModeAndPolicy, RV01TheFirstSyncMakesOneRevisionWhichIsCurrentAndUpdate) {
  ScriptedSet foo(mode(), retention(), 0);
  ASSERT_TRUE(foo.sync());
  ASSERT_EQ(foo.revisions().size(), 1U);
  EXPECT_EQ(foo.revisions()[0]->revision, 1);
  EXPECT_EQ(foo.status().current_revision, foo.revisions()[0]->metadata.name);
  EXPECT_EQ(foo.status().update_revision, foo.status().current_revision);
}

TEST_P(EachModeAndPolicy, RV02ANewTemplateIsTheSecondRevision) {
  ScriptedSet foo(mode(), retention(), 1);
  ASSERT_TRUE(foo.drive_up());
  const std::string first = foo.status().current_revision;
  foo.set_image("foo");
  ASSERT_TRUE(foo.sync());
  ASSERT_EQ(foo.revisions().size(), 2U);
  EXPECT_EQ(foo.status().current_revision, first);
  EXPECT_EQ(foo.status().update_revision, foo.revisions()[1]->metadata.name);
  EXPECT_EQ(foo.revisions()[1]->revision, 2);
}

TEST_P(EachModeAndPolicy, RV04AnOldTemplateReusesItsRevisionUnderANewNumber) {
  ScriptedSet foo(mode(), retention(), 0);
  for (const char* image : {"a", "b", "c"}) {
    foo.set_image(image);
    ASSERT_TRUE(foo.sync());
  }
  const std::string second = foo.revisions().at(1)->metadata.name;
  foo.set_image("b");
  ASSERT_TRUE(foo.sync());
  EXPECT_EQ(foo.revisions().size(), 3U);
  EXPECT_EQ(foo.status().update_revision, second);
  EXPECT_EQ(foo.revisions().back()->metadata.name, second);
  EXPECT_EQ(foo.revisions().back()->revision, 4);
}

// ---- Rolling updates and scaling at once.

struct Story {
  Mode mode;
  int32_t before;
  int32_t after;
};

class Update : public testing::TestWithParam<Retention> {};
INSTANTIATE_TEST_SUITE_P(Policies, Update,
                         testing::Values(Retention::kRetainBoth, Retention::kDeleteScaled,
                                         Retention::kDeleteWithSet, Retention::kDeleteBoth,
                                         Retention::kUnset));

const std::vector<Story>& update_stories() {
  static const std::vector<Story> kStories{
      {kOrdered, 3, 3}, {kOrdered, 3, 5}, {kParallel, 3, 3}, {kParallel, 3, 5}, {kParallel, 5, 3}};
  return kStories;
}

TEST_P(Update, RU01RU02RU04RU05RU06AllPodsGetTheNewImageWhateverTheScale) {
  for (const Story& story : update_stories()) {
    ScriptedSet foo(story.mode, GetParam(), story.before);
    ASSERT_TRUE(foo.drive_up());
    foo.set_image("foo");
    foo.scale(story.after);
    ASSERT_TRUE(foo.drive_up());
    EXPECT_EQ(foo.ordinals_with("foo").size(), static_cast<size_t>(story.after));
    EXPECT_EQ(foo.pods().size(), static_cast<size_t>(story.after));
  }
}

TEST_P(Update, RB01RB02RB04RB05RB06ARollbackBringsAllPodsBack) {
  for (const Story& story : update_stories()) {
    ScriptedSet foo(story.mode, GetParam(), story.before);
    ASSERT_TRUE(foo.drive_up());
    foo.set_image("foo");
    foo.scale(story.after);
    ASSERT_TRUE(foo.drive_up());
    foo.set_image("nginx");
    ASSERT_TRUE(foo.drive_up());
    EXPECT_EQ(foo.ordinals_with("nginx").size(), static_cast<size_t>(story.after));
    EXPECT_EQ(foo.revisions().size(), 2U);
  }
}

// All replicas are there and ready; nothing is said of revisions.
bool settled(const ScriptedSet& foo) {
  const auto set = foo.set();
  const api::PetSetStatus& status = *set->status;
  return status.observed_generation == set->metadata.generation &&
         status.replicas == replicas_of(*set) && status.ready_replicas == status.replicas &&
         static_cast<int32_t>(foo.pods().size()) == status.replicas;
}

api::Result<void> settle(ScriptedSet& foo) {
  int rounds = 0;
  return foo.drive([&] { return ++rounds > 10 && settled(foo); });
}

void use_on_delete(ScriptedSet& foo) {
  foo.edit([](api::PetSetSpec& spec) {
    spec.update_strategy.type = api::UpdateStrategyType::kOnDelete;
  });
}

struct OnDeleteStory {
  Mode mode;
  int32_t before;
  int32_t after;
  std::vector<int32_t> old;
  std::vector<int32_t> fresh;
};

TEST_P(Update, OD01ToOD06OnDeleteLeavesPodsAsTheyAreAndMakesNewOnesAtTheNewTemplate) {
  // OD08, OD09, OD10, OD12: to zero and back, and all are new. OD13: no claim belongs to a pod.
  for (const OnDeleteStory& story : std::vector<OnDeleteStory>{{kOrdered, 3, 3, {0, 1, 2}, {}},
                                                               {kOrdered, 3, 5, {0, 1, 2}, {3, 4}},
                                                               {kOrdered, 5, 3, {0, 1, 2}, {}},
                                                               {kParallel, 3, 3, {0, 1, 2}, {}},
                                                               {kParallel, 3, 5, {0, 1, 2}, {3, 4}},
                                                               {kParallel, 5, 3, {0, 1, 2}, {}}}) {
    ScriptedSet foo(story.mode, GetParam(), story.before);
    use_on_delete(foo);
    ASSERT_TRUE(settle(foo));
    foo.set_image("foo");
    foo.scale(story.after);
    ASSERT_TRUE(settle(foo));
    EXPECT_EQ(foo.ordinals_with("nginx"), story.old);
    EXPECT_EQ(foo.ordinals_with("foo"), story.fresh);
    foo.scale(0);
    ASSERT_TRUE(settle(foo));
    foo.scale(story.after);
    ASSERT_TRUE(settle(foo));
    EXPECT_THAT(foo.ordinals_with("nginx"), IsEmpty());
    foo.collect_claims();
    for (int32_t ordinal = 0; ordinal < 5; ++ordinal) {
      const auto claim = foo.claim(ordinal);
      EXPECT_FALSE(claim && owned_by_a_pod(*claim));
    }
  }
}

TEST_P(Update, PT01PT02PT04PodsBelowThePartitionStayOld) {
  for (const OnDeleteStory& story :
       std::vector<OnDeleteStory>{{kOrdered, 3, 3, {0, 1}, {2}},
                                  {kOrdered, 3, 5, {0, 1}, {2, 3, 4}},
                                  {kParallel, 3, 5, {0, 1}, {2, 3, 4}}}) {
    ScriptedSet foo(story.mode, GetParam(), story.before);
    foo.edit(
        [](api::PetSetSpec& spec) { spec.update_strategy.rolling_update.emplace().partition = 2; });
    ASSERT_TRUE(settle(foo));
    foo.set_image("foo");
    foo.scale(story.after);
    ASSERT_TRUE(foo.drive([&] { return settled(foo) && foo.ordinals_with("foo") == story.fresh; }));
    EXPECT_EQ(foo.ordinals_with("nginx"), story.old);
  }
}

TEST_P(Update, HL01FailingStatusWritesDoNotLetTheHistoryGrow) {
  ScriptedSet foo(kOrdered, GetParam(), 1);
  ASSERT_TRUE(foo.drive_up());
  for (int change = 1; change <= 7; ++change) {
    foo.give_phases();
    foo.set_image("image-" + std::to_string(change));
    foo.api.fail("update PetSet/status", api::Reason::kInternalError);
    EXPECT_TRUE(is_internal(foo.sync()));
    EXPECT_LE(foo.revisions().size(), 4U);
  }
}

TEST(PetSetRows, HL02TheHistoryStaysWithinItsLimitAndTheLiveOnes) {
  ScriptedSet foo;
  for (int change = 1; change <= 10; ++change) {
    foo.set_image("image-" + std::to_string(change));
    ASSERT_TRUE(foo.drive_up());
    EXPECT_LE(foo.revisions().size(), 4U);
  }
}

// ---- maxUnavailable: six replicas, partition 3, two at most.

std::unique_ptr<ScriptedSet> make_unavailable_two(Mode mode) {
  auto foo = std::make_unique<ScriptedSet>(mode, Retention::kUnset, 6);
  foo->options.max_unavailable = true;
  foo->edit([](api::PetSetSpec& spec) {
    spec.update_strategy.rolling_update.emplace().partition = 3;
    spec.update_strategy.rolling_update->max_unavailable = 2;
  });
  EXPECT_TRUE(foo->drive_up());
  foo->set_image("foo");
  return foo;
}

void make_ready(ScriptedSet& foo, int32_t ordinal) {
  foo.set_phase(ordinal, api::PodPhase::kRunning, true, 1h);
}

TEST(PetSetRows, MU01TwoPodsGoTogetherAndThoseBelowThePartitionStay) {
  for (const Mode mode : {kOrdered, kParallel}) {
    const auto foo = make_unavailable_two(mode);
    ASSERT_TRUE(foo->sync());
    EXPECT_THAT(foo->ordinals(), ElementsAre(0, 1, 2, 3));
  }
}

TEST(PetSetRows, MU02MU04MU05InOrderOnePodComesBackAfterTheOther) {
  const auto foo = make_unavailable_two(kOrdered);
  ASSERT_TRUE(foo->sync());
  ASSERT_TRUE(foo->sync());
  EXPECT_THAT(foo->ordinals(), ElementsAre(0, 1, 2, 3, 4));  // MU02
  make_ready(*foo, 4);
  ASSERT_TRUE(foo->sync());
  EXPECT_THAT(foo->ordinals(), ElementsAre(0, 1, 2, 3, 4, 5));
  make_ready(*foo, 5);
  ASSERT_TRUE(foo->sync());
  EXPECT_THAT(foo->ordinals(), ElementsAre(0, 1, 2, 4, 5));  // MU04
  ASSERT_TRUE(foo->sync());
  EXPECT_THAT(foo->ordinals(), ElementsAre(0, 1, 2, 3, 4, 5));  // MU05
}

TEST(PetSetRows, MU06MU07MU08InParallelBothComeBackAndTheNextGoesWhenOneIsReady) {
  const auto foo = make_unavailable_two(kParallel);
  ASSERT_TRUE(foo->sync());
  ASSERT_TRUE(foo->sync());
  EXPECT_THAT(foo->ordinals(), ElementsAre(0, 1, 2, 3, 4, 5));  // MU06
  foo->give_phases();
  make_ready(*foo, 4);
  ASSERT_TRUE(foo->sync());
  EXPECT_THAT(foo->ordinals(), ElementsAre(0, 1, 2, 4, 5));  // MU07
  ASSERT_TRUE(foo->sync());
  EXPECT_THAT(foo->ordinals(), ElementsAre(0, 1, 2, 3, 4, 5));  // MU08
}

TEST(PetSetRows, MU09WhatIsUpdatedAndWhatThePartitionProtectsStays) {
  for (const Mode mode : {kOrdered, kParallel}) {
    const auto foo = make_unavailable_two(mode);
    ASSERT_TRUE(foo->drive([&] {
      return settled(*foo) && foo->ordinals_with("foo") == std::vector<int32_t>{3, 4, 5};
    }));
    foo->api.log.clear();
    ASSERT_TRUE(foo->sync());
    EXPECT_EQ(foo->api.count("delete"), 0);
    EXPECT_EQ(foo->api.count("create"), 0);
  }
}

TEST(PetSetRows, MU10MU12MU13MU14MU16MU17MU18TerminatingPodsCountAsUnavailable) {
  struct Row {
    std::vector<int32_t> terminating;
    int deletions;
  };
  for (const Row& row : std::vector<Row>{
           {{}, 2}, {{3}, 1}, {{4}, 1}, {{5, 4}, 0}, {{4, 3}, 0}, {{5, 4, 3}, 0}, {{2}, 1}}) {
    const auto foo = make_unavailable_two(kParallel);
    for (const int32_t ordinal : row.terminating) foo->terminate(ordinal);
    foo->api.log.clear();
    ASSERT_TRUE(foo->sync());
    EXPECT_EQ(foo->api.count("delete Pod"), row.deletions)
        << testing::PrintToString(row.terminating);
  }
}

TEST(PetSetRows, MU20ToMU29MaxUnavailableIsRoundedDownButNeverBelowOne) {
  struct Row {
    std::optional<api::IntOrString> value;
    int32_t replicas;
    int64_t resolved;
  };
  const std::vector<Row> rows{{std::nullopt, 10, 1},
                              {api::IntOrString(3), 10, 3},
                              {api::IntOrString(3), 0, 3},
                              {api::IntOrString("10%"), 25, 2},
                              {api::IntOrString("100%"), 5, 5},
                              {api::IntOrString("50%"), 5, 2},
                              {api::IntOrString("1%"), 0, 1},
                              {api::IntOrString("0%"), 0, 1}};
  for (const Row& row : rows) {
    api::PetSet set;
    set.spec.edit().replicas = row.replicas;
    set.spec.edit().update_strategy.rolling_update.emplace().max_unavailable = row.value;
    EXPECT_EQ(max_unavailable_of(set), row.resolved);
  }
}

// ---- Availability, the status after errors, scaling in parallel.

int32_t available_when_ready_since(sim::Duration since) {
  ScriptedSet foo(kOrdered, Retention::kUnset, 1);
  foo.edit([](api::PetSetSpec& spec) { spec.min_ready_seconds = 3600; });
  EXPECT_TRUE(foo.sync());
  foo.set_phase(0, api::PodPhase::kRunning, true, since);
  EXPECT_TRUE(foo.sync());
  return foo.status().available_replicas;
}

TEST(PetSetRows, AV01AV02AvailableIsReadyForLongerThanMinReadySeconds) {
  EXPECT_EQ(available_when_ready_since(2h), 1);
  EXPECT_EQ(available_when_ready_since(30min), 0);
}

TEST(PetSetRows, SE01SE02SE04TheStatusIsWrittenOnceWhateverThePassCameTo) {
  struct Row {
    bool pass_fails;
    bool write_fails;
  };
  for (const Row& row : std::vector<Row>{{false, false}, {true, false}, {true, true}}) {
    ScriptedSet foo;
    if (row.pass_fails) foo.api.fail("create Pod", api::Reason::kInternalError);
    if (row.write_fails) foo.api.fail("update PetSet/status", api::Reason::kServiceUnavailable);
    const api::Result<void> result = foo.sync();
    EXPECT_EQ(foo.api.count("update PetSet/status"), 1);
    EXPECT_EQ(result.ok(), !row.pass_fails);
    EXPECT_EQ(is_internal(result), row.pass_fails);
  }
}

TEST(PetSetRows, PS01PS04ParallelCreatesInOneSyncInGrowingBatchesOfAtMost500) {
  for (const auto& [from, to] : std::vector<std::pair<int, int>>{{3, 30}, {0, 1000}}) {
    ScriptedSet foo(kParallel, Retention::kUnset, from);
    ASSERT_TRUE(foo.drive_up());
    foo.scale(to);
    foo.api.delay(foo.runtime(), 1ms);
    foo.api.in_flight_max = 0;
    ASSERT_TRUE(foo.sync());
    EXPECT_EQ(foo.pods().size(), static_cast<size_t>(to));
    EXPECT_GT(foo.api.in_flight_max, 1);
    EXPECT_LE(foo.api.in_flight_max, 500);
  }
}

TEST(PetSetRows, PS02ParallelDeletesInOneSync) {
  ScriptedSet foo(kParallel, Retention::kUnset, 10);
  ASSERT_TRUE(foo.drive_up());
  foo.scale(1);
  foo.api.delay(foo.runtime(), 1ms);
  ASSERT_TRUE(foo.sync());
  EXPECT_THAT(foo.ordinals(), ElementsAre(0));
}

// ---- minReadySeconds.

std::unique_ptr<ScriptedSet> make_young(int32_t replicas, sim::Duration ready_since) {
  auto foo = std::make_unique<ScriptedSet>(kOrdered, Retention::kUnset, replicas);
  EXPECT_TRUE(foo->drive_up());
  foo->edit([](api::PetSetSpec& spec) { spec.min_ready_seconds = 30; });
  for (const int32_t ordinal : foo->ordinals())
    foo->set_phase(ordinal, api::PodPhase::kRunning, true, ready_since);
  return foo;
}

TEST(PetSetRows, MR01MR02AnUpdateWaitsForPodsToBeAvailable) {
  const auto young = make_young(2, 10s);
  young->set_image("foo");
  ASSERT_TRUE(young->sync());
  EXPECT_EQ(young->status().available_replicas, 0);
  EXPECT_THAT(young->ordinals(), ElementsAre(0, 1));
  const auto old = make_young(2, 60s);
  old->set_image("foo");
  ASSERT_TRUE(old->sync());
  EXPECT_EQ(old->status().available_replicas, 2);
}

TEST(PetSetRows, MR04ScalingDownWaitsForPodsToBeAvailable) {
  const auto young = make_young(3, 10s);
  young->scale(2);
  ASSERT_TRUE(young->sync());
  EXPECT_THAT(young->ordinals(), ElementsAre(0, 1, 2));
}

TEST(PetSetRows, MR05MR06OnDeleteCountsAvailabilityTooAndShowsTheNewRevision) {
  const auto young = make_young(2, 10s);
  use_on_delete(*young);
  young->set_image("foo");
  ASSERT_TRUE(young->sync());
  EXPECT_EQ(young->status().available_replicas, 0);
  EXPECT_EQ(young->status().update_revision, young->revisions().back()->metadata.name);
  EXPECT_NE(young->status().update_revision, young->status().current_revision);
}

TEST(PetSetRows, MR08MR09APartitionedUpdateWaitsToo) {
  const auto young = make_young(4, 10s);
  young->edit(
      [](api::PetSetSpec& spec) { spec.update_strategy.rolling_update.emplace().partition = 2; });
  young->set_image("foo");
  ASSERT_TRUE(young->sync());
  EXPECT_EQ(young->status().available_replicas, 0);
  EXPECT_THAT(young->ordinals(), ElementsAre(0, 1, 2, 3));
}

}  // namespace
}  // namespace sdbtwin::cluster
