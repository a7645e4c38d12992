// Goal: the wait between restarts of a container and between image pulls (kubernetes.md 3.2).
// Method: the documented series, by literal times.
#include "model/cluster/node/retry_backoff.h"

#include <gtest/gtest.h>

namespace sdbtwin::cluster {
namespace {

using namespace std::chrono_literals;

TEST(RetryBackoff, TheFirstRestartIsImmediateThenTheWaitDoublesUpToFiveMinutes) {
  RetryBackoff backoff;
  sim::Time now{};
  for (const sim::Duration wait : {0s, 10s, 20s, 40s, 80s, 160s, 300s, 300s}) {
    EXPECT_EQ(backoff.ready_at(now) - now, wait);
    const sim::Time ended = now;
    now += wait;
    backoff.attempted(ended, now);
    now += 1s;  // it runs for a second
  }
}

TEST(RetryBackoff, TenQuietMinutesForgetTheFailures) {
  RetryBackoff backoff;
  backoff.attempted(sim::Time(0s), sim::Time(0s));
  backoff.attempted(sim::Time(5s), sim::Time(10s));
  EXPECT_EQ(backoff.ready_at(sim::Time(100s)), sim::Time(120s));
  EXPECT_EQ(backoff.ready_at(sim::Time(611s)), sim::Time(611s));
}

TEST(RetryBackoff, TheWaitOfAPullCountsFromTheLastAttempt) {
  RetryBackoff backoff;
  EXPECT_EQ(backoff.ready_after_last(), sim::Time{});
  backoff.attempted(sim::Time(3s), sim::Time(3s));
  EXPECT_EQ(backoff.ready_after_last(), sim::Time(13s));
}

}  // namespace
}  // namespace sdbtwin::cluster
