#include "sim/core/rng.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <limits>

#include "sim/core/hash.h"

namespace sdbtwin::sim {
namespace {

TEST(Hash64, IsTheSameEverywhere) {
  // Goal: names mean the same on every compiler and machine. Method: fixed values.
  EXPECT_EQ(hash64(""), 0x2725c4abf049874eULL);
  EXPECT_EQ(hash64("kubelet/node-2"), 0x2618579acf875527ULL);
  EXPECT_NE(hash64("ab"), hash64("ba"));
  EXPECT_NE(hash64(std::string_view("a\0", 2)), hash64("a"));
}

TEST(Rng, IsTheSameEverywhere) {
  // Goal: same seed, same numbers on every compiler. Method: fixed values; the first three of seed
  // 0 are those of the published splitmix64.
  Rng zero(0);
  EXPECT_EQ(zero.next(), 0xe220a8397b1dcdafULL);
  EXPECT_EQ(zero.next(), 0x6e789e6aa1b965f4ULL);
  EXPECT_EQ(zero.next(), 0x06c45d188009454fULL);
  Rng named = Rng(42).stream("kubelet/node-2");
  EXPECT_EQ(named.next(), 0x69e71b7cbd7d448fULL);
  EXPECT_EQ(named.below(1000), 853ULL);
  EXPECT_EQ(named.between(-50, 50), 7);
}

TEST(Rng, AStreamDoesNotDependOnWhatWasDrawn) {
  // Goal: a new consumer shifts nobody. Method: the same stream before and after draws.
  Rng rng(7);
  Rng before = rng.stream("a");
  rng.next();
  Rng after = rng.stream("a");
  EXPECT_EQ(before.next(), after.next());
  Rng other = rng.stream("b");
  EXPECT_NE(before.next(), other.next());
}

TEST(Rng, BelowIsUniform) {
  // Goal: no value is favoured. Method: 60,000 draws below 6; each count within 5 % of 10,000,
  // which is more than five standard deviations.
  Rng rng(1);
  std::array<int, 6> counts{};
  for (int i = 0; i < 60'000; ++i) ++counts[rng.below(6)];
  for (const int count : counts) EXPECT_NEAR(count, 10'000, 500);
}

TEST(Rng, BelowRejectsTheBiasedPart) {
  // Goal: uniform for ranges near 2^64 too. Method: with n = 3 * 2^62 a plain multiplication would
  // give multiples of 3 twice the probability of the others.
  Rng rng(2);
  const std::uint64_t n = std::uint64_t{3} << 62;
  int multiples = 0;
  for (int i = 0; i < 30'000; ++i) multiples += rng.below(n) % 3 == 0 ? 1 : 0;
  EXPECT_NEAR(multiples, 10'000, 500);
}

TEST(Rng, BetweenIncludesBothEndsOfAnyRange) {
  // Goal: the whole int64 range works. Method: extreme ranges and a small one with both ends seen.
  Rng rng(3);
  constexpr auto kMin = std::numeric_limits<std::int64_t>::min();
  constexpr auto kMax = std::numeric_limits<std::int64_t>::max();
  rng.between(kMin, kMax);
  EXPECT_EQ(rng.between(kMin, kMin), kMin);
  EXPECT_EQ(rng.between(kMax, kMax), kMax);
  bool low = false;
  bool high = false;
  for (int i = 0; i < 200; ++i) {
    const std::int64_t value = rng.between(-1, 1);
    ASSERT_LE(-1, value);
    ASSERT_LE(value, 1);
    low = low || value == -1;
    high = high || value == 1;
  }
  EXPECT_TRUE(low && high);
}

TEST(Rng, ChanceHasItsProbability) {
  // Goal: numerator / denominator. Method: never, always, and 3 of 10 over 10,000 draws.
  Rng rng(4);
  int hits = 0;
  for (int i = 0; i < 10'000; ++i) {
    EXPECT_FALSE(rng.chance(0, 5));
    EXPECT_TRUE(rng.chance(5, 5));
    hits += rng.chance(3, 10) ? 1 : 0;
  }
  EXPECT_NEAR(hits, 3'000, 250);
}

}  // namespace
}  // namespace sdbtwin::sim
