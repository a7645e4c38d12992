#include "sim/core/distribution.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>
#include <vector>

#include "sim/core/lognormal_table.h"

namespace sdbtwin::sim {
namespace {

using namespace std::chrono_literals;

constexpr std::array kSigmas{SigmaTenths::k4, SigmaTenths::k5, SigmaTenths::k6, SigmaTenths::k7,
                             SigmaTenths::k8};

std::vector<Duration> sorted_samples(const Distribution& distribution, int count) {
  Rng rng(11);
  std::vector<Duration> samples;
  for (int i = 0; i < count; ++i) samples.push_back(distribution.sample(rng));
  std::sort(samples.begin(), samples.end());
  return samples;
}

TEST(Distribution, IsTheSameEverywhere) {
  // Goal: no floating point anywhere. Method: fixed values for each kind.
  Rng rng(5);
  EXPECT_EQ(Distribution::constant(3s).sample(rng), 3s);
  EXPECT_EQ(Distribution::uniform(1s, 2s).sample(rng), 1752307016ns);
  EXPECT_EQ(Distribution::lognormal(100ms, SigmaTenths::k4).sample(rng), 74676514ns);
  EXPECT_EQ(Distribution::lognormal(100ms, SigmaTenths::k8).sample(rng), 35760498ns);
}

TEST(Distribution, EverySampleTakesOneDraw) {
  // Goal: another kind of distribution shifts nobody. Method: the draw after a sample.
  for (const Distribution& distribution :
       {Distribution::constant(1s), Distribution::uniform(0s, 1s),
        Distribution::lognormal(1s, SigmaTenths::k6)}) {
    Rng sampled(9);
    Rng plain(9);
    static_cast<void>(distribution.sample(sampled));
    plain.next();
    EXPECT_EQ(sampled.next(), plain.next());
  }
}

TEST(Distribution, UniformReachesBothEndsAndNothingElse) {
  // Goal: [lo, hi]. Method: a range of four values, all of which must be seen.
  const auto samples = sorted_samples(Distribution::uniform(10ns, 13ns), 1'000);
  EXPECT_EQ(samples.front(), 10ns);
  EXPECT_EQ(samples.back(), 13ns);
  const std::set<Duration> values(samples.begin(), samples.end());
  EXPECT_EQ(values.size(), 4U);
}

TEST(Distribution, LognormalTablesRiseAndAreSymmetricAroundTheMedian) {
  // Goal: a sane table. Method: strictly rising; q(p) * q(1 - p) = 1 within rounding.
  for (const auto& table : kLognormalQuantiles) {
    EXPECT_EQ(table[128], 65536U);
    for (std::size_t i = 0; i < 256; ++i) EXPECT_LT(table[i], table[i + 1]);
    for (std::size_t i = 0; i <= 256; ++i) {
      const std::uint64_t product = std::uint64_t{table[i]} * table[256 - i];
      // Each factor is rounded by up to a half.
      const std::uint64_t slack = (table[i] + table[256 - i]) / 2 + 1;
      EXPECT_LE(product - (std::uint64_t{1} << 32) + slack, 2 * slack) << i;
    }
  }
}

TEST(Distribution, LognormalQuantilesAreThoseOfTheName) {
  // Goal: median and spread as declared. Method: 50,000 samples; the 50 % and 84.13 % quantiles
  // (exp(0.4) = 1.4918, exp(0.8) = 2.2255).
  const std::array<Duration, 5> one_sigma{1492ms, 1649ms, 1822ms, 2014ms, 2226ms};
  constexpr Duration median = 1s;
  for (std::size_t i = 0; i < kSigmas.size(); ++i) {
    const auto samples = sorted_samples(Distribution::lognormal(median, kSigmas[i]), 50'000);
    EXPECT_LE(std::chrono::abs(samples[25'000] - 1s), 15ms);
    EXPECT_LE(std::chrono::abs(samples[42'065] - one_sigma[i]), one_sigma[i] / 40);
    EXPECT_GE(samples.front(), median * std::int64_t{kLognormalQuantiles[i].front()} / 65536);
    EXPECT_LE(samples.back(), median * std::int64_t{kLognormalQuantiles[i].back() + 1} / 65536);
  }
}

TEST(Distribution, AGreaterMedianOrScaleNeverGivesALesserSample) {
  // Goal: monotone in its parameters, draw by draw. Method: the same draw for both.
  for (const SigmaTenths sigma : kSigmas) {
    const Distribution less = Distribution::lognormal(100ms, sigma);
    const Distribution more = Distribution::lognormal(101ms, sigma);
    Rng first(6);
    for (int i = 0; i < 1'000; ++i) {
      Rng second = first;
      Rng third = first;
      const Duration sample = less.sample(first);
      EXPECT_LE(sample, more.sample(second));
      EXPECT_LE(sample, less.scaled(1001).sample(third));
    }
  }
}

TEST(Distribution, ScalingMultipliesAndRounds) {
  // Goal: per mille, to nearest. Method: examples, an hour of median without overflow.
  EXPECT_EQ(Distribution::constant(10ns).scaled(1250).median(), 13ns);
  EXPECT_EQ(Distribution::uniform(1s, 3s).scaled(500), Distribution::uniform(500ms, 1500ms));
  EXPECT_EQ(Distribution::lognormal(1s, SigmaTenths::k5).scaled(0).median(), 0s);
  EXPECT_EQ(Distribution::uniform(1s, 3s).median(), 2s);
  const Distribution days = Distribution::lognormal(24h * 30, SigmaTenths::k8);
  EXPECT_GT(sorted_samples(days, 10'000).back(), 24h * 30 * 8);
}

}  // namespace
}  // namespace sdbtwin::sim
