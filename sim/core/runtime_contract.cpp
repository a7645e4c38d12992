#include "sim/core/runtime_contract.h"

#include <coroutine>
#include <optional>
#include <utility>

#include "sim/core/channel.h"
#include "sim/core/event.h"
#include "sim/core/race.h"
#include "sim/core/timer.h"

// Method: small tasks append a letter to a log at each step; the log is the order of events.

namespace sdbtwin::sim {
namespace {

using namespace std::chrono_literals;

struct Note {
  static constexpr std::string_view kName = "note";
  std::string text;
  template <class V>
  void visit(V& v) const {
    v("text", text);
  }
};

// Appends its letter when it is destroyed.
class Mark {
 public:
  Mark(std::string& log, char letter) : log_(&log), letter_(letter) {}
  Mark(const Mark&) = delete;
  Mark& operator=(const Mark&) = delete;
  ~Mark() { *log_ += letter_; }

 private:
  std::string* log_;
  char letter_;
};

Task<void> then_set(Task<void> task, bool& done) {
  co_await std::move(task);
  done = true;
}

Task<void> log_at(Runtime& runtime, Time time, std::string& log, char letter) {
  co_await runtime.sleep_until(time);
  log += letter;
}

Task<void> log_once(Runtime& runtime, std::string& log, char letter) {
  log += letter;
  co_await runtime.sleep(0ns);
  log += static_cast<char>(letter - 'a' + 'A');
}

Task<void> log_after(Event& event, std::string& log, char letter) {
  co_await event.wait();
  log += letter;
}

Task<int> value_after(Runtime& runtime, Duration duration, int value) {
  co_await runtime.sleep(duration);
  co_return value;
}

Task<void> drain(Channel<int>& channel, std::string& log) {
  while (const std::optional<int> item = co_await channel.receive()) log += std::to_string(*item);
  log += '.';
}

// A waiter that, once released, needs one more event before its frame may die.
class SlowRelease final : public FrameWaiter {
 public:
  SlowRelease(Runtime& runtime, std::string& log)
      : runtime_(&runtime), log_(&log), finish_(runtime, [this] {
          *log_ += 'r';
          released_->set();
        }) {}
  ~SlowRelease() override { *log_ += 'd'; }

  bool release(Event& released) override {
    released_ = &released;
    if (!finish_.armed()) {
      *log_ += 'c';
      finish_.set(runtime_->now() + 1ms);
    }
    return false;
  }
  bool await_ready() const { return false; }
  template <class P>
  void await_suspend(std::coroutine_handle<P> frame) {
    suspend(frame);
  }
  void await_resume() {}

 private:
  Runtime* runtime_;
  std::string* log_;
  Event* released_ = nullptr;
  Timer finish_;
};

Task<int> never_ends(Runtime& runtime, std::string& log) {
  const Mark mark(log, 'm');
  SlowRelease waiter(runtime, log);
  co_await waiter;
  co_return 0;
}

Task<void> set_and_log(Event& event, std::string& log) {
  event.set();
  log += 'a';
  co_return;
}

Task<void> set_and_reset(Event& event) {
  event.set();
  event.reset();
  co_return;
}

Task<void> spawn_and_log(Runtime& runtime, std::string& log) {
  runtime.spawn(log_at(runtime, runtime.now(), log, 'b'));
  log += 'a';
  co_return;
}

Task<void> wait_twice(Signal& signal, std::string& log) {
  co_await signal.wait();
  log += 'a';
  co_await signal.wait();
  log += 'b';
}

Task<void> notify_twice(Runtime& runtime, Signal& signal, std::string& log) {
  signal.notify_all();
  co_await runtime.sleep(1ms);
  log += '-';
  signal.notify_all();
}

Task<void> send_two_and_close(Runtime& runtime, Channel<int>& channel) {
  co_await runtime.sleep(1ms);
  channel.send(3);
  channel.send(4);
  channel.close();
  EXPECT_FALSE(channel.send(5));
}

Task<void> receive_after_death(Channel<int>& channel, int& waiting) {
  ++waiting;
  co_await channel.receive();
  ADD_FAILURE() << "received after death";
}

Task<void> mark_and_sleep(Runtime& runtime, std::string& log, char letter) {
  const Mark mark(log, letter);
  co_await runtime.sleep(1h);
}

Task<void> mark_and_nest(Runtime& runtime, std::string& log) {
  const Mark mark(log, 'o');
  co_await mark_and_sleep(runtime, log, 'i');
}

Task<void> win_two_races(Runtime& runtime, std::string& log) {
  const auto at_once = co_await race(runtime, value_after(runtime, 0ns, 1), runtime.now() + 1h);
  log += std::to_string(at_once.value_or(0));
  const auto later = co_await race(runtime, value_after(runtime, 1ms, 2), runtime.now() + 1h);
  log += std::to_string(later.value_or(0));
}

Task<void> lose_race(Runtime& runtime, std::string& log) {
  const bool won = co_await race(runtime, mark_and_sleep(runtime, log, 'm'), runtime.now() + 1ms);
  log += won ? 'w' : 'l';
}

Task<void> lose_slow_race(Runtime& runtime, std::string& log, Time deadline) {
  const auto value = co_await race(runtime, never_ends(runtime, log), deadline);
  log += value ? 'w' : 'l';
}

Task<void> lose_nested_races(Runtime& runtime, std::string& log) {
  const Time start = runtime.now();
  const bool first = co_await race(runtime, lose_slow_race(runtime, log, start + 1h), start + 1ms);
  log += first ? 'W' : 'L';
  const Time again = runtime.now() + 1ms;
  const bool second = co_await race(runtime, lose_slow_race(runtime, log, again), again);
  log += second ? 'W' : 'L';
}

// Tries in its destructor all that a process can do.
class Zombie {
 public:
  Zombie(Runtime& runtime, std::string& log, Event& event)
      : runtime_(&runtime), log_(&log), event_(&event) {}
  Zombie(const Zombie&) = delete;
  Zombie& operator=(const Zombie&) = delete;
  ~Zombie() {
    const Note note{"from the grave"};
    runtime_->trace(note);
    runtime_->spawn(log_once(*runtime_, *log_, 'z'));
    Timer timer(*runtime_, [] {});
    timer.set(runtime_->now());
    if (timer.armed()) *log_ += 't';
    event_->set();
    *log_ += '~';
  }

