// Goal: a slip of the fingers finds the name that was meant; a different word finds none.
// Method: pairs of typed and known names.
#include "scenarios/text/suggest.h"

#include <gtest/gtest.h>

namespace sdbtwin::scenarios {
namespace {

TEST(NearestName, FindsSlips) {
  const std::vector<std::string> names{"manifests", "actions", "faults", "targetVersion"};
  EXPECT_EQ(nearest_name("manifest", names), "manifests");
  EXPECT_EQ(nearest_name("atcions", names), "actions");
  EXPECT_EQ(nearest_name("targetversion", names), "targetVersion");
  EXPECT_EQ(nearest_name("TargetVerison", names), "targetVersion");
}

TEST(NearestName, SaysNothingAboutOtherWords) {
  const std::vector<std::string> names{"manifests", "actions"};
  EXPECT_EQ(nearest_name("replicas", names), std::nullopt);
  EXPECT_EQ(nearest_name("", names), std::nullopt);
  EXPECT_EQ(nearest_name(std::string(1'000'000, 'a'), names), std::nullopt);
}

TEST(NearestName, OfEquallyNearOnesTheFirstWins) {
  EXPECT_EQ(nearest_name("ab", {"ac", "ad"}), "ac");
}

}  // namespace
}  // namespace sdbtwin::scenarios
