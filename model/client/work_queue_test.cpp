// The work queue of client-go (kubernetes.md 5.2), in virtual time.
#include "model/client/work_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sim/core/race.h"
#include "sim/engine/simulation.h"

namespace sdbtwin::client {
namespace {

using namespace std::chrono_literals;
using sim::Duration;
using sim::Task;
using sim::Time;
using testing::ElementsAre;
using testing::Pair;

using Queue = WorkQueue<std::string>;
using Seen = std::vector<std::pair<std::string, Duration>>;

class WorkQueueTest : public testing::Test {
 protected:
  // Takes keys until the queue is closed, and works on each for `work`.
  static Task<void> worker(sim::Runtime& runtime, Queue& queue, Duration work, Seen& seen) {
    while (std::optional<std::string> key = co_await queue.get()) {
      seen.emplace_back(*key, runtime.now().time_since_epoch());
      if (work.count() > 0) co_await runtime.sleep(work);
      queue.done(*key);
    }
    seen.emplace_back("closed", runtime.now().time_since_epoch());
  }
  void start_worker(Duration work = Duration(0)) {
    runtime.spawn(worker(runtime, queue, work, seen));
  }
  void run_for(Duration duration) { simulation.run_until(simulation.now() + duration); }

  sim::Simulation simulation{1};
  sim::Runtime& runtime = simulation.runtime();
  Queue queue{runtime};
  Seen seen;
};

TEST_F(WorkQueueTest, AKeyAddedManyTimesIsHandedOutOnceInTheOrderOfTheFirstAdd) {
  for (const char* key : {"a", "b", "a", "c", "b"}) queue.add(key);
  EXPECT_EQ(queue.size(), 3u);
  start_worker();
  run_for(1s);
  EXPECT_THAT(seen, ElementsAre(Pair("a", 0s), Pair("b", 0s), Pair("c", 0s)));
  EXPECT_TRUE(queue.idle());
}

TEST_F(WorkQueueTest, AKeyInProcessIsNotHandedToASecondWorkerButQueuedAgainWhenDone) {
  start_worker(10s);
  start_worker(10s);
  queue.add("a");
  run_for(5s);
  queue.add("a");
  queue.add("a");
  EXPECT_EQ(queue.size(), 0u);
  EXPECT_EQ(queue.processing(), 1u);
  run_for(4s);
  EXPECT_THAT(seen, ElementsAre(Pair("a", 0s)));
  run_for(30s);
  EXPECT_THAT(seen, ElementsAre(Pair("a", 0s), Pair("a", 10s)));
}

TEST_F(WorkQueueTest, OneWorkerIsWokenPerKey) {
  // Goal: an idle worker costs no event. Method: count events with five idle workers.
  for (int i = 0; i < 5; ++i) start_worker();
  run_for(1s);
  const std::uint64_t events = simulation.events_processed();
  queue.add("a");
  run_for(1s);
  EXPECT_EQ(simulation.events_processed(), events + 1);
}

TEST_F(WorkQueueTest, AddAfterWaitsAndTheEarlierTimeWins) {
  start_worker();
  queue.add_after("a", 20s);
  queue.add_after("a", 5s);
  queue.add_after("a", 10s);
  queue.add_after("b", 7s);
  EXPECT_EQ(queue.waiting(), 2u);
  run_for(60s);
  EXPECT_THAT(seen, ElementsAre(Pair("a", 5s), Pair("b", 7s)));
}

TEST_F(WorkQueueTest, AddAfterOfNothingIsAdd) {
  queue.add_after("a", 0s);
  EXPECT_EQ(queue.size(), 1u);
}

TEST_F(WorkQueueTest, AnAddDoesNotCancelTheWaitOfItsKey) {
  start_worker();
  queue.add_after("a", 5s);
  queue.add("a");
  run_for(60s);
  EXPECT_THAT(seen, ElementsAre(Pair("a", 0s), Pair("a", 5s)));
}

TEST_F(WorkQueueTest, FailuresWaitFiveMillisecondsDoubling) {
  // 5 ms * 2^n: n = 10 is 5.1 s, n = 15 164 s, n >= 18 1000 s.
  Seen times;
  for (int n = 0; n < 20; ++n) {
    const Time before = simulation.now();
    queue.add_rate_limited("a");
    while (queue.size() == 0) ASSERT_TRUE(simulation.step());
    times.emplace_back(std::to_string(n), simulation.now() - before);
    auto taken = [](Queue& q) -> Task<void> {
      const std::optional<std::string> key = co_await q.get();
      q.done(*key);
    };
    runtime.spawn(taken(queue));
    run_for(1s);
  }
  EXPECT_EQ(times[0].second, 5ms);
  EXPECT_EQ(times[1].second, 10ms);
  EXPECT_EQ(times[10].second, 5120ms);
  EXPECT_EQ(times[15].second, 163840ms);
  EXPECT_EQ(times[18].second, 1000s);
  EXPECT_EQ(times[19].second, 1000s);
  EXPECT_EQ(queue.failures("a"), 20u);
}

TEST_F(WorkQueueTest, ForgetStartsTheWaitsAnewAndAddLeavesThem) {
  queue.add_rate_limited("a");
  queue.add_rate_limited("a");
  queue.add("a");
  EXPECT_EQ(queue.failures("a"), 2u);
  queue.forget("a");
  EXPECT_EQ(queue.failures("a"), 0u);
}

TEST_F(WorkQueueTest, AllKeysTogetherGetTenPerSecondAfterABurstOfAHundred) {
  for (int i = 0; i < 120; ++i) queue.add_rate_limited("k" + std::to_string(i));
  run_for(5ms);
  EXPECT_EQ(queue.size(), 100u) << "the burst waits its own 5 ms only";
  run_for(1s);
  EXPECT_EQ(queue.size(), 110u);
  run_for(1s);
  EXPECT_EQ(queue.size(), 120u);
}

TEST_F(WorkQueueTest, TheBucketFillsUpAgain) {
  TokenBucket bucket(100ms, 3);
  const Time start{10s};
  for (int i = 0; i < 3; ++i) EXPECT_EQ(bucket.reserve(start), 0s);
  EXPECT_EQ(bucket.reserve(start), 100ms);
  EXPECT_EQ(bucket.reserve(start), 200ms);
  EXPECT_EQ(bucket.reserve(start + 200ms), 100ms);
  EXPECT_EQ(bucket.reserve(start + 60s), 0s) << "never more than the burst";
}

TEST_F(WorkQueueTest, CloseLetsWorkersDrainAndIgnoresWhatComesLater) {
  start_worker(1s);
  for (const char* key : {"a", "b"}) queue.add(key);
  queue.add_after("later", 10s);
  run_for(500ms);
  queue.close();
  queue.add("c");
  queue.add_after("d", 1s);
  run_for(60s);
  EXPECT_THAT(seen, ElementsAre(Pair("a", 0s), Pair("b", 1s), Pair("closed", 2s)));
}

TEST_F(WorkQueueTest, CloseWakesWorkersThatWait) {
  start_worker();
  start_worker();
  run_for(1s);
  queue.close();
  run_for(1s);
  EXPECT_THAT(seen, ElementsAre(Pair("closed", 1s), Pair("closed", 1s)));
}

TEST_F(WorkQueueTest, AWorkerThatGivesUpAtThatInstantDoesNotTakeTheKeyWithIt) {
  // Goal: a woken worker that is cancelled before it runs passes the key on.
  // Method: its deadline falls on the instant of the add, and is armed first.
  auto impatient = [](sim::Runtime& rt, Queue& q) -> Task<void> {
    auto waits = [](Queue& inner) -> Task<int> {
      const std::optional<std::string> key = co_await inner.get();
      static_cast<void>(key);
      co_return 1;
    };
    Task<int> waiting = waits(q);
    const std::optional<int> got = co_await sim::race(rt, std::move(waiting), rt.now() + 5s);
    EXPECT_FALSE(got.has_value());
  };
  runtime.spawn(impatient(runtime, queue));
  run_for(0s);
  start_worker();
  auto adds = [](sim::Runtime& rt, Queue& q) -> Task<void> {
    co_await rt.sleep(5s);
    q.add("a");
  };
  runtime.spawn(adds(runtime, queue));
  // At 5 s: the deadline of the race was armed before the add's timer; it runs first and releases
  // the getter. The other order is the same for the key.
  run_for(60s);
  EXPECT_THAT(seen, ElementsAre(Pair("a", 5s)));
}

TEST_F(WorkQueueTest, AQueueMayDieBeforeTheFramesThatWaitForIt) {
  auto own = std::make_unique<Queue>(runtime);
  runtime.spawn(worker(runtime, *own, 0s, seen));
  run_for(1s);
  own->add("a");
  own.reset();
  run_for(1s);
  EXPECT_TRUE(seen.empty());
}

}  // namespace
}  // namespace sdbtwin::client
