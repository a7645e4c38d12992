// Goal: what was found once is not found again. Method: every scenario of regressions/, with a few
// seeds, passes.

#include <gtest/gtest.h>

#include "property_tests/runs.h"
#include "scenarios/reading/load.h"

namespace sdbtwin::property_tests {
namespace {

TEST(Regressions, StayFixed) {
  scenarios::Problems problems;
  const auto files = scenarios::find_scenario_files({"property_tests/regressions"}, problems);
  ASSERT_TRUE(problems.empty());
  for (const std::string& file : files) {
    const scenarios::Scenario loaded = scenario(file);
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
      scenarios::RunOptions options;
      options.seed = seed;
      const scenarios::RunResult result = scenarios::run(loaded, options);
      EXPECT_EQ(result.verdict, scenarios::Verdict::kPassed) << describe(result);
    }
  }
}

}  // namespace
}  // namespace sdbtwin::property_tests
