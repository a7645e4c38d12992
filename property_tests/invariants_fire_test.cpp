// Goal: every invariant sees what it is there to see. Method: a full simulation with an operator
// that is wrong in one point (wrong_operators.h), or with a user who does what no user should; the
// invariant that is meant must be among those violated, and no other that is not named beside it.
// The same scenarios with the right operators are clean, and a list that is compared with the
// registry keeps an invariant from being added without its proof.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <set>
#include <string>
#include <vector>

#include "invariants/registry.h"
#include "property_tests/runs.h"
#include "property_tests/wrong_operators.h"
#include "scenarios/world/cluster.h"

namespace sdbtwin::property_tests {
namespace {

struct Case {
  std::string invariant;
  std::string name;
  scenarios::Planners (*planners)();
  std::string scenario = "quickstart";
  void (*tweak)(scenarios::Scenario&) = [](scenarios::Scenario&) {};
  std::vector<std::string> also;  // invariants that the same mistake breaks too
  // What happens to the database that no plan knows of.
  std::vector<scenarios::Intervention> interventions;
};

scenarios::Planners with(ops_manager::Planner planner) {
  scenarios::Planners planners;
  planners.ops_manager = std::move(planner);
  return planners;
}

scenarios::Planners with(provisioner::Planner planner) {
  scenarios::Planners planners;
  planners.provisioner = std::move(planner);
  return planners;
}

// Long enough between Ready and in sync for an operator that does not wait to be seen.
void recover_slowly(scenarios::Scenario& s) { s.database.recovery_bytes_per_second = 1 << 20; }

const std::vector<Case>& cases() {
  static const std::vector<Case> kCases{
      {.invariant = "pause-respected",
       .name = "IgnoresThePause",
       .planners = [] { return with(ignores_the_pause()); },
       .also = {"version-never-back"}},
      {.invariant = "one-pod-at-a-time",
       .name = "EvictsTwoAtOnce",
       .planners = [] { return with(evicts_two_at_once()); },
       .also = {"gates-before-next-pod", "availability-floor"}},
      {.invariant = "gates-before-next-pod",
       .name = "TrustsReadiness",
       .planners = [] { return with(trusts_readiness()); },
       .tweak = recover_slowly,
       .also = {"availability-floor"}},
      {.invariant = "version-last",
       .name = "AnnouncesTheVersionFirst",
       .planners = [] { return with(announces_the_version_first()); }},
      {.invariant = "resumed-at-end",
       .name = "NeverResumes",
       .planners = [] { return with(never_resumes()); },
       .also = {"converges"}},
      {.invariant = "resumed-at-end",
       .name = "LeavesItsStamps",
       .planners = [] { return with(leaves_its_stamps()); }},
      {.invariant = "availability-floor",
       .name = "TrustsReadinessWithOneCopy",
       .planners = [] { return with(trusts_readiness()); },
       .tweak = recover_slowly,
       .also = {"gates-before-next-pod"}},
      {.invariant = "availability-floor",
       .name = "TrustsReadinessWithTwoCopies",
       .planners = [] { return with(trusts_readiness()); },
       .scenario = "redundancy-2",
       .tweak = recover_slowly,
       .also = {"gates-before-next-pod"}},
      {.invariant = "version-never-back",
       .name = "PutsOldImagesBack",
       .planners = [] { return with(puts_old_images_back()); }},
      {.invariant = "pvc-identity",
       .name = "DropsClaims",
       .planners = [] { return with(drops_claims()); },
       // The master aggregator's claim is among them: with it goes all that the cluster knows.
       .also = {"no-acknowledged-write-lost", "converges", "termination-ends"}},
      {.invariant = "one-request-in-progress",
       .name = "AUserWhoSetsAPhase",
       .planners = [] { return scenarios::Planners{}; },
       .scenario = "property_tests/broken/two-requests.yaml",
       .also = {"one-pod-at-a-time", "gates-before-next-pod", "resumed-at-end", "version-last"}},
      {.invariant = "request-ends",
       .name = "NeverSaysDone",
       .planners = [] { return with(never_says_done()); },
       .tweak = [](scenarios::Scenario& s) { s.horizon = std::chrono::hours(2); }},
      {.invariant = "converges",
       .name = "RemakesPetSets",
       .planners = [] { return with(remakes_petsets()); },
       .also = {"termination-ends"}},
      {.invariant = "termination-ends",
       .name = "KeepsItsFinalizer",
       .planners = [] { return with(keeps_its_finalizer()); },
       .scenario = "property_tests/broken/delete.yaml",
       .also = {"converges"}},
  };
  return kCases;
}

singlestore::StreamPattern streams_of_sdb() {
  singlestore::StreamPattern pattern;
  pattern.namespace_ = "demo";
  pattern.cluster = "sdb";
  return pattern;
}

// A child aggregator that hears nothing new goes on with the old record: it writes to the old
// master while the others write to the new one. Only without synchronous replication: else the
// old master's commits wait for a replica that is none any more.
void split(scenarios::Cluster& cluster) {
  singlestore::StreamDisturbance deaf;
  deaf.streams = streams_of_sdb();
  deaf.streams.metadata = true;
  deaf.streams.aggregator = 1;
  std::string touched;
  EXPECT_TRUE(cluster.fleet().disturb(deaf, touched));
  EXPECT_TRUE(cluster.fleet().cut_link("demo", "sdb-aggregator-0", "sdb-leaf-0", true));
  EXPECT_TRUE(cluster.fleet().cut_link("demo", "sdb-aggregator-0", "sdb-aggregator-1", true));
}

void take_rows_away(scenarios::Cluster& cluster) {
  singlestore::LogicalDrift drift;
  drift.copy.namespace_ = "demo";
  drift.copy.cluster = "sdb";
  drift.copy.database = "app";
  drift.rows = -5'000;
  std::string touched;
  EXPECT_TRUE(cluster.fleet().drift(drift, touched));
}

// Of partition 1, whose replica is on the leaf that is restarted first.
void shrink_a_copy(scenarios::Cluster& cluster) {
  singlestore::LogicalDrift drift;
  drift.copy.namespace_ = "demo";
  drift.copy.cluster = "sdb";
  drift.copy.database = "app";
  drift.copy.partition = 1;
  drift.rows = -40'000;
  std::string touched;
  EXPECT_TRUE(cluster.fleet().drift(drift, touched));
}

const std::vector<Case>& cases_of_the_database() {
  using std::chrono_literals::operator""s;
  static const std::vector<Case> kCases{
      {.invariant = "one-writable-master",
       .name = "AnAggregatorThatHearsNothing",
       .planners = [] { return scenarios::Planners{}; },
       .scenario = "property_tests/broken/two-aggregators.yaml",
       .also = {"converges"},
       .interventions = {{sim::Time(90s), split}}},
      {.invariant = "synced-copies-are-synced",
       .name = "RowsThatVanish",
       .planners = [] { return scenarios::Planners{}; },
       .scenario = "property_tests/broken/two-aggregators.yaml",
       .tweak = [](scenarios::Scenario& s) { s.database.synchronous = true; },
       .interventions = {{sim::Time(90s), take_rows_away}}},
      {.invariant = "gates-before-next-pod",
       .name = "LooksAtNoSizes",
       .planners = [] { return with(ignores_sizes()); },
       .scenario = "redundancy-2",
       .also = {"synced-copies-are-synced"},
       .interventions = {{sim::Time(107s), shrink_a_copy}}},
      {.invariant = "no-acknowledged-write-lost",
       .name = "TakesTheDiskOfTheOnlyCurrentCopy",
       .planners =
           [] {
             scenarios::Planners planners = with(trusts_readiness());
             planners.provisioner = drops_claims_late();
             return planners;
           },
       .scenario = "redundancy-2",
       .tweak = recover_slowly,
       .also = {"pvc-identity", "availability-floor", "gates-before-next-pod", "converges",
                "termination-ends", "synced-copies-are-synced"}},
  };
  return kCases;
}

class InvariantFires : public ::testing::TestWithParam<Case> {};

scenarios::Verdict verdict_of(const std::string& invariant) {
  for (const auto& entry : invariants::registry()) {
    if (entry.name != invariant) continue;
    return entry.kind == invariants::InvariantKind::kSafety ? scenarios::Verdict::kViolated
                                                            : scenarios::Verdict::kStuck;
  }
  return scenarios::Verdict::kPassed;
}

TEST_P(InvariantFires, OnWhatIsWrongInOnePoint) {
  scenarios::Scenario run_with = scenario(GetParam().scenario);
  GetParam().tweak(run_with);
  scenarios::RunOptions options;
  options.planners = GetParam().planners();
  options.interventions = GetParam().interventions;
  const scenarios::RunResult result = scenarios::run(run_with, options);
  EXPECT_EQ(result.verdict, verdict_of(GetParam().invariant)) << describe(result);
  std::vector<std::string> allowed = GetParam().also;
  allowed.push_back(GetParam().invariant);
  EXPECT_THAT(violated(result), ::testing::Contains(GetParam().invariant)) << describe(result);
  EXPECT_THAT(violated(result), ::testing::Each(::testing::AnyOfArray(allowed)))
      << describe(result);
}

INSTANTIATE_TEST_SUITE_P(Operators, InvariantFires, ::testing::ValuesIn(cases()),
                         [](const auto& shown) { return shown.param.name; });
INSTANTIATE_TEST_SUITE_P(Database, InvariantFires, ::testing::ValuesIn(cases_of_the_database()),
                         [](const auto& shown) { return shown.param.name; });

TEST(InvariantRegistry, EveryInvariantIsShownToFire) {
  std::set<std::string> shown;
  for (const Case& c : cases()) shown.insert(c.invariant);
  for (const Case& c : cases_of_the_database()) shown.insert(c.invariant);
  std::set<std::string> registered;
  for (const auto& entry : invariants::registry()) registered.emplace(entry.name);
  EXPECT_EQ(shown, registered);
}

TEST(InvariantRegistry, TheRightOperatorsBreakNone) {
  for (const char* name : {"quickstart", "redundancy-2"}) {
    const scenarios::RunResult result = scenarios::run(scenario(name), {});
    EXPECT_EQ(result.verdict, scenarios::Verdict::kPassed) << describe(result);
    for (const auto& invariant : result.invariants) {
      const bool second_copy = invariant.name == "synced-copies-are-synced";
      if (second_copy && std::string_view(name) == "quickstart") continue;
      EXPECT_TRUE(invariant.applied) << name << ": " << invariant.name;
      EXPECT_GT(invariant.checks, 0u) << name << ": " << invariant.name << " compared nothing";
    }
  }
}

// A slow recovery alone, and a deletion, are no violation: what fires above is the operator.
TEST(InvariantRegistry, WhatTheCasesChangeBreaksNothingByItself) {
  for (const char* name : {"quickstart", "redundancy-2", "property_tests/broken/delete.yaml",
                           "property_tests/broken/two-aggregators.yaml"}) {
    scenarios::Scenario run_with = scenario(name);
    recover_slowly(run_with);
    const scenarios::RunResult result = scenarios::run(run_with, {});
    EXPECT_TRUE(result.violations.empty()) << describe(result);
  }
}

}  // namespace
}  // namespace sdbtwin::property_tests
