#include "sim/core/timer_queue.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "sim/core/runtime.h"

namespace sdbtwin::sim {
namespace {

using namespace std::chrono_literals;

class NoRuntime final : public Runtime {
 public:
  Time now() const noexcept override { return {}; }
  Rng rng(std::string_view) const override { return Rng(0); }
  void spawn(Task<void>) override {}
  std::string_view name() const noexcept override { return "none"; }
  void arm(Waiter&, Time) override {}
  void disarm(Waiter&) noexcept override {}

 private:
  void emit(const EventType&, const void*) override {}
};

// Withdraws itself from the queue it was armed in, as Runtime::disarm does.
class TestWaiter final : public Waiter {
 public:
  TestWaiter(Runtime& runtime, TimerQueue& queue) : Waiter(runtime), queue_(&queue) {}
  ~TestWaiter() override { queue_->disarm(*this); }
  void fire() override {}

 private:
  TimerQueue* queue_;
};

class TimerQueueTest : public testing::Test {
 protected:
  TestWaiter& waiter() {
    return *waiters_.emplace_back(std::make_unique<TestWaiter>(runtime_, queue_));
  }
  Waiter* pop(Time expected) {
    Time time;
    EXPECT_TRUE(queue_.first(time));
    EXPECT_EQ(time, expected);
    return queue_.take(queue_.pop().slot);
  }
  bool empty() {
    Time time;
    return !queue_.first(time);
  }

