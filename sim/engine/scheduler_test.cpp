#include "sim/engine/scheduler.h"

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "sim/core/hash.h"
#include "sim/engine/sim_runtime.h"

namespace sdbtwin::sim {
namespace {

using namespace std::chrono_literals;

class LetterWaiter final : public Waiter {
 public:
  LetterWaiter(Runtime& runtime, std::string& log, char letter)
      : Waiter(runtime), log_(&log), letter_(letter) {}
  ~LetterWaiter() override = default;
  void fire() override { *log_ += letter_; }
  void at(Time time) { arm(time); }

 private:
  std::string* log_;
  char letter_;
};

// One process as the scheduler sees it: a runtime with its own waiters.
struct TestProcess {
  TestProcess(Scheduler& scheduler, Trace& trace, std::uint32_t id)
      : source{.process_id = id, .process = "p", .process_hash = 0},
        runtime(scheduler, trace, source, Rng(id)) {}
  void at(Time time, std::string& log, char letter) {
    waiters.push_back(std::make_unique<LetterWaiter>(runtime, log, letter));
    waiters.back()->at(time);
  }

  TraceSource source;
  SimRuntime runtime;
  std::vector<std::unique_ptr<LetterWaiter>> waiters;
};

class SchedulerTest : public testing::Test {
 protected:
  void run(Time limit = Time::max()) {
    while (Waiter* waiter = scheduler_.next(limit)) waiter->fire();
  }

  Trace trace_;
  Scheduler scheduler_;
  TestProcess a_{scheduler_, trace_, 1};
  TestProcess b_{scheduler_, trace_, 2};
  TestProcess c_{scheduler_, trace_, 3};
  std::string log_;
};

TEST_F(SchedulerTest, MovesTimeToEachEventAndNeverBeyondTheLimit) {
  // Goal: now() is the time of the event. Method: three times, a limit between them.
  a_.at(Time{1s}, log_, 'a');
  b_.at(Time{3s}, log_, 'c');
  a_.at(Time{2s}, log_, 'b');
  run(Time{2s});
  EXPECT_EQ(log_, "ab");
  EXPECT_EQ(scheduler_.now(), Time{2s});
  scheduler_.advance_to(Time{2500ms});
  run();
  EXPECT_EQ(log_, "abc");
  EXPECT_EQ(scheduler_.now(), Time{3s});
}

TEST_F(SchedulerTest, TiesGoInTheOrderOfArming) {
  // Goal: sequence decides at one instant, across processes and from heap and FIFO. Method: one
  // instant reached from far and armed at it.
  a_.at(Time{1s}, log_, 'a');
  b_.at(Time{1s}, log_, 'b');
  scheduler_.advance_to(Time{1s});
  a_.at(Time{1s}, log_, 'c');
  b_.at(Time{}, log_, 'd');
  run();
  EXPECT_EQ(log_, "abcd");
}

TEST_F(SchedulerTest, HoldsEventsOfAPausedRuntimeInTheirOrder) {
  // Goal: SIGSTOP. Method: pause one of two; its events come late, in order, at the time of resume.
  a_.at(Time{1s}, log_, 'a');
  a_.at(Time{2s}, log_, 'b');
  b_.at(Time{3s}, log_, 'x');
  a_.runtime.pause();
  run(Time{4s});
  EXPECT_EQ(log_, "x");
  scheduler_.advance_to(Time{4s});
  a_.at(Time{5s}, log_, 'c');
  a_.runtime.resume();
  run(Time{4s});
  EXPECT_EQ(log_, "xab");
  run();
  EXPECT_EQ(log_, "xabc");
}

TEST_F(SchedulerTest, AHeldEventThatIsWithdrawnDoesNotRun) {
  // Goal: disarming works while held. Method: destroy a waiter between pause and resume.
  a_.at(Time{1s}, log_, 'a');
  a_.at(Time{1s}, log_, 'b');
  a_.runtime.pause();
  run();
  a_.waiters.erase(a_.waiters.begin());
  a_.runtime.resume();
  run();
  EXPECT_EQ(log_, "b");
  EXPECT_EQ(scheduler_.pending(), 0U);
}

TEST_F(SchedulerTest, DropsEventsOfAClosedRuntime) {
  // Goal: what is late for a dead process is dropped. Method: close with events in the queue.
  a_.at(Time{1s}, log_, 'a');
  b_.at(Time{2s}, log_, 'b');
  a_.runtime.close();
  a_.at(Time{1s}, log_, 'z');
  run();
  EXPECT_EQ(log_, "b");
}

std::string permuted(std::uint64_t seed) {
  Trace trace;
  Scheduler scheduler;
  scheduler.permute_ties(seed);
  TestProcess a(scheduler, trace, 1);
  TestProcess b(scheduler, trace, 2);
  TestProcess c(scheduler, trace, 3);
  std::string log;
  for (const char letter : {'1', '2'}) {
    a.at(Time{1s}, log, static_cast<char>('a' + letter - '1'));
    b.at(Time{1s}, log, static_cast<char>('p' + letter - '1'));
    c.at(Time{1s}, log, static_cast<char>('x' + letter - '1'));
  }
  a.at(Time{2s}, log, 'z');
  while (Waiter* waiter = scheduler.next(Time::max())) waiter->fire();
  return log;
}

TEST_F(SchedulerTest, PermutedTiesKeepTheOrderWithinAProcessAndOfTime) {
  // Goal: all interleavings of same-time events of different processes, and no others. Method: many
  // seeds; two events of each of three processes have 6! / 2^3 = 90 interleavings.
  std::set<std::string> seen;
  for (std::uint64_t seed = 0; seed < 2'000; ++seed) {
    const std::string log = permuted(seed);
    EXPECT_LT(log.find('a'), log.find('b'));
    EXPECT_LT(log.find('p'), log.find('q'));
    EXPECT_LT(log.find('x'), log.find('y'));
    EXPECT_EQ(log.back(), 'z');
    EXPECT_EQ(log, permuted(seed));
    seen.insert(log);
  }
  EXPECT_EQ(seen.size(), 90U);
}

TEST_F(SchedulerTest, PermutedTiesHoldDropAndWithdrawAsWell) {
  // Goal: the permuted path has the same semantics. Method: pause, close and withdraw among ties.
  Scheduler scheduler;
  scheduler.permute_ties(1);
  TestProcess a(scheduler, trace_, 1);
  TestProcess b(scheduler, trace_, 2);
  TestProcess c(scheduler, trace_, 3);
  for (const char letter : {'1', '2', '3'}) {
    a.at(Time{1s}, log_, letter);
    b.at(Time{1s}, log_, letter);
    c.at(Time{1s}, log_, letter);
  }
  c.runtime.close();
  a.runtime.pause();
  Waiter* waiter = scheduler.next(Time::max());
  ASSERT_NE(waiter, nullptr);
  waiter->fire();
  b.waiters.erase(b.waiters.begin() + 1);
  while ((waiter = scheduler.next(Time::max())) != nullptr) waiter->fire();
  EXPECT_EQ(log_, "13");
  a.runtime.resume();
  while ((waiter = scheduler.next(Time::max())) != nullptr) waiter->fire();
  EXPECT_EQ(log_, "13123");
}

}  // namespace
}  // namespace sdbtwin::sim
