#include "sim/core/task.h"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "sim/core/event.h"
#include "sim/engine/simulation.h"

namespace sdbtwin::sim {
namespace {

using namespace std::chrono_literals;

class TaskTest : public testing::Test {
 protected:
  Runtime& runtime() { return simulation_.runtime(); }
  // Runs a task until nothing is left to do.
  void run(Task<void> task) {
    runtime().spawn(std::move(task));
    while (simulation_.step()) {
    }
  }

  Simulation simulation_{1};
};

Task<int> ready(int value) { co_return value; }

Task<int> ready_twice(int value) {
  const int first = co_await ready(value);
  const int second = co_await ready(value);
  co_return first + second;
}

Task<void> await_many(int count, std::int64_t& sum) {
  for (int i = 0; i < count; ++i) sum += co_await ready_twice(1);
}

TEST_F(TaskTest, AMillionReadyAwaitsDoNotNest) {
  // Goal: a task that completes at once uses no stack of its awaiter. Method: a million awaits of
  // tasks that await two ready tasks; nesting would overflow the stack at -O0, -O1 and under ASan.
  std::int64_t sum = 0;
  run(await_many(1'000'000, sum));
  EXPECT_EQ(sum, 2'000'000);
}

Task<int> sleep_and_return(Runtime& runtime, int value) {
  co_await runtime.sleep(1ns);
  co_return value;
}

Task<void> await_many_sleepers(Runtime& runtime, int count, std::int64_t& sum) {
  for (int i = 0; i < count; ++i) {
    sum += co_await sleep_and_return(runtime, 1);
    sum += co_await ready(1);
  }
}

TEST_F(TaskTest, ManyAwaitsOfTasksThatSuspendDoNotNest) {
  // Goal: continuing the parent from the child does not pile up. Method: 100,000 children that
  // suspend, each followed by one that does not.
  std::int64_t sum = 0;
  run(await_many_sleepers(runtime(), 100'000, sum));
  EXPECT_EQ(sum, 200'000);
}

Task<int> nest(Runtime& runtime, int depth) {
  if (depth == 0) co_return co_await sleep_and_return(runtime, 0);
  const int below = co_await nest(runtime, depth - 1);
  co_await runtime.sleep(1ns);
  co_return below + 1;
}

Task<void> store(Task<int> task, int& result) { result = co_await std::move(task); }

TEST_F(TaskTest, ADeepChainSuspendsAndCompletes) {
  // Goal: results come up through a chain each link of which suspends. Method: 1,000 links.
  int result = 0;
  run(store(nest(runtime(), 1'000), result));
  EXPECT_EQ(result, 1'000);
  EXPECT_EQ(simulation_.now(), Time{1'001ns});
}

Task<std::unique_ptr<std::string>> make_text() { co_return std::make_unique<std::string>("text"); }

Task<void> take_text(std::string& out) {
  const std::unique_ptr<std::string> text = co_await make_text();
  out = *text;
}

TEST_F(TaskTest, ResultsMayBeMoveOnly) {
  // Goal: values are moved, never copied. Method: a unique_ptr.
  std::string text;
  run(take_text(text));
  EXPECT_EQ(text, "text");
}

Task<int> hold_on(std::shared_ptr<int> value) { co_return *value; }

TEST_F(TaskTest, ATaskThatIsNeverAwaitedNeverRunsAndFreesItsParameters) {
  // Goal: lazy, and the frame is owned. Method: count the owners of a parameter.
  const auto value = std::make_shared<int>(1);
  {
    const Task<int> task = hold_on(value);
    EXPECT_EQ(value.use_count(), 2);
    EXPECT_FALSE(task.done());
  }
  EXPECT_EQ(value.use_count(), 1);
}

TEST_F(TaskTest, MovingATaskMovesItsFrame) {
  // Goal: exactly one owner. Method: move construction and move assignment over another task.
  const auto first = std::make_shared<int>(1);
  const auto second = std::make_shared<int>(2);
  Task<int> task = hold_on(first);
  Task<int> other = hold_on(second);
  task = std::move(other);
  EXPECT_EQ(first.use_count(), 1);
  EXPECT_EQ(second.use_count(), 2);
  EXPECT_TRUE(task.valid());
  EXPECT_FALSE(other.valid());
}

Task<int> throw_inside() {
  try {
    throw std::runtime_error("inside");
  } catch (const std::runtime_error&) {
    co_return 1;
  }
}

Task<void> throw_out() {
  throw std::runtime_error("out of the task");
  co_return;
}

TEST_F(TaskTest, AnExceptionThatLeavesATaskEndsTheProgram) {
  // Goal: no exception crosses a task, and it is named. Method: one that stays in, one that leaves.
  int result = 0;
  run(store(throw_inside(), result));
  EXPECT_EQ(result, 1);
  EXPECT_DEATH(run(throw_out()), "exception left a task: out of the task");
}

Task<void> await_on(Event& event, int& count) {
  co_await event.wait();
  ++count;
}

Task<void> spawn_many(Runtime& runtime, Event& event, int& count) {
  for (int i = 0; i < 1'000; ++i) runtime.spawn(await_on(event, count));
  co_await runtime.sleep(1s);
  event.set();
}

TEST_F(TaskTest, DetachedTasksOutliveTheirSpawner) {
  // Goal: the runtime owns what is spawned, and frees it at its end. Method: a spawner that ends
  // before its thousand tasks do; leaks are for the sanitizer to find.
  Event event;
  int count = 0;
  run(spawn_many(runtime(), event, count));
  EXPECT_EQ(count, 1'000);
}

}  // namespace
}  // namespace sdbtwin::sim
