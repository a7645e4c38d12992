// Goal: the gates hold the rollout for as long as there is a reason, and no longer. Method: the
// rollout at redundancy 2 with a disturbance of the database that is lifted at a known time, or
// never; the time of the next eviction, and what becomes of the request.

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>

#include "property_tests/runs.h"
#include "scenarios/world/cluster.h"

namespace sdbtwin::property_tests {
namespace {

using namespace std::chrono_literals;

constexpr sim::Duration kTick = 5s;  // of the Ops-manager (kubedb.md 4.3)

class GateProperties : public ::testing::Test {
 protected:
  GateProperties() : base_(scenario("redundancy-2")) {
    base_.cluster.jitter = false;
    base_.expectations.clear();
  }

  scenarios::RunResult run() { return scenarios::run(base_, options_); }

  void at(sim::Duration time, std::function<void(scenarios::Cluster&)> act) {
    options_.interventions.push_back({sim::Time(time), std::move(act)});
  }
  // From the restart of leaf 0 on nothing reaches its copies, until `lifted`.
  void stall(std::optional<sim::Duration> lifted) {
    at(70s, [this](scenarios::Cluster& cluster) {
      singlestore::StreamDisturbance stalled;
      stalled.streams.namespace_ = "demo";
      stalled.streams.cluster = "sdb";
      stalled.streams.leaf = 0;
      stalled.effect = singlestore::StreamEffect::kStalled;
      std::string touched;
      id_ = cluster.fleet().disturb(stalled, touched);
      ASSERT_TRUE(id_) << touched;
    });
    if (!lifted) return;
    at(*lifted, [this](scenarios::Cluster& cluster) {
      EXPECT_TRUE(cluster.fleet().heal_disturbance(*id_));
    });
  }
  void drift(sim::Duration when, int partition, std::int64_t rows) {
    at(when, [=](scenarios::Cluster& cluster) {
      singlestore::LogicalDrift drift;
      drift.copy.namespace_ = "demo";
      drift.copy.cluster = "sdb";
      drift.copy.database = "app";
      drift.copy.partition = partition;
      drift.rows = rows;
      std::string touched;
      EXPECT_TRUE(cluster.fleet().drift(drift, touched));
    });
    // It is this fault that makes a synced copy lack rows.
    base_.disabled_invariants.emplace_back("synced-copies-are-synced");
  }
  static std::optional<sim::Time> evicted(const scenarios::RunResult& result,
                                          const std::string& pod) {
    for (const auto& restart : result.restarts) {
      if (restart.pod == "demo/" + pod) return restart.evicted;
    }
    return std::nullopt;
  }

  scenarios::Scenario base_;
  scenarios::RunOptions options_;
  std::optional<std::uint64_t> id_;
};

TEST_F(GateProperties, TheRolloutGoesOnAtTheFirstPollAfterTheLagHasEnded) {
  constexpr sim::Duration kLifted = 200s;
  stall(kLifted);
  const scenarios::RunResult result = run();
  ASSERT_EQ(result.verdict, scenarios::Verdict::kPassed) << describe(result);
  const auto next = evicted(result, "sdb-leaf-1");
  ASSERT_TRUE(next);
  EXPECT_GT(*next, sim::Time(kLifted));
  // The first poll sees the copies in sync and writes it down; the eviction comes with the next
  // one. They need a second or so to catch up with a few megabytes.
  EXPECT_LE(*next, sim::Time(kLifted + 3 * kTick));
}

TEST_F(GateProperties, ALagThatOutlastsTheTimeoutFailsTheRequestAndResumesTheDatabase) {
  stall(std::nullopt);
  const scenarios::RunResult result = run();
  EXPECT_EQ(result.requests.front().phase, "Failed") << describe(result);
  EXPECT_FALSE(evicted(result, "sdb-leaf-1"));
  EXPECT_FALSE(result.databases.front().paused);
  EXPECT_EQ(result.databases.front().version, "8.7.21");
  for (const auto& violation : result.violations) EXPECT_EQ(violation.invariant, "converges");
}

TEST_F(GateProperties, ADriftBeyondTheToleranceStopsItBeforeTheGoodCopyGoes) {
  // On leaf 0, which has just become Ready; the master is on leaf 1.
  drift(107s, 1, -40'000);
  const scenarios::RunResult result = run();
  EXPECT_TRUE(evicted(result, "sdb-leaf-0"));
  EXPECT_EQ(result.requests.front().phase, "Failed") << describe(result);
  EXPECT_FALSE(evicted(result, "sdb-leaf-1"));
}

TEST_F(GateProperties, ADriftThatWasThereFromTheStartStopsItBeforeTheFirstPod) {
  drift(45s, 0, -40'000);  // on leaf 1; the master is on leaf 0, which is first in order
  const scenarios::RunResult result = run();
  EXPECT_EQ(result.requests.front().phase, "Failed") << describe(result);
  EXPECT_TRUE(result.restarts.empty());
}

TEST_F(GateProperties, ADriftWithinTheToleranceDoesNot) {
  drift(45s, 1, -10'000);  // of 125,000: 8 %
  const scenarios::RunResult result = run();
  EXPECT_EQ(result.verdict, scenarios::Verdict::kPassed) << describe(result);
}

}  // namespace
}  // namespace sdbtwin::property_tests
