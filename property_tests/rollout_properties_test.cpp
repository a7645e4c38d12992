// Goal: what holds of every rollout, whatever the timing and whoever crashes. Method: the
// quickstart with many seeds (jitter moves every latency), run twice each; and with drawn plans of
// process kills and pauses, which rapidcheck shrinks to the smallest plan that still fails. The
// plan is data: nothing is drawn while a run goes on.

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <chrono>
#include <string>
#include <vector>

#include "property_tests/runs.h"
#include "scenarios/world/processes.h"

namespace sdbtwin::property_tests {
namespace {

using namespace std::chrono_literals;

// A few here; scripts/nightly runs ten thousand with the program itself.
constexpr std::uint64_t kSeeds = 25;

TEST(Rollout, PassesWithEverySeedAndRepeatsItself) {
  const scenarios::Scenario quickstart = scenario("quickstart");
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    scenarios::RunOptions options;
    options.seed = seed;
    const scenarios::RunResult first = scenarios::run(quickstart, options);
    const scenarios::RunResult second = scenarios::run(quickstart, options);
    ASSERT_EQ(first.verdict, scenarios::Verdict::kPassed) << describe(first);
    ASSERT_EQ(first.digest, second.digest) << "seed " << seed;
    ASSERT_EQ(first.trace_events, second.trace_events) << "seed " << seed;
  }
}

TEST(Rollout, SeedsDifferInTiming) {
  const scenarios::Scenario quickstart = scenario("quickstart");
  scenarios::RunOptions one;
  scenarios::RunOptions two;
  two.seed = 2;
  EXPECT_NE(scenarios::run(quickstart, one).digest, scenarios::run(quickstart, two).digest);
}

// The processes of a run that can be rebuilt from what is written.
std::vector<std::string> victims() {
  std::vector<std::string> names;
  for (const std::string& name : scenarios::mortal_processes()) {
    names.push_back(name == "kubelet/<node>" ? "kubelet/node-1" : name);
  }
  return names;
}

faults::PlannedFault draw_fault(int number) {
  faults::PlannedFault planned;
  planned.name = "fault " + std::to_string(number);
  // From the first object to well after the end of a rollout without faults.
  planned.trigger.moment = faults::AtTime{std::chrono::milliseconds(*rc::gen::inRange(1, 300'000))};
  const std::string victim = *rc::gen::elementOf(victims());
  const auto lasting = std::chrono::milliseconds(*rc::gen::inRange(1, 20'000));
  if (*rc::gen::inRange(0, 4) == 0) {
    planned.fault = faults::ProcessPause{victim, lasting};
  } else {
    planned.fault = faults::ProcessKill{victim, lasting};
  }
  return planned;
}

TEST(Rollout, SurvivesAnyFewCrashesAndPausesOfProcesses) {
  scenarios::Scenario base = scenario("quickstart");
  // Faults take time: only that it ends well is asked, not when.
  base.expectations.clear();
  const bool holds = rc::check("crashes and pauses", [&base] {
    scenarios::Scenario drawn = base;
    const int count = *rc::gen::inRange(1, 5);
    for (int i = 0; i < count; ++i) drawn.faults.faults.push_back(draw_fault(i));
    faults::sort(drawn.faults);
    scenarios::RunOptions options;
    options.seed = *rc::gen::inRange<std::uint64_t>(1, 1'000'000);
    const scenarios::RunResult result = scenarios::run(drawn, options);
    for (const faults::PlannedFault& planned : drawn.faults.faults) {
      RC_LOG() << faults::describe(planned.trigger) << ": " << faults::describe(planned.fault)
               << "\n";
    }
    RC_LOG() << describe(result);
    // A plan that comes after the end of the run shows nothing, and breaks nothing.
    RC_ASSERT(result.verdict == scenarios::Verdict::kPassed ||
              result.verdict == scenarios::Verdict::kVacuous);
    for (const auto& request : result.requests) RC_ASSERT(request.phase == "Successful");
    for (const auto& database : result.databases) {
      RC_ASSERT(!database.paused);
      RC_ASSERT(database.version == "8.9.3");
    }
  });
  EXPECT_TRUE(holds);
}

}  // namespace
}  // namespace sdbtwin::property_tests
