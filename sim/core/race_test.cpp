#include "sim/core/race.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>

#include "sim/core/channel.h"
#include "sim/engine/simulation.h"

// What is exact in virtual time; the rest of race() is in the contract of every runtime.

namespace sdbtwin::sim {
namespace {

using namespace std::chrono_literals;

class RaceTest : public testing::Test {
 protected:
  Runtime& runtime() { return simulation_.runtime(); }
  void run(Task<void> task) {
    runtime().spawn(std::move(task));
    while (simulation_.step()) {
    }
  }

  Simulation simulation_{1};
  std::string log_;
};

Task<int> value_at(Runtime& runtime, Time time, int value) {
  co_await runtime.sleep_until(time);
  co_return value;
}

Task<int> value_after_event(Event& event, int value) {
  co_await event.wait();
  co_return value;
}

Task<void> set_at(Runtime& runtime, Time time, Event& event) {
  co_await runtime.sleep_until(time);
  event.set();
}

Task<void> race_and_log(Runtime& runtime, Task<int> task, Time deadline, std::string& log) {
  const std::optional<int> value = co_await race(runtime, std::move(task), deadline);
  log += value ? std::to_string(*value) : "lost";
  log += "@" + format_duration(runtime.now().time_since_epoch());
}

TEST_F(RaceTest, AtTheSameInstantWhatWasArmedFirstWins) {
  // Goal: no favour at a tie. Method: the task's own sleep is armed before the deadline; an event
  // that is set at that instant comes after it.
  run(race_and_log(runtime(), value_at(runtime(), Time{5s}, 1), Time{5s}, log_));
  EXPECT_EQ(log_, "1@5s");
  log_.clear();
  Event event;
  runtime().spawn(race_and_log(runtime(), value_after_event(event, 2), Time{9s}, log_));
  run(set_at(runtime(), Time{9s}, event));
  EXPECT_EQ(log_, "lost@9s");
}

TEST_F(RaceTest, ADeadlineThatHasPassedLeavesTheTaskItsFirstStep) {
  // Goal: ready work is not thrown away. Method: a task that ends at once and one that does not.
  simulation_.run_until(Time{10s});
  Event set;
  set.set();
  Event unset;
  run(race_and_log(runtime(), value_after_event(set, 3), Time{1s}, log_));
  run(race_and_log(runtime(), value_after_event(unset, 3), Time{1s}, log_));
  EXPECT_EQ(log_, "3@10slost@10s");
}

TEST_F(RaceTest, NothingStaysBehind) {
  // Goal: the winner's deadline and the loser's timers are withdrawn. Method: no event is left at
  // the end, and the clock does not run on to them.
  run(race_and_log(runtime(), value_at(runtime(), Time{1s}, 1), Time{100s}, log_));
  EXPECT_EQ(simulation_.now(), Time{1s});
  run(race_and_log(runtime(), value_at(runtime(), Time{100s}, 1), Time{2s}, log_));
  EXPECT_EQ(simulation_.now(), Time{2s});
  EXPECT_EQ(log_, "1@1slost@2s");
}

Task<int> race_inside(Runtime& runtime, Time value_time, Time deadline) {
  const std::optional<int> value =
      co_await race(runtime, value_at(runtime, value_time, 1), deadline);
  co_await runtime.sleep(1s);
  co_return value.value_or(2);
}

TEST_F(RaceTest, RacesNest) {
  // Goal: the nearest deadline that matters decides. Method: inner won, inner lost, outer lost.
  run(race_and_log(runtime(), race_inside(runtime(), Time{1s}, Time{3s}), Time{10s}, log_));
  run(race_and_log(runtime(), race_inside(runtime(), Time{9s}, Time{4s}), Time{10s}, log_));
  run(race_and_log(runtime(), race_inside(runtime(), Time{9s}, Time{9s}), Time{7s}, log_));
  run(race_and_log(runtime(), race_inside(runtime(), Time{9s}, Time{8s}), Time{8s}, log_));
  EXPECT_EQ(log_, "1@2s2@5slost@7slost@8s");
}

Task<int> receive_one(Channel<int>& channel) {
  const std::optional<int> item = co_await channel.receive();
  co_return item.value_or(-1);
}

Task<void> send_at(Runtime& runtime, Time time, Channel<int>& channel) {
  co_await runtime.sleep_until(time);
  channel.send(7);
}

TEST_F(RaceTest, AnItemHandedToALoserIsReceivedByTheNext) {
  // Goal: a deadline loses no message. Method: the item is handed over at the instant of the
  // deadline, and the deadline's event runs first.
  Channel<int> channel;
  runtime().spawn(send_at(runtime(), Time{5s}, channel));
  while (simulation_.events_processed() == 0) simulation_.step();
  run(race_and_log(runtime(), receive_one(channel), Time{5s}, log_));
  EXPECT_EQ(log_, "lost@5s");
  EXPECT_EQ(channel.size(), 1U);
  run(race_and_log(runtime(), receive_one(channel), Time{6s}, log_));
  EXPECT_EQ(log_, "lost@5s7@5s");
}

}  // namespace
}  // namespace sdbtwin::sim
