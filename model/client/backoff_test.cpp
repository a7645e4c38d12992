// Back-off and retries, as apimachinery's wait and client-go's retry packages do them.
#include "model/client/backoff.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "model/api/errors.h"
#include "model/client/retry.h"
#include "sim/engine/simulation.h"

namespace sdbtwin::client {
namespace {

using namespace std::chrono_literals;
using sim::Duration;
using sim::Task;
using sim::Time;

constexpr BackoffPolicy kPlain{.base = 1s, .factor = 2, .cap = 5s};

TEST(BackoffTest, WaitsGrowByTheFactorUpToTheCap) {
  Backoff backoff(kPlain, sim::Rng(1));
  std::vector<Duration> waits;
  for (int i = 0; i < 5; ++i) waits.push_back(backoff.next());
  EXPECT_THAT(waits, testing::ElementsAre(1s, 2s, 4s, 5s, 5s));
  backoff.reset();
  EXPECT_EQ(backoff.next(), 1s);
}

TEST(BackoffTest, JitterOnlyAddsAndStaysInItsBound) {
  // The reflector's policy: 0.8 s doubling to 30 s, each up to twice as long.
  Backoff backoff(kReflectorBackoff, sim::Rng(7));
  Duration base = 800ms;
  for (int i = 0; i < 20; ++i) {
    const Duration wait = backoff.next();
    EXPECT_GE(wait, base);
    EXPECT_LE(wait, 2 * base);
    base = std::min<Duration>(2 * base, 30s);
  }
}

TEST(BackoffTest, WithoutACapItDoesNotOverflow) {
  BackoffPolicy policy{.base = 1s, .factor = 1000};
  Backoff backoff(policy, sim::Rng(1));
  Duration last(0);
  for (int i = 0; i < 20; ++i) {
    const Duration wait = backoff.next();
    EXPECT_GE(wait, last);
    last = wait;
  }
}

TEST(BackoffTest, ItStartsAgainAfterAQuietTime) {
  RestartingBackoff backoff(kPlain, 2min, sim::Rng(1));
  EXPECT_EQ(backoff.next(Time{0s}), 1s);
  EXPECT_EQ(backoff.next(Time{10s}), 2s);
  EXPECT_EQ(backoff.next(Time{2min}), 4s);
  EXPECT_EQ(backoff.next(Time{4min + 1s}), 1s);
}

class RetryTest : public testing::Test {
 protected:
  // An attempt that answers `failures` conflicts before it succeeds.
  Task<api::Result<int>> attempt() {
    ++attempts;
    if (attempts > failures) co_return attempts;
    co_return error;
  }
  std::optional<api::Result<int>> run(BackoffPolicy policy) {
    std::optional<api::Result<int>> result;
    auto call = [this]() { return attempt(); };
    auto main = [](sim::Runtime& runtime, BackoffPolicy how, decltype(call)& what,
                   std::optional<api::Result<int>>& out) -> Task<void> {
      out = co_await retry_on_conflict(runtime, how, what);
    };
    simulation.runtime().spawn(main(simulation.runtime(), policy, call, result));
    simulation.run_until(Time{1h});
    return result;
  }

  sim::Simulation simulation{1};
  api::ApiError error = api::errors::modified({"", "pods"}, "p");
  int attempts = 0;
  int failures = 0;
};

TEST_F(RetryTest, ConflictsAreRetriedUntilTheWriteSucceeds) {
  failures = 3;
  const auto result = run(kDefaultRetry);
  ASSERT_TRUE(result.has_value() && result->ok());
  EXPECT_EQ(attempts, 4);
}

TEST_F(RetryTest, AfterTheLastStepTheConflictIsTheAnswer) {
  failures = 100;
  const auto result = run(kDefaultRetry);
  ASSERT_TRUE(result.has_value());
  EXPECT_TRUE(api::is(*result, api::Reason::kConflict));
  EXPECT_EQ(attempts, 5);
}

TEST_F(RetryTest, OtherErrorsAreNotRetried) {
  failures = 100;
  error = api::errors::not_found({"", "pods"}, "p");
  const auto result = run(kDefaultRetry);
  EXPECT_TRUE(api::is(*result, api::Reason::kNotFound));
  EXPECT_EQ(attempts, 1);
}

}  // namespace
}  // namespace sdbtwin::client