 private:
  Runtime* runtime_;
  std::string* log_;
  Event* event_;
};

Task<void> haunt(Runtime& runtime, std::string& log, Event& event) {
  const Zombie zombie(runtime, log, event);
  log += '.';
  co_await runtime.sleep(1h);
}

class NoteCounter final : public TraceObserver {
 public:
  void on_event(const TraceEvent& event) override {
    if (event.get_if<Note>() != nullptr) ++count;
  }
  int count = 0;
};

}  // namespace

HarnessFactory contract_for(HarnessFactory factory) { return factory; }

void RuntimeContract::SetUp() { harness_ = GetParam()(); }

void RuntimeContract::run(Task<void> task) {
  bool done = false;
  runtime().spawn(then_set(std::move(task), done));
  run_until([&done] { return done; });
}

TEST_P(RuntimeContract, EventsRunInOrderOfTimeAndThenOfArming) {
  // Goal: (time, order of arming) decides. Method: sleepers armed in another order than they end.
  const Time start = runtime().now();
  runtime().spawn(log_at(runtime(), start + 3ms, log_, 'd'));
  runtime().spawn(log_at(runtime(), start + 2ms, log_, 'b'));
  runtime().spawn(log_at(runtime(), start + 2ms, log_, 'c'));
  runtime().spawn(log_at(runtime(), start + 1ms, log_, 'a'));
  run_until([this] { return log_.size() == 4; });
  EXPECT_EQ(log_, "abcd");
}

TEST_P(RuntimeContract, SleepLastsAtLeastAsLongAsAsked) {
  // Goal: never early. Method: one sleep, the clock before and after.
  const Time start = runtime().now();
  run(log_at(runtime(), start + 2ms, log_, 'a'));
  EXPECT_GE(runtime().now() - start, 2ms);
}

TEST_P(RuntimeContract, SleepUntilThePastStillYields) {
  // Goal: a sleep is always one event. Method: two tasks that interleave at zero-length sleeps.
  const Time start = runtime().now();
  runtime().spawn(log_once(runtime(), log_, 'a'));
  runtime().spawn(log_once(runtime(), log_, 'b'));
  run_until([this] { return log_.size() == 4; });
  EXPECT_EQ(log_, "abAB");
  EXPECT_GE(runtime().now(), start);
}

TEST_P(RuntimeContract, SpawnRunsNothingInsideTheCaller) {
  // Goal: the first step is an event. Method: the caller logs after it has spawned.
  runtime().spawn(spawn_and_log(runtime(), log_));
  run_until([this] { return log_.size() == 2; });
  EXPECT_EQ(log_, "ab");
}

TEST_P(RuntimeContract, SettingAnEventWakesAllWhoWaitButNotInline) {
  // Goal: set() wakes in the order of waiting, as events. Method: the setter logs after set().
  Event event;
  runtime().spawn(log_after(event, log_, 'b'));
  runtime().spawn(log_after(event, log_, 'c'));
  runtime().spawn(set_and_log(event, log_));
  run_until([this] { return log_.size() == 3; });
  EXPECT_EQ(log_, "abc");
  EXPECT_TRUE(event.is_set());
  run(log_after(event, log_, 'd'));
  EXPECT_EQ(log_, "abcd");
}

TEST_P(RuntimeContract, AWaiterThatWasWokenGoesOnAfterReset) {
  // Goal: reset() does not take a wake-up back. Method: set and reset in one step.
  Event event;
  runtime().spawn(log_after(event, log_, 'a'));
  runtime().spawn(set_and_reset(event));
  run_until([this] { return log_.size() == 1; });
  EXPECT_FALSE(event.is_set());
}

TEST_P(RuntimeContract, ASignalWakesOnlyThoseThatWaitNow) {
  // Goal: an edge leaves nothing behind. Method: notify, wait again, notify again.
  Signal signal;
  runtime().spawn(wait_twice(signal, log_));
  runtime().spawn(notify_twice(runtime(), signal, log_));
  run_until([this] { return log_.size() == 3; });
  EXPECT_EQ(log_, "a-b");
}

TEST_P(RuntimeContract, AChannelKeepsOrderAndDrainsAfterClose) {
  // Goal: items in order, nullopt once closed and empty. Method: send before, during, then close.
  Channel<int> channel;
  channel.send(1);
  channel.send(2);
  runtime().spawn(drain(channel, log_));
  runtime().spawn(send_two_and_close(runtime(), channel));
  run_until([this] { return log_.ends_with('.'); });
  EXPECT_EQ(log_, "1234.");
}

TEST_P(RuntimeContract, ARaceIsWonByATaskThatEndsBeforeTheDeadline) {
  // Goal: the value comes through. Method: tasks that end soon and later; a far deadline.
  run(win_two_races(runtime(), log_));
  EXPECT_EQ(log_, "12");
}

TEST_P(RuntimeContract, ALostRaceDestroysItsTaskBeforeItReturns) {
  // Goal: no frame of the loser is left. Method: a mark in the loser logs its destruction.
  run(lose_race(runtime(), log_));
  EXPECT_EQ(log_, "ml");
}

TEST_P(RuntimeContract, ALostRaceAwaitsTheReleaseOfItsOperation) {
  // Goal: cancelled, awaited, destroyed, in this order. Method: a waiter that releases later.
  run(lose_slow_race(runtime(), log_, runtime().now() + 1ms));
  EXPECT_EQ(log_, "crdml");
}

TEST_P(RuntimeContract, AnOuterRaceWaitsForTheReleaseInsideAnInnerOne) {
  // Goal: release is forwarded through races. Method: the outer deadline comes first; then it comes
  // while the inner race already waits for the release. The inner race never returns ('l').
  run(lose_nested_races(runtime(), log_));
  EXPECT_EQ(log_, "crdmLcrdmL");
}

TEST_P(RuntimeContract, ATimerFiresAtItsLastSettingAndMayDestroyItself) {
  // Goal: set() replaces, cancel() withdraws. Method: re-set, cancel, and a timer that resets
  // itself.
  Timer moved(runtime(), [this] { log_ += 'm'; });
  Timer cancelled(runtime(), [this] { log_ += 'c'; });
  std::unique_ptr<Timer> once;
  once = std::make_unique<Timer>(runtime(), [this, &once] {
    once.reset();
    log_ += 'o';
  });
  const Time start = runtime().now();
  moved.set(start + 1h);
  moved.set(start + 2ms);
  EXPECT_EQ(moved.deadline(), start + 2ms);
  cancelled.set(start + 1ms);
  cancelled.cancel();
  once->set(start + 1ms);
  run_until([this] { return log_.size() == 2; });
  EXPECT_EQ(log_, "om");
  EXPECT_FALSE(moved.armed());
}

TEST_P(RuntimeContract, AKillDestroysFramesInnermostFirstAndTheNewestTaskFirst) {
  // Goal: order of destruction. Method: marks in a chain of two tasks and in a second task.
  runtime().spawn(mark_and_nest(runtime(), log_));
  runtime().spawn(mark_and_sleep(runtime(), log_, 'n'));
  run(log_once(runtime(), log_, 'a'));
  kill();
  EXPECT_EQ(log_, "aAnio");
}

TEST_P(RuntimeContract, DestructorsOfAKilledProcessCannotAct) {
  // Goal: after death nothing is armed, spawned or traced. Method: a destructor that tries it all.
  Event event;
  runtime().spawn(log_after(event, log_, 'e'));
  runtime().spawn(haunt(runtime(), log_, event));
  run_until([this] { return log_ == "."; });
  NoteCounter counter;
  trace().add_observer(counter);
  const Note note{"alive"};
  runtime().trace(note);
  EXPECT_EQ(counter.count, 1);
  kill();
  trace().remove_observer(counter);
  EXPECT_EQ(counter.count, 1);
  EXPECT_EQ(log_, ".~");
}

TEST_P(RuntimeContract, AnItemHandedToAReceiverThatDiesIsNotLost) {
  // Goal: handed items go back. Method: hand three items over, kill before they are taken.
  Channel<int> channel;
  int waiting = 0;
  for (int i = 0; i < 3; ++i) runtime().spawn(receive_after_death(channel, waiting));
  run_until([&waiting] { return waiting == 3; });
  for (int item = 1; item <= 4; ++item) channel.send(item);
  EXPECT_EQ(channel.size(), 1U);
  kill();
  EXPECT_EQ(channel.size(), 4U);
}

TEST_P(RuntimeContract, RandomStreamsBelongToTheirNames) {
  // Goal: a stream starts over each time it is asked for, and differs by name.
  Rng first = runtime().rng("a");
  const std::uint64_t drawn = first.next();
  Rng again = runtime().rng("a");
  EXPECT_EQ(again.next(), drawn);
  Rng other = runtime().rng("b");
  EXPECT_NE(other.next(), drawn);
}

}  // namespace sdbtwin::sim
