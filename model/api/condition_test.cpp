#include "model/api/condition.h"

#include <gtest/gtest.h>

#include "model/api/pod.h"

namespace sdbtwin::api {
namespace {

constexpr Timestamp kThen{100};
constexpr Timestamp kNow{200};

Condition existing() {
  Condition condition = new_condition("Ready", "fine", 2);
  condition.last_transition_time = kThen;
  return condition;
}

enum class Effect { kNothing, kReplaced };

struct Row {
  const char* what;
  void (*change)(Condition&);
  Effect effect;
};

// Goal: kmodules' SetCondition on a condition that is there, bit for bit (kubedb.md 1.6).
// Method: the truth table of what differs.
TEST(SetCondition, FollowsTheTruthTable) {
  const Row rows[] = {
      {"equal", [](Condition&) {}, Effect::kNothing},
      {"status", [](Condition& c) { c.status = ConditionStatus::kFalse; }, Effect::kReplaced},
      {"reason", [](Condition& c) { c.reason = "Other"; }, Effect::kReplaced},
      {"message only", [](Condition& c) { c.message = "new"; }, Effect::kReplaced},
      {"newer generation only", [](Condition& c) { c.observed_generation = 3; }, Effect::kReplaced},
      {"older generation only", [](Condition& c) { c.observed_generation = 1; }, Effect::kNothing},
      {"older generation and status",
       [](Condition& c) {
         c.observed_generation = 1;
         c.status = ConditionStatus::kFalse;
       },
       Effect::kNothing},
      {"no generation, equal otherwise", [](Condition& c) { c.observed_generation = 0; },
       Effect::kNothing},
      {"no generation and another status",
       [](Condition& c) {
         c.observed_generation = 0;
         c.status = ConditionStatus::kFalse;
       },
       Effect::kNothing},
      {"severity only", [](Condition& c) { c.severity = "High"; }, Effect::kNothing},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.what);
    std::vector<Condition> conditions{existing()};
    Condition wanted = existing();
    row.change(wanted);
    const bool changed = set_condition(conditions, wanted, kNow);
    ASSERT_EQ(conditions.size(), 1U);
    EXPECT_EQ(changed, row.effect == Effect::kReplaced);
    if (row.effect == Effect::kReplaced) {
      wanted.last_transition_time = kNow;  // also when the status is the same
      EXPECT_EQ(conditions.front(), wanted);
    } else {
      EXPECT_EQ(conditions.front(), existing());
    }
  }
}

// Goal: list order is the order of first append, whatever is updated later.
TEST(SetCondition, AppendsWhatIsNewAndUpdatesInPlace) {
  std::vector<Condition> conditions;
  EXPECT_TRUE(set_condition(conditions, new_condition("A", "", 1), kThen));
  EXPECT_TRUE(set_condition(conditions, new_condition("B", "", 1), kThen));
  EXPECT_TRUE(
      set_condition(conditions, new_condition("A", "again", 1, ConditionStatus::kFalse), kNow));
  ASSERT_EQ(conditions.size(), 2U);
  EXPECT_EQ(conditions[0].type, "A");
  EXPECT_EQ(conditions[0].reason, "A");
  EXPECT_EQ(conditions[0].last_transition_time, kNow);
  EXPECT_EQ(conditions[1].last_transition_time, kThen);
}

TEST(SetCondition, RemovesByType) {
  std::vector<Condition> conditions{new_condition("A", "", 1), new_condition("B", "", 1)};
  EXPECT_TRUE(remove_condition(conditions, "A"));
  EXPECT_FALSE(remove_condition(conditions, "A"));
  EXPECT_EQ(conditions.front().type, "B");
}

// Goal: absent is neither True nor False.
TEST(Conditions, AnAbsentConditionIsNeither) {
  std::vector<Condition> conditions{new_condition("A", "", 1, ConditionStatus::kUnknown)};
  EXPECT_FALSE(is_condition_true(conditions, "A"));
  EXPECT_FALSE(is_condition_false(conditions, "A"));
  EXPECT_FALSE(is_condition_true(conditions, "B"));
  EXPECT_FALSE(is_condition_false(conditions, "B"));
  EXPECT_EQ(find_condition(conditions, "B"), nullptr);
}

// Goal: the conditions of Kubernetes itself keep their transition time while the status stays.
TEST(SetStatusCondition, MovesTheTransitionTimeOnlyWithTheStatus) {
  StatusCondition condition;
  condition.type = "Ready";
  condition.status = ConditionStatus::kTrue;
  std::vector<StatusCondition> conditions;
  EXPECT_TRUE(set_status_condition(conditions, condition, kThen));
  EXPECT_FALSE(set_status_condition(conditions, condition, kNow));
  condition.message = "still";
  EXPECT_TRUE(set_status_condition(conditions, condition, kNow));
  EXPECT_EQ(conditions.front().last_transition_time, kThen);
  condition.status = ConditionStatus::kFalse;
  EXPECT_TRUE(set_status_condition(conditions, condition, kNow));
  EXPECT_EQ(conditions.front().last_transition_time, kNow);
}

TEST(SetPodCondition, MovesTheTransitionTimeOnlyWithTheStatus) {
  PodCondition condition;
  condition.type = kPodReady;
  condition.status = ConditionStatus::kFalse;
  std::vector<PodCondition> conditions;
  EXPECT_TRUE(set_pod_condition(conditions, condition, kThen));
  EXPECT_FALSE(set_pod_condition(conditions, condition, kNow));
  condition.reason = "ContainersNotReady";
  EXPECT_TRUE(set_pod_condition(conditions, condition, kNow));
  EXPECT_EQ(conditions.front().last_transition_time, kThen);
  condition.status = ConditionStatus::kTrue;
  EXPECT_TRUE(set_pod_condition(conditions, condition, kNow));
  EXPECT_EQ(conditions.front().last_transition_time, kNow);
}

}  // namespace
}  // namespace sdbtwin::api
