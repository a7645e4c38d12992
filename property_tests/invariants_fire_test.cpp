// Goal: every invariant sees what it is there to see. Method: a full simulation of the quickstart
// with an operator that is wrong in one point (wrong_operators.h); the first violation must be of
// the invariant that is meant. The same scenario with the right operators is clean, and a list
// that is compared with the registry keeps an invariant from being added without its proof.

#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>

#include "invariants/registry.h"
#include "property_tests/runs.h"
#include "property_tests/wrong_operators.h"

namespace sdbtwin::property_tests {
namespace {

struct Case {
  std::string invariant;
  std::string name;
  scenarios::Planners (*planners)();
  void (*tweak)(scenarios::Scenario&) = [](scenarios::Scenario&) {};
};

scenarios::Planners with(ops_manager::Planner planner) {
  scenarios::Planners planners;
  planners.ops_manager = std::move(planner);
  return planners;
}

const std::vector<Case>& cases() {
  static const std::vector<Case> kCases{
      {"pause-respected", "IgnoresThePause",
       [] {
         scenarios::Planners planners;
         planners.provisioner = ignores_the_pause();
         return planners;
       }},
      {"one-pod-at-a-time", "EvictsTwoAtOnce", [] { return with(evicts_two_at_once()); }},
      {"gates-before-next-pod", "TrustsReadiness", [] { return with(trusts_readiness()); },
       // Long enough between Ready and in sync for an operator that does not wait to be seen.
       [](scenarios::Scenario& s) { s.database.recovery_bytes_per_second = 1 << 20; }},
      {"version-last", "AnnouncesTheVersionFirst",
       [] { return with(announces_the_version_first()); }},
      {"resumed-at-end", "NeverResumes", [] { return with(never_resumes()); }},
      {"resumed-at-end", "LeavesItsStamps", [] { return with(leaves_its_stamps()); }},
  };
  return kCases;
}

class InvariantFires : public ::testing::TestWithParam<Case> {};

TEST_P(InvariantFires, OnAnOperatorThatIsWrongInOnePoint) {
  scenarios::Scenario quickstart = scenario("quickstart");
  GetParam().tweak(quickstart);
  scenarios::RunOptions options;
  options.planners = GetParam().planners();
  const scenarios::RunResult result = scenarios::run(quickstart, options);
  EXPECT_EQ(result.verdict, scenarios::Verdict::kViolated) << describe(result);
  EXPECT_EQ(first_violation(result), GetParam().invariant) << describe(result);
}

INSTANTIATE_TEST_SUITE_P(All, InvariantFires, ::testing::ValuesIn(cases()),
                         [](const auto& shown) { return shown.param.name; });

TEST(InvariantRegistry, EveryInvariantHasAnOperatorThatBreaksIt) {
  std::set<std::string> shown;
  for (const Case& c : cases()) shown.insert(c.invariant);
  std::set<std::string> registered;
  for (const auto& entry : invariants::registry()) registered.emplace(entry.name);
  EXPECT_EQ(shown, registered);
}

TEST(InvariantRegistry, TheRightOperatorsBreakNone) {
  const scenarios::RunResult result = scenarios::run(scenario("quickstart"), {});
  EXPECT_EQ(result.verdict, scenarios::Verdict::kPassed) << describe(result);
  for (const auto& invariant : result.invariants) {
    EXPECT_TRUE(invariant.applied) << invariant.name;
    EXPECT_GT(invariant.checks, 0u) << invariant.name << " never compared anything";
  }
}

}  // namespace
}  // namespace sdbtwin::property_tests
