// The latencies' medians, scaling and the switch that takes out the jitter.
#include "model/cluster/timing/latency.h"

#include <gtest/gtest.h>

namespace sdbtwin::cluster {
namespace {

using namespace std::chrono_literals;

TEST(ApiLatencyTest, TheMediansAreThoseOfTheReference) {
  const ApiLatency latency = ApiLatency::standard();
  EXPECT_EQ(latency.read.median(), 3ms);
  EXPECT_EQ(latency.write.median(), 8ms);
  EXPECT_EQ(latency.watch_delivery.median(), 8ms);
}

TEST(ApiLatencyTest, ScalingScalesEveryPart) {
  const ApiLatency slow = ApiLatency::standard().scaled(10'000);
  EXPECT_EQ(slow.read.median(), 30ms);
  EXPECT_EQ(slow.write.median(), 80ms);
  EXPECT_EQ(slow.watch_delivery.median(), 80ms);
  EXPECT_EQ(slow.per_listed_object, 200us);
  EXPECT_EQ(ApiLatency::standard().scaled(0).write.median(), 0ms);
}

TEST(ApiLatencyTest, WithoutJitterEveryMessageTakesItsMedian) {
  const ApiLatency flat = ApiLatency::standard().without_jitter();
  sim::Rng rng(3);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(flat.read.sample(rng), 3ms);
    EXPECT_EQ(flat.write.sample(rng), 8ms);
    EXPECT_EQ(flat.watch_delivery.sample(rng), 8ms);
  }
}

TEST(ApiLatencyTest, JitterSpreadsAroundTheMedian) {
  const ApiLatency latency = ApiLatency::standard();
  sim::Rng rng(3);
  int below = 0;
  for (int i = 0; i < 1000; ++i) {
    if (latency.write.sample(rng) < 8ms) ++below;
  }
  EXPECT_GT(below, 400);
  EXPECT_LT(below, 600);
}

}  // namespace
}  // namespace sdbtwin::cluster
