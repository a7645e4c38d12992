// Goal: with two Ops-managers of which one leads (kubernetes.md 5.4), a leader that dies, stands
// still, or whose last write is late does no harm, and another one ends the rollout. Method: the
// scenarios of scenarios/leader/ with several seeds; the trace says when leadership changed hands.

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "model/api/coordination.h"
#include "model/cluster/server/api_server.h"
#include "property_tests/runs.h"
#include "sim/engine/process.h"

namespace sdbtwin::property_tests {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kLeaderSeeds = 10;

// Who has led since when, and what happened to the leaders.
class Leaders final : public sim::TraceObserver {
 public:
  struct Moment {
    std::string who;
    sim::Time at;
  };

  void on_event(const sim::TraceEvent& event) override {
    const Moment of_process{std::string(event.process), event.time};
    const bool mortal = event.process.starts_with("ops-manager");
    if (mortal && event.get_if<sim::ProcessKilled>() != nullptr) killed.push_back(of_process);
    if (mortal && event.get_if<sim::ProcessResumed>() != nullptr) resumed.push_back(of_process);
    if (const auto* write = event.get_if<cluster::ObjectWritten>()) on_write(*write, event.time);
    if (const auto* refused = event.get_if<cluster::RequestRefused>()) {
      const bool eviction = refused->subresource == api::Subresource::kEviction;
      if (eviction) ++refused_evictions;
    }
  }

  std::vector<Moment> leaders;
  std::vector<Moment> killed;
  std::vector<Moment> resumed;
  int refused_evictions = 0;

 private:
  void on_write(const cluster::ObjectWritten& write, sim::Time at) {
    if (write.kind != api::Kind::kLease || write.after == nullptr) return;
    const std::string holder =
        api::cast<api::Lease>(*write.after).spec->holder_identity.value_or("");
    if (leaders.empty() || leaders.back().who != holder) leaders.push_back({holder, at});
  }
};

scenarios::RunResult run_with(const std::string& name, std::uint64_t seed, Leaders& leaders) {
  scenarios::RunOptions options;
  options.seed = seed;
  options.observer = &leaders;
  return scenarios::run(scenario("scenarios/leader/" + name + ".yaml"), options);
}

TEST(LeaderFailover, AfterACrashTheOtherTakesOverWithin13To24SecondsAndEndsTheRollout) {
  for (std::uint64_t seed = 1; seed <= kLeaderSeeds; ++seed) {
    Leaders seen;
    const scenarios::RunResult result = run_with("leader-failover", seed, seen);
    EXPECT_EQ(result.verdict, scenarios::Verdict::kPassed) << describe(result);
    ASSERT_GE(seen.leaders.size(), 2U);
    ASSERT_FALSE(seen.killed.empty());
    EXPECT_EQ(seen.killed[0].who, seen.leaders[0].who) << "it was the leader that died";
    EXPECT_NE(seen.leaders[1].who, seen.leaders[0].who);
    const sim::Duration gap = seen.leaders[1].at - seen.killed[0].at;
    EXPECT_GE(gap, 13s) << "seed " << seed;
    EXPECT_LE(gap, 24s) << "seed " << seed;
  }
}

TEST(LeaderFailover, APausedLeaderGoesOnAfterAnotherHasBegunAndEndsItselfWithoutHarm) {
  for (std::uint64_t seed = 1; seed <= kLeaderSeeds; ++seed) {
    Leaders seen;
    const scenarios::RunResult result = run_with("leader-paused", seed, seen);
    EXPECT_EQ(result.verdict, scenarios::Verdict::kPassed) << describe(result);
    ASSERT_GE(seen.leaders.size(), 2U);
    ASSERT_FALSE(seen.resumed.empty());
    ASSERT_FALSE(seen.killed.empty());
    EXPECT_LT(seen.leaders[1].at, seen.resumed[0].at) << "two believe that they lead";
    EXPECT_EQ(seen.killed[0].who, seen.resumed[0].who) << "it ends when it sees that it has lost";
    EXPECT_GE(seen.killed[0].at, seen.resumed[0].at);
  }
}

TEST(LeaderFailover, AnEvictionOfADeadLeaderThatIsLateEvictsNoPodTwice) {
  int refused = 0;
  for (std::uint64_t seed = 1; seed <= kLeaderSeeds; ++seed) {
    Leaders seen;
    const scenarios::RunResult result = run_with("leader-late-eviction", seed, seen);
    EXPECT_EQ(result.verdict, scenarios::Verdict::kPassed) << describe(result);
    refused += seen.refused_evictions > 0 ? 1 : 0;
  }
  EXPECT_GT(refused, 0) << "it came too late in no run at all";
}

}  // namespace
}  // namespace sdbtwin::property_tests
