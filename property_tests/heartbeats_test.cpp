// Goal: heartbeats change nothing in a run in which no node can fail (docs/SCENARIOS.md), so
// leaving them out loses nothing. Method: the same scenarios with `always` and `never`; what has
// become of requests, databases and pods is compared, not the digest.
#include <gtest/gtest.h>

#include <map>

#include "property_tests/runs.h"
#include "scenarios/world/node_failures.h"

namespace sdbtwin::property_tests {
namespace {

using scenarios::Heartbeats;

struct Outcome {
  scenarios::Verdict verdict{};
  std::vector<std::string> requests;
  std::vector<std::string> databases;
  std::map<std::string, std::int64_t> counts;
  bool operator==(const Outcome&) const = default;
};

class EachQuietScenario : public ::testing::TestWithParam<const char*> {};

TEST_P(EachQuietScenario, EndsTheSameWithHeartbeatsAndWithout) {
  scenarios::Scenario given = scenario(GetParam());
  ASSERT_FALSE(scenarios::has_heartbeats(given));
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    scenarios::RunOptions options;
    options.seed = seed;
    const auto outcome = [&](Heartbeats heartbeats) {
      given.cluster.heartbeats = heartbeats;
      const scenarios::RunResult result = scenarios::run(given, options);
      Outcome out;
      out.verdict = result.verdict;
      for (const auto& request : result.requests) {
        out.requests.push_back(request.name + " " + request.phase);
      }
      for (const auto& database : result.databases) {
        out.databases.push_back(database.name + " " + database.phase + " " + database.version);
      }
      for (const auto& [name, value] : result.counters) {
        // The writes are more, as heartbeats are writes; statements depend on the time it takes.
        const bool same = name == "evictions" || name == "podsCreated" || name == "podsReady" ||
                          name == "gatesCompared";
        if (same) out.counts[name] = value;
      }
      return out;
    };
    const Outcome with = outcome(Heartbeats::kAlways);
    const Outcome without = outcome(Heartbeats::kNever);
    EXPECT_EQ(with.verdict, scenarios::Verdict::kPassed);
    EXPECT_FALSE(with.requests.empty());
    EXPECT_EQ(with.counts.size(), 4U);
    EXPECT_TRUE(with == without) << GetParam() << " seed " << seed;
  }
}

INSTANTIATE_TEST_SUITE_P(Heartbeats, EachQuietScenario,
                         ::testing::Values("quickstart", "restart", "redundancy-2",
                                           "ops-manager-crash"));

}  // namespace
}  // namespace sdbtwin::property_tests
