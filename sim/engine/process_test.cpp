#include "sim/engine/process.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/core/race.h"
#include "sim/core/timer.h"
#include "sim/engine/simulation.h"
#include "sim/engine/test_workload.h"

namespace sdbtwin::sim {
namespace {

using namespace std::chrono_literals;

// Appends a letter when a frame, an actor or a closure goes.
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

class MarkedActor final : public Actor {
 public:
  explicit MarkedActor(std::string& log) : mark_(log, 'A') {}

 private:
  Mark mark_;
};

class ProcessTest : public testing::Test {
 protected:
  // A process whose factory spawns one task and makes an actor that logs 'A' at its end.
  Process& add(std::string name, std::function<Task<void>(Runtime&)> task) {
    ProcessMain main = [this, task = std::move(task)](Runtime& runtime) {
      runtime.spawn(task(runtime));
      return std::make_unique<MarkedActor>(log_);
    };
    Process& process = simulation_.add_process(std::move(name), std::move(main));
    process.start();
    return process;
  }

  std::string log_;
  Event event_;
  Channel<int> channel_;
  Simulation simulation_{1};
};

Task<void> sleep_marked(Runtime& runtime, std::string& log, char letter) {
  const Mark mark(log, letter);
  co_await runtime.sleep(1h);
  log += '!';
}

Task<void> nest_marked(Runtime& runtime, std::string& log, char letter) {
  const Mark mark(log, letter);
  if (letter == 'z') {
    co_await runtime.sleep(1h);
  } else {
    co_await nest_marked(runtime, log, static_cast<char>(letter + 1));
  }
  log += '!';
}

Task<void> wait_marked(Event& event, std::string& log) {
  const Mark mark(log, 'e');
  co_await event.wait();
  log += '!';
}

Task<int> receive_marked(Channel<int>& channel, std::string& log) {
  const Mark mark(log, 'c');
  const std::optional<int> item = co_await channel.receive();
  log += '!';
  co_return item.value_or(0);
}

Task<void> race_marked(Runtime& runtime, Channel<int>& channel, std::string& log) {
  const Mark mark(log, 'r');
  co_await race(runtime, receive_marked(channel, log), runtime.now() + 1h);
  log += '!';
}

TEST_F(ProcessTest, AKillFreesAFrameThatSleeps) {
  // Goal: frame, then actor; the sleep never ends. Method: marks; run on past the sleep.
  Process& process =
      add("p", [this](Runtime& runtime) { return sleep_marked(runtime, log_, 's'); });
  simulation_.run_until(Time{1s});
  EXPECT_TRUE(process.alive());
  process.kill();
  EXPECT_EQ(log_, "sA");
  EXPECT_FALSE(process.alive());
  EXPECT_EQ(process.actor(), nullptr);
  simulation_.run_until(Time{2h});
  EXPECT_EQ(log_, "sA");
}

TEST_F(ProcessTest, AKillFreesAChainInnermostFirst) {
  // Goal: the order of unwinding at depth. Method: 26 nested tasks.
  Process& process = add("p", [this](Runtime& runtime) { return nest_marked(runtime, log_, 'a'); });
  simulation_.run_until(Time{1s});
  process.kill();
  EXPECT_EQ(log_, "zyxwvutsrqponmlkjihgfedcbaA");
}

TEST_F(ProcessTest, AKillFreesAFrameThatWaitsForAnotherProcess) {
  // Goal: nothing reaches a dead waiter. Method: set and send after the kill.
  Process& waiter = add("w", [this](Runtime&) { return wait_marked(event_, log_); });
  Process& racer =
      add("r", [this](Runtime& runtime) { return race_marked(runtime, channel_, log_); });
  simulation_.run_until(Time{1s});
  waiter.kill();
  racer.kill();
  EXPECT_EQ(log_, "eAcrA");
  event_.set();
  channel_.send(1);
  simulation_.run_until(Time{2h});
  EXPECT_EQ(log_, "eAcrA");
  EXPECT_EQ(channel_.size(), 1U);
}

TEST_F(ProcessTest, AKillBetweenWakingAndRunningDropsTheWakeUp) {
  // Goal: a wake-up on its way to a dead process is dropped. Method: set, send, kill, run.
  Process& waiter = add("w", [this](Runtime&) { return wait_marked(event_, log_); });
  Process& racer =
      add("r", [this](Runtime& runtime) { return race_marked(runtime, channel_, log_); });
  simulation_.run_until(Time{1s});
  event_.set();
  channel_.send(1);
  waiter.kill();
  racer.kill();
  simulation_.run_until(Time{2h});
  EXPECT_EQ(log_, "eAcrA");
  EXPECT_EQ(channel_.size(), 1U);
}

TEST_F(ProcessTest, AKillBeforeTheFirstStepRunsNothing) {
  // Goal: a task that has not begun is freed. Method: kill right after start; a parameter counts.
  const auto value = std::make_shared<int>(1);
  const auto hold_on = [](Runtime& runtime, std::shared_ptr<int> held) -> Task<void> {
    co_await runtime.sleep(Duration(*held));
  };
  Process& process = add("p", [&](Runtime& runtime) { return hold_on(runtime, value); });
  EXPECT_EQ(value.use_count(), 2);
  process.kill();
  EXPECT_EQ(value.use_count(), 1);
  EXPECT_FALSE(simulation_.step());
  EXPECT_EQ(log_, "A");
}

TEST_F(ProcessTest, AKillFromWithinTakesEffectAfterTheEvent) {
  // Goal: never inside a running frame, always before the next event. Method: a task that kills its
  // own process, goes on to its next suspension, and is not resumed from it.
  const auto suicide = [](Runtime& runtime, Simulation& simulation,
                          std::string& log) -> Task<void> {
    const Mark mark(log, 'm');
    simulation.find("p")->kill();
    log += simulation.find("p")->alive() ? '+' : '-';
    co_await runtime.sleep(0ns);
    log += '!';
  };
  add("p", [&](Runtime& runtime) { return suicide(runtime, simulation_, log_); });
  EXPECT_TRUE(simulation_.step());
  EXPECT_EQ(log_, "-mA");
  EXPECT_FALSE(simulation_.step());
}

TEST_F(ProcessTest, AKillByAnObserverTakesEffectAfterTheEvent) {
  // Goal: a fault injector may kill whoever traces. Method: an observer that kills at a Step; the
  // tracing frame finishes its event first.
  class Killer final : public TraceObserver {
   public:
    explicit Killer(Simulation& simulation) : simulation_(&simulation) {}
    void on_event(const TraceEvent& event) override {
      if (event.get_if<Step>() != nullptr) simulation_->find(event.process)->kill();
    }

   private:
    Simulation* simulation_;
  };
  const auto tracer = [](Runtime& runtime, std::string& log) -> Task<void> {
    const Mark mark(log, 'm');
    const Step step{"now", 0};
    runtime.trace(step);
    log += 'a';
    co_await runtime.sleep(0ns);
    log += '!';
  };
  Killer killer(simulation_);
  simulation_.trace().add_observer(killer);
  add("p", [&](Runtime& runtime) { return tracer(runtime, log_); });
  simulation_.run_until(Time{1s});
  simulation_.trace().remove_observer(killer);
  EXPECT_EQ(log_, "amA");
}

TEST_F(ProcessTest, AKillFromAnotherProcessHappensBeforeTheNextEvent) {
  // Goal: the same for a kill by a neighbour. Method: victim and killer are due at one instant, the
  // killer first.
  const auto kill_at = [](Runtime& runtime, Simulation& simulation,
                          std::string& log) -> Task<void> {
    co_await runtime.sleep_until(Time(1s));
    simulation.find("victim")->kill();
    log += 'k';
  };
  const auto victim = [](Runtime& runtime, std::string& log) -> Task<void> {
    const Mark mark(log, 'v');
    co_await runtime.sleep_until(Time(1s));
    log += '!';
  };
  add("killer", [&](Runtime& runtime) { return kill_at(runtime, simulation_, log_); });
  add("victim", [&](Runtime& runtime) { return victim(runtime, log_); });
  simulation_.run_until(Time{2s});
  EXPECT_EQ(log_, "kvA");
}

TEST_F(ProcessTest, ARestartBuildsEverythingAnew) {
  // Goal: nothing survives. Method: the factory runs again, memory starts over, the old runtime is
  // closed for whoever still holds it, and each incarnation has its own random streams.
  std::vector<Runtime*> runtimes;
  std::vector<std::uint64_t> draws;
  ProcessMain main = [&](Runtime& runtime) {
    runtimes.push_back(&runtime);
    Rng rng = runtime.rng("a");
    draws.push_back(rng.next());
    runtime.spawn(sleep_marked(runtime, log_, 's'));
    return std::make_unique<MarkedActor>(log_);
  };
  Process& process = simulation_.add_process("p", std::move(main));
  process.start();
  simulation_.run_until(Time{1s});
  process.restart(5s);
  EXPECT_FALSE(process.alive());
  EXPECT_EQ(log_, "sA");
  simulation_.run_until(Time{5s});
  EXPECT_FALSE(process.alive());
  simulation_.run_until(Time{6s});
  EXPECT_TRUE(process.alive());
  EXPECT_EQ(process.incarnation(), 2U);
  ASSERT_EQ(runtimes.size(), 2U);
  EXPECT_NE(draws[0], draws[1]);
  runtimes[0]->spawn(sleep_marked(*runtimes[0], log_, 'x'));  // Dropped, never begun.
  EXPECT_EQ(&process.runtime(), runtimes[1]);
  simulation_.run_until(Time{6s} + 1h);
  EXPECT_EQ(log_, "sA!s");
}

TEST_F(ProcessTest, TheLastCallDecidesAboutARestart) {
  // Goal: restart, kill and start replace what was pending. Method: each after a restart.
  Process& process =
      add("p", [this](Runtime& runtime) { return sleep_marked(runtime, log_, 's'); });
  process.restart(5s);
  process.restart(10s);
  simulation_.run_until(Time{7s});
  EXPECT_EQ(process.incarnation(), 1U);
  simulation_.run_until(Time{10s});
  EXPECT_EQ(process.incarnation(), 2U);
  process.restart(5s);
  process.kill();
  simulation_.run_until(Time{1min});
  EXPECT_EQ(process.incarnation(), 2U);
  process.restart(5s);
  process.start();
  simulation_.run_until(Time{2min});
  EXPECT_EQ(process.incarnation(), 3U);
}

TEST_F(ProcessTest, ARestartWithinAnEventComesAfterTheKill) {
  // Goal: kill and start in one event. Method: a neighbour restarts at zero delay, and starts.
  const auto bounce = [](Runtime& runtime, Simulation& simulation) -> Task<void> {
    Process& process = *simulation.find("p");
    process.restart(0ns);
    co_await runtime.sleep(1s);
    process.kill();
    process.start();
  };
  Process& process =
      add("p", [this](Runtime& runtime) { return sleep_marked(runtime, log_, 's'); });
  add("bouncer", [&](Runtime& runtime) { return bounce(runtime, simulation_); });
  simulation_.run_until(Time{500ms});
  EXPECT_EQ(process.incarnation(), 2U);
  simulation_.run_until(Time{2s});
  EXPECT_EQ(process.incarnation(), 3U);
  EXPECT_TRUE(process.alive());
  EXPECT_EQ(log_, "sAsA");
}

Task<void> tick(Runtime& runtime, std::string& log) {
  const Mark mark(log, 'm');
  for (char letter = 'a';; ++letter) {
    co_await runtime.sleep(1s);
    log += letter;
    log += std::to_string((runtime.now() - Time{}) / 1s);
  }
}

TEST_F(ProcessTest, APauseHoldsEventsAndResumeRunsThemLate) {
  // Goal: SIGSTOP and SIGCONT. Method: a ticker paused from 1.5 s to 5.2 s; messages come
  // meanwhile.
  Process& process = add("p", [this](Runtime& runtime) { return tick(runtime, log_); });
  simulation_.run_until(Time{1500ms});
  process.pause();
  EXPECT_TRUE(process.paused());
  simulation_.run_until(Time{5200ms});
  EXPECT_EQ(log_, "a1");
  process.resume();
  simulation_.run_until(Time{7s});
  EXPECT_EQ(log_, "a1b5c6");
}

TEST_F(ProcessTest, AKillWorksWhilePaused) {
  // Goal: SIGKILL after SIGSTOP; the next incarnation runs. Method: kill with events held.
  Process& process = add("p", [this](Runtime& runtime) { return tick(runtime, log_); });
  simulation_.run_until(Time{1500ms});
  process.pause();
  simulation_.run_until(Time{3s});
  process.kill();
  process.resume();
  simulation_.run_until(Time{4s});
  EXPECT_EQ(log_, "a1mA");
  process.start();
  EXPECT_FALSE(process.paused());
  simulation_.run_until(Time{5s});
  EXPECT_EQ(log_, "a1mAa5");
}

TEST_F(ProcessTest, TimersOfADeadProcessDoNotFire) {
  // Goal: a timer that somebody else keeps is dead with its runtime. Method: a timer on the runtime
  // of a killed process, set before and after the kill.
  Process& process = add("p", [this](Runtime& runtime) { return tick(runtime, log_); });
  Timer timer(process.runtime(), [this] { log_ += '!'; });
  timer.set(Time{500ms});
  process.kill();
  simulation_.run_until(Time{1s});
  timer.set(Time{2s});
  EXPECT_FALSE(timer.armed());
  simulation_.run_until(Time{3s});
  EXPECT_EQ(log_, "A");
}

TEST_F(ProcessTest, TheEngineTracesLifeAndDeath) {
  // Goal: reports can draw them. Method: the names of the engine's events.
  class Names final : public TraceObserver {
   public:
    void on_event(const TraceEvent& event) override {
      text += std::string(event.process) + ':' + std::string(event.type->name) + ' ';
    }
    std::string text;
  } names;
  simulation_.trace().add_observer(names);
  Process& process = add("p", [this](Runtime& runtime) { return tick(runtime, log_); });
  process.pause();
  process.resume();
  process.kill();
  simulation_.trace().remove_observer(names);
  EXPECT_EQ(names.text, "p:process-started p:process-paused p:process-resumed p:process-killed ");
}

struct Command {
  unsigned char kind;
  unsigned char process;
  unsigned char amount;
};

void showValue(const Command& command, std::ostream& os) {
  os << '{' << int{command.kind} << ',' << int{command.process} << ',' << int{command.amount}
     << '}';
}

void apply(const Command& command, Simulation& simulation, Crowd& crowd) {
  Process& process = crowd.process(command.process % crowd.size());
  const Duration after = command.amount * Duration(1ms);
  switch (command.kind % 8) {
    case 0:
      process.kill();
      break;
    case 1:
      process.restart(after);
      break;
    case 2:
      if (!process.alive()) process.start();
      break;
    case 3:
      process.pause();
      break;
    case 4:
      process.resume();
      break;
    case 5:
      simulation.run_until(simulation.now() + after);
      break;
    default:
      for (int i = 0; i < command.amount; ++i) simulation.step();
      break;
  }
}

std::uint64_t run_commands(const std::vector<Command>& commands, bool permuted) {
  Crowd crowd;
  Simulation simulation(99);
  if (permuted) simulation.permute_ties(1);
  crowd.join(simulation, 4);
  for (const Command& command : commands) {
    apply(command, simulation, crowd);
    for (std::size_t i = 0; i < crowd.size(); ++i) {
      RC_ASSERT((crowd.mailbox(i).frames == 0) == !crowd.process(i).alive());
    }
  }
  return simulation.trace().digest();
}

TEST_F(ProcessTest, RandomKillsAndPausesLeaveNoFrameBehindAndAreReproducible) {
  // Goal: a kill may come anywhere. Method: random kills, restarts, starts, pauses and resumes over
  // a workload that suspends in every way; a dead process has no frame and no actor, a live one
  // has; the same commands give the same digest. Under ASan this finds any use of a dead frame.
  const auto commands = rc::gen::container<std::vector<Command>>(rc::gen::construct<Command>(
      rc::gen::arbitrary<unsigned char>(), rc::gen::arbitrary<unsigned char>(),
      rc::gen::arbitrary<unsigned char>()));
  EXPECT_TRUE(rc::check([&commands] {
    const std::vector<Command> plan = *commands;
    const bool permuted = *rc::gen::arbitrary<bool>();
    RC_ASSERT(run_commands(plan, permuted) == run_commands(plan, permuted));
  }));
}

}  // namespace
}  // namespace sdbtwin::sim
