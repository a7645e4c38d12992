// Goal: the checker runs what applies, once, and says what it did not run.
// Method: results and violations of a small history under different settings.
#include "invariants/checker.h"

#include <set>

#include "invariants/checker_fixture.h"
#include "invariants/registry.h"

namespace sdbtwin::invariants {
namespace {

TEST(Registry, NamesAreUniqueAndDescribed) {
  std::set<std::string_view> names;
  for (const Registration& entry : registry()) {
    EXPECT_TRUE(names.insert(entry.name).second) << entry.name;
    EXPECT_FALSE(entry.description.empty());
    EXPECT_NE(entry.make(), nullptr);
  }
}

TEST_F(CheckerTest, OnlyTheFirstViolationOfAnInvariantIsReported) {
  make_database("8.7.21");
  evict("sdb-leaf-0");
  evict("sdb-leaf-1");
  evict("sdb-aggregator-0");
  expect_violates("one-pod-at-a-time");
  EXPECT_EQ(checker_->violations().front().time, now_);
  EXPECT_GT(checker_->violations().front().event, 0U);
}

TEST_F(CheckerTest, ASwitchedOffInvariantSaysSoAndIsNotJudged) {
  std::vector<std::string> disabled = liveness();
  disabled.emplace_back("one-pod-at-a-time");
  start(Settings{}, disabled);
  make_database("8.7.21");
  evict("sdb-leaf-0");
  evict("sdb-leaf-1");
  expect_holds();
  bool said = false;
  for (const InvariantResult& result : checker_->results()) {
    if (result.name == "one-pod-at-a-time") said = !result.applied && !result.reason.empty();
  }
  EXPECT_TRUE(said);
  EXPECT_EQ(checker_->results().size(), registry().size());
}

}  // namespace
}  // namespace sdbtwin::invariants