  NoRuntime runtime_;
  TimerQueue queue_;
  std::vector<std::unique_ptr<TestWaiter>> waiters_;
};

TEST_F(TimerQueueTest, YieldsByTimeAndThenByOrderOfArming) {
  // Goal: the total order. Method: out of order, ties, and "now" against an earlier tie.
  TestWaiter& a = waiter();
  TestWaiter& b = waiter();
  TestWaiter& c = waiter();
  TestWaiter& d = waiter();
  queue_.arm(a, Time{2s}, Time{});
  queue_.arm(b, Time{1s}, Time{});
  queue_.arm(c, Time{1s}, Time{});
  EXPECT_EQ(pop(Time{1s}), &b);
  queue_.arm(d, Time{}, Time{1s});  // Due already: behind c, which was armed before.
  EXPECT_EQ(pop(Time{1s}), &c);
  EXPECT_EQ(pop(Time{1s}), &d);
  EXPECT_EQ(pop(Time{2s}), &a);
  EXPECT_TRUE(empty());
}

TEST_F(TimerQueueTest, AWithdrawnWaiterIsSkippedWhereverItIs) {
  // Goal: disarm works in heap, FIFO and after pop. Method: one of each.
  TestWaiter& later = waiter();
  TestWaiter& now = waiter();
  TestWaiter& held = waiter();
  queue_.arm(held, Time{}, Time{});
  Time time;
  ASSERT_TRUE(queue_.first(time));
  const TimerQueue::Slot slot = queue_.pop().slot;
  queue_.arm(later, Time{1s}, Time{});
  queue_.arm(now, Time{}, Time{});
  queue_.disarm(later);
  queue_.disarm(now);
  queue_.disarm(held);
  EXPECT_TRUE(empty());
  EXPECT_EQ(queue_.peek(slot), nullptr);
  EXPECT_EQ(queue_.take(slot), nullptr);
  EXPECT_EQ(queue_.size(), 0U);
}

TEST_F(TimerQueueTest, ManyWithdrawalsDoNotGrowIt) {
  // Goal: timers that are re-armed for ever cost no memory. Method: slots stay few; order survives
  // the clean-up.
  TestWaiter& moved = waiter();
  TestWaiter& first = waiter();
  queue_.arm(first, Time{1s}, Time{});
  for (int i = 0; i < 100'000; ++i) {
    queue_.disarm(moved);
    queue_.arm(moved, Time{2s} + Duration(i), Time{});
  }
  EXPECT_LT(queue_.places(), 1'000U);
  EXPECT_EQ(pop(Time{1s}), &first);
  EXPECT_EQ(pop(Time{2s} + 99'999ns), &moved);
}

TEST_F(TimerQueueTest, TheCleanUpKeepsTheOrder) {
  // Goal: what is left after a clean-up still comes in order. Method: arm 1,000 at random times,
  // withdraw two of three, drain.
  Rng rng(1);
  std::map<Time, Waiter*> expected;
  for (int i = 0; i < 1'000; ++i) {
    const Time at{Duration(rng.between(1, 1'000'000'000))};
    queue_.arm(waiter(), at, Time{});
    if (i % 3 == 0) expected.emplace(at, waiters_.back().get());
  }
  for (std::size_t i = 0; i < waiters_.size(); ++i) {
    if (i % 3 != 0) queue_.disarm(*waiters_[i]);
  }
  for (const auto& [at, subject] : expected) EXPECT_EQ(pop(at), subject);
  EXPECT_TRUE(empty());
}

TEST_F(TimerQueueTest, WaitersOutliveTheQueue) {
  // Goal: a waiter that is armed when the queue goes is not left with a place in it.
  auto queue = std::make_unique<TimerQueue>();
  TestWaiter& waiter_left = waiter();
  queue->arm(waiter_left, Time{1s}, Time{});
  queue.reset();
  EXPECT_FALSE(waiter_left.armed());
}

// The model of the property: an ordered map from (time, number of arming) to waiter.
struct Model {
  std::map<std::pair<Time, int>, int> due;
  std::map<int, std::pair<Time, int>> by_waiter;
  int armed = 0;
  Time now{};

  void arm(int waiter, Time at) {
    const auto key = std::pair(std::max(at, now), armed++);
    due.emplace(key, waiter);
    by_waiter.emplace(waiter, key);
  }
  void disarm(int waiter) {
    const auto found = by_waiter.find(waiter);
    if (found == by_waiter.end()) return;
    due.erase(found->second);
    by_waiter.erase(found);
  }
};

struct Command {
  unsigned char kind;
  unsigned char waiter;
  unsigned short delay;
};

TEST_F(TimerQueueTest, BehavesLikeAnOrderedMap) {
  // Goal: order and withdrawal under any use. Method: random arm, disarm and pop on 256 waiters,
  // beside a model; delays are often 0 or equal.
  for (int i = 0; i < 256; ++i) waiter();
  const auto commands = rc::gen::container<std::vector<Command>>(rc::gen::construct<Command>(
      rc::gen::arbitrary<unsigned char>(), rc::gen::arbitrary<unsigned char>(),
      rc::gen::arbitrary<unsigned short>()));
  EXPECT_TRUE(rc::check([&] {
    TimerQueue queue;
    Model model;
    const auto pop_one = [&] {
      Time time;
      if (!queue.first(time)) {
        RC_ASSERT(model.due.empty());
        return;
      }
      const auto [key, expected] = *model.due.begin();
      RC_ASSERT(time == key.first);
      RC_ASSERT(queue.take(queue.pop().slot) == waiters_[static_cast<std::size_t>(expected)].get());
      model.now = time;
      model.disarm(expected);
    };
    for (const Command& command : *rc::gen::resize(400, commands)) {
      TestWaiter& subject = *waiters_[command.waiter];
      if (command.kind < 130) {
        if (subject.armed()) continue;
        const Time at = model.now + Duration(command.delay % 16);
        queue.arm(subject, at, model.now);
        model.arm(command.waiter, at);
      } else if (command.kind < 190) {
        queue.disarm(subject);
        model.disarm(command.waiter);
      } else {
        pop_one();
      }
      RC_ASSERT(queue.size() == model.due.size());
    }
    while (!model.due.empty()) pop_one();
    pop_one();
  }));
}

}  // namespace
}  // namespace sdbtwin::sim
