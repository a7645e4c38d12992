// Goal: every scenario that the project ships, and every one that once found something, holds what
// it promises. Method: each file of scenarios/ and regressions/ as a test of its own, with ten
// seeds; no fault of theirs may stay without effect.

#include <gtest/gtest.h>

#include "property_tests/runs.h"
#include "scenarios/reading/load.h"

namespace sdbtwin::property_tests {
namespace {

std::vector<std::string> shipped_files() {
  scenarios::Problems problems;
  auto files =
      scenarios::find_scenario_files({"scenarios", "property_tests/regressions"}, problems);
  return problems.empty() ? files : std::vector<std::string>{};
}

// "crash_both_leaves_yaml"
std::string name_of_file(const ::testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  for (char& c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  }
  return name;
}

class ShippedScenario : public ::testing::TestWithParam<std::string> {};

TEST_P(ShippedScenario, HoldsWhatItPromises) {
  const scenarios::Scenario loaded = scenario(GetParam());
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    scenarios::RunOptions options;
    options.seed = seed;
    const scenarios::RunResult result = scenarios::run(loaded, options);
    EXPECT_EQ(result.verdict, scenarios::Verdict::kPassed) << describe(result);
  }
}

INSTANTIATE_TEST_SUITE_P(Files, ShippedScenario, ::testing::ValuesIn(shipped_files()),
                         name_of_file);

// The list is made where the tests are listed; an empty one would pass.
TEST(ShippedScenarios, AreFound) { EXPECT_GE(shipped_files().size(), 30U); }

}  // namespace
}  // namespace sdbtwin::property_tests
