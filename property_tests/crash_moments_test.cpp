// Goal: whenever a leaf crashes in the course of a rollout, no acknowledged write is lost with two
// copies, nothing unsafe is done and the request ends. Method: the quickstart at redundancy 2, with
// a crash of one leaf's database at evenly spaced moments from its creation to well after the end,
// leaf 0 and leaf 1 by turns.

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "property_tests/runs.h"
#include "scenarios/world/cluster.h"

namespace sdbtwin::property_tests {
namespace {

using namespace std::chrono_literals;

// Under a sanitizer a run takes ten times as long.
#if defined(__SANITIZE_ADDRESS__)
constexpr int kMoments = 40;
#else
constexpr int kMoments = 200;
#endif
constexpr sim::Duration kFirst = 5s;   // the first pods are there
constexpr sim::Duration kLast = 255s;  // the rollout is over since 30 s

constexpr int kExitCode = 137;  // 128 + SIGKILL: what the out-of-memory killer leaves

scenarios::RunResult run_with_crash(const scenarios::Scenario& base, sim::Time at,
                                    const std::string& pod, bool& crashed) {
  scenarios::Intervention crash;
  crash.at = at;
  crash.act = [&](scenarios::Cluster& cluster) {
    crashed = cluster.fleet().crash("demo", pod, kExitCode);
  };
  scenarios::RunOptions options;
  options.interventions.push_back(std::move(crash));
  return scenarios::run(base, options);
}

void crash_at_every_moment(const scenarios::Scenario& base) {
  int crashes = 0;
  for (int i = 0; i < kMoments; ++i) {
    const sim::Time at(kFirst + (kLast - kFirst) * i / kMoments);
    const std::string pod = i % 2 == 0 ? "sdb-leaf-0" : "sdb-leaf-1";
    bool crashed = false;
    const scenarios::RunResult result = run_with_crash(base, at, pod, crashed);
    crashes += crashed ? 1 : 0;
    ASSERT_TRUE(result.violations.empty())
        << pod << " crashed at " << sim::format_duration(at.time_since_epoch()) << "\n"
        << describe(result);
    ASSERT_EQ(result.requests.size(), 1U);
    ASSERT_EQ(result.requests.front().phase, "Successful") << describe(result);
    ASSERT_FALSE(result.databases.front().paused);
  }
  // Where a pod was just being restarted there was nothing to crash.
  EXPECT_GT(crashes, kMoments / 2);
}

TEST(CrashMoments, LoseNothingWithTwoCopiesLeavesFirst) {
  scenarios::Scenario base = scenario("redundancy-2");
  base.expectations.clear();
  crash_at_every_moment(base);
}

TEST(CrashMoments, LoseNothingWithTwoCopiesAggregatorsFirst) {
  scenarios::Scenario base = scenario("redundancy-2");
  base.expectations.clear();
  base.policy.order = scenarios::RolloutOrder::kAggregatorsFirst;
  crash_at_every_moment(base);
}

}  // namespace
}  // namespace sdbtwin::property_tests
