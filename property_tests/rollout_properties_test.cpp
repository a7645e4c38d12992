// Goal: what holds of every rollout, whatever the timing and whoever crashes. Method: the
// quickstart with many seeds (jitter moves every latency), run twice each; and with drawn plans of
// kills and pauses, stale caches and outages, which rapidcheck shrinks to the smallest plan that
// still fails. The plan is data: nothing is drawn while a run goes on.

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

std::string draw_victim() { return *rc::gen::elementOf(victims()); }
sim::Duration draw_duration(int most_seconds) {
  return std::chrono::milliseconds(*rc::gen::inRange(1, most_seconds * 1000));
}

faults::Fault draw_crash() {
  std::string victim = draw_victim();
  const sim::Duration lasting = draw_duration(20);
  if (*rc::gen::inRange(0, 4) == 0) return faults::ProcessPause{std::move(victim), lasting};
  return faults::ProcessKill{std::move(victim), lasting};
}

// One process, or everybody, is shown the past, misses what happens, or is not answered.
faults::Fault draw_traffic_fault() {
  using faults::OutageAnswer;
  std::string victim = *rc::gen::inRange(0, 5) == 0 ? "" : draw_victim();
  const faults::Lasting lasting{draw_duration(60), {}};
  switch (*rc::gen::inRange(0, 4)) {
    case 0:
      return faults::WatchStall{std::move(victim), {}, lasting};
    case 1:
      return faults::WatchBreak{std::move(victim), *lasting.duration, true};
    case 2:
      return faults::StaleCache{*rc::gen::inRange<std::int64_t>(0, 300), lasting};
    default:
      const auto answer = *rc::gen::inRange<std::size_t>(0, faults::kOutageAnswers.size());
      return faults::ApiOutage{std::move(victim), faults::kOutageAnswers[answer].value, lasting};
  }
}

faults::FaultPlan draw_plan(faults::Fault (*draw)()) {
  faults::FaultPlan plan;
  const int count = *rc::gen::inRange(1, 5);
  for (int i = 0; i < count; ++i) {
    faults::PlannedFault planned;
    planned.name = "fault " + std::to_string(i);
    // From the first object to well after the end of a rollout without faults.
    planned.trigger.moment =
        faults::AtTime{std::chrono::milliseconds(*rc::gen::inRange(1, 300'000))};
    planned.fault = draw();
    plan.faults.push_back(std::move(planned));
  }
  faults::sort(plan);
  return plan;
}

void expect_a_good_end(const scenarios::Scenario& base, faults::Fault (*draw)()) {
  scenarios::Scenario drawn = base;
  // Faults take time: only that it ends well is asked, not when.
  drawn.expectations.clear();
  drawn.faults = draw_plan(draw);
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
}

TEST(Rollout, SurvivesAnyFewCrashesAndPausesOfProcesses) {
  const scenarios::Scenario base = scenario("quickstart");
  EXPECT_TRUE(rc::check("crashes and pauses", [&] { expect_a_good_end(base, draw_crash); }));
}

// Some of the faults are crashes: a process that starts again reads whatever it is shown.
TEST(Rollout, SurvivesStaleCachesLostHistoriesOutagesAndCrashes) {
  const auto draw =
      +[] { return *rc::gen::inRange(0, 3) == 0 ? draw_crash() : draw_traffic_fault(); };
  for (const char* name : {"quickstart", "redundancy-2"}) {
    const scenarios::Scenario base = scenario(name);
    EXPECT_TRUE(rc::check(name, [&] { expect_a_good_end(base, draw); }));
  }
}

}  // namespace
}  // namespace sdbtwin::property_tests
