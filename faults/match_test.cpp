// Goal: patterns match as in a shell, and hostile ones cost little.
// Method: pairs of pattern and text.
#include "faults/match.h"

#include <gtest/gtest.h>

#include <string>

namespace sdbtwin::faults {
namespace {

TEST(GlobMatch, FollowsTheShell) {
  EXPECT_TRUE(glob_match("sdb-*", "sdb-leaf-0"));
  EXPECT_TRUE(glob_match("*", ""));
  EXPECT_TRUE(glob_match("*leaf*0", "sdb-leaf-10"));
  EXPECT_TRUE(glob_match("a?c", "abc"));
  EXPECT_TRUE(glob_match("", ""));
  EXPECT_FALSE(glob_match("", "a"));
  EXPECT_FALSE(glob_match("sdb-*", "SDB-leaf"));
  EXPECT_FALSE(glob_match("a?c", "ac"));
  EXPECT_FALSE(glob_match("abc", "abcd"));
  EXPECT_TRUE(glob_match("*?", "ab"));
}

TEST(GlobMatch, ManyStarsDoNotExplode) {
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "*a";
  EXPECT_FALSE(glob_match(pattern + "b", std::string(5000, 'a')));
}

}  // namespace
}  // namespace sdbtwin::faults
