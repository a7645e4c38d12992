#include "controller/ops_manager/semver.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sdbtwin::ops_manager {
namespace {

// Goal: versions order as semver 2.0 says. Method: a list in ascending order, every pair compared.
TEST(SemVer, OrdersAsTheStandardSays) {
  const std::vector<std::string> ascending{
      "8.1.32",     "8.5.7",       "8.5.30", "8.9.3-alpha", "8.9.3-alpha.1", "8.9.3-alpha.beta",
      "8.9.3-rc.2", "8.9.3-rc.11", "8.9.3",  "8.10.0",      "9.0.0"};
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    for (std::size_t j = 0; j < ascending.size(); ++j) {
      const auto a = parse_semver(ascending[i]);
      const auto b = parse_semver(ascending[j]);
      ASSERT_TRUE(a && b);
      EXPECT_EQ(*a <=> *b, i <=> j) << ascending[i] << " against " << ascending[j];
    }
  }
}

// Goal: missing parts are zero, a leading v and build metadata do not matter. Method: equal pairs.
TEST(SemVer, ToleratesShortForms) {
  EXPECT_EQ(parse_semver("v8.7"), parse_semver("8.7.0"));
  EXPECT_EQ(parse_semver("8.7.10+build.5"), parse_semver("8.7.10"));
}

// Goal: what is not a version is not taken for one. Method: broken texts.
TEST(SemVer, RefusesWhatIsNotAVersion) {
  for (const char* text : {"", "8.", "8.7.10.1", "8.x", "8.7.-1", "8.7.10-", "latest"}) {
    EXPECT_EQ(parse_semver(text), std::nullopt) << text;
  }
}

struct ConstraintCase {
  const char* constraint;
  const char* version;
  bool allowed;
};

// Goal: the constraints that catalogues use, and their neighbours. Method: a table; the first rows
// are the catalogue's own (reference/kubedb.md 5).
TEST(SemVerConstraint, AllowsWhatItSays) {
  const std::vector<ConstraintCase> cases{
      {">= 8.7.21, <= 8.9.3", "8.7.21", true},
      {">= 8.7.21, <= 8.9.3", "8.9.3", true},
      {">= 8.7.21, <= 8.9.3", "8.7.10", false},
      {">= 8.7.21, <= 8.9.3", "8.9.4", false},
      {"8.9.3", "8.9.3", true},
      {"8.9.3", "8.9.2", false},
      {"> 8.7.10, <= 8.7.10", "8.7.10", false},
      {">=8.7.10 <8.9", "8.8.1", true},
      {"< 8.5 || >= 8.9", "8.1.32", true},
      {"< 8.5 || >= 8.9", "8.7.10", false},
      {"~8.7.10", "8.7.99", true},
      {"~8.7.10", "8.8.0", false},
      {"^8.7.10", "8.9.3", true},
      {"^8.7.10", "9.0.0", false},
      {"!= 8.7.10", "8.7.10", false},
  };
  for (const ConstraintCase& one : cases) {
    const auto constraint = SemVerConstraint::parse(one.constraint);
    ASSERT_TRUE(constraint) << one.constraint;
    EXPECT_EQ(constraint->allows(*parse_semver(one.version)), one.allowed)
        << one.constraint << " on " << one.version;
  }
}

// Goal: a constraint that cannot be read allows nothing. Method: broken texts.
TEST(SemVerConstraint, RefusesWhatItCannotRead) {
  for (const char* text : {"", ">=", ">= abc", "8.7.10 ||", ">> 8.7", "8.7.10,, <= x"}) {
    EXPECT_FALSE(SemVerConstraint::parse(text)) << text;
  }
}

}  // namespace
}  // namespace sdbtwin::ops_manager
