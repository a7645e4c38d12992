// Goal: each verdict has its causes, and of several the worst is told. Method: results that are
// made by hand, from nothing wrong to everything wrong.
#include "scenarios/verdict/judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sdbtwin::scenarios {
namespace {

using ::testing::HasSubstr;

// A run that shows what it was to show.
RunResult good() {
  RunResult result;
  result.requests = {
      {"demo/update", "UpdateVersion", "Successful", "Successful", "", sim::Time{}, sim::Time{}}};
  result.counters = {{"gatesCompared", 3}};
  faults::Evidence fault;
  fault.name = "a crash";
  fault.fired.emplace();
  result.faults.push_back(fault);
  result.expectations.push_back({"a request ends", "it did", "f.yaml:1:1", true});
  return result;
}

void break_safety(RunResult& result) {
  result.violations.push_back({"one-pod-at-a-time", "two", {}, 1});
}
void break_liveness(RunResult& result) {
  result.violations.push_back(
      {"converges", "not Ready", {}, 2, invariants::InvariantKind::kLiveness});
}

TEST(Judge, NothingWrongIsPassed) {
  RunResult result = good();
  judge(result, {}, {});
  EXPECT_EQ(result.verdict, Verdict::kPassed);
  EXPECT_EQ(result.reason, "");
}

TEST(Judge, ABrokenSafetyInvariantIsViolated) {
  RunResult result = good();
  break_safety(result);
  judge(result, {}, {});
  EXPECT_EQ(result.verdict, Verdict::kViolated);
  EXPECT_EQ(result.reason, "one-pod-at-a-time: two");
}

TEST(Judge, WhatHasNotEndedIsStuck) {
  RunResult result = good();
  judge(result, {"request demo/update has not ended"}, {});
  EXPECT_EQ(result.verdict, Verdict::kStuck);
  EXPECT_THAT(result.reason, HasSubstr("demo/update has not ended"));
}

TEST(Judge, ABrokenLivenessInvariantIsStuck) {
  RunResult result = good();
  break_liveness(result);
  judge(result, {}, {});
  EXPECT_EQ(result.verdict, Verdict::kStuck);
  EXPECT_EQ(result.reason, "converges: not Ready");
}

TEST(Judge, AnUnmetExpectationFails) {
  RunResult result = good();
  result.expectations.front().met = false;
  judge(result, {}, {});
  EXPECT_EQ(result.verdict, Verdict::kExpectationFailed);
  EXPECT_EQ(result.reason, "expected: a request ends; observed: it did");
}

TEST(Judge, ARefusalThatWasNotAskedForFails) {
  RunResult result = good();
  judge(result, {}, {"ask: denied"});
  EXPECT_EQ(result.verdict, Verdict::kExpectationFailed);
  EXPECT_THAT(result.reason, HasSubstr("ask: denied"));
}

TEST(Judge, AFaultThatNeverFiredIsVacuous) {
  RunResult result = good();
  result.faults.front().fired.reset();
  judge(result, {}, {});
  EXPECT_EQ(result.verdict, Verdict::kVacuous);
  EXPECT_EQ(result.reason, "the fault \"a crash\" never fired");
}

TEST(Judge, ARolloutInWhichNoGateComparedAnythingIsVacuous) {
  for (const char* type : {"UpdateVersion", "Restart"}) {
    RunResult result = good();
    result.requests.front().type = type;
    result.counters["gatesCompared"] = 0;
    judge(result, {}, {});
    EXPECT_EQ(result.verdict, Verdict::kVacuous) << type;
  }
}

TEST(Judge, ARequestThatFailedNeedsNoGate) {
  RunResult result = good();
  result.requests.front().phase = "Failed";
  result.counters["gatesCompared"] = 0;
  judge(result, {}, {});
  EXPECT_EQ(result.verdict, Verdict::kPassed);
}

TEST(Judge, OfSeveralTheWorstIsTold) {
  RunResult result = good();
  result.faults.front().fired.reset();
  result.expectations.front().met = false;
  judge(result, {}, {});
  EXPECT_EQ(result.verdict, Verdict::kExpectationFailed);
  break_liveness(result);
  judge(result, {}, {});
  EXPECT_EQ(result.verdict, Verdict::kStuck);
  break_safety(result);
  judge(result, {"it has not ended"}, {});
  EXPECT_EQ(result.verdict, Verdict::kViolated);
}

}  // namespace
}  // namespace sdbtwin::scenarios
