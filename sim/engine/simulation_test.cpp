#include "sim/engine/simulation.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "sim/core/timer.h"
#include "sim/engine/test_workload.h"

namespace sdbtwin::sim {
namespace {

using namespace std::chrono_literals;

struct CrowdRun {
  explicit CrowdRun(std::uint64_t seed) : simulation(seed) { crowd.join(simulation, 5); }
  Crowd crowd;
  Simulation simulation;
};

std::uint64_t digest_after(std::uint64_t seed, int events) {
  CrowdRun run(seed);
  for (int i = 0; i < events; ++i) run.simulation.step();
  return run.simulation.trace().digest();
}

TEST(Simulation, IsTheSameEverywhere) {
  // Goal: one digest for all compilers and levels of optimisation. Method: a fixed value after
  // 20,000 events of a workload that uses every primitive; the presets all run this test.
  CrowdRun run(42);
  for (int i = 0; i < 20'000; ++i) ASSERT_TRUE(run.simulation.step());
  EXPECT_EQ(run.simulation.events_processed(), 20'000U);
  EXPECT_EQ(run.simulation.now(), Time{10263ms});
  EXPECT_EQ(run.simulation.trace().count(), 32404U);
  EXPECT_EQ(run.simulation.trace().digest(), 0x7e83dd9d8705ffdULL);
}

TEST(Simulation, TheSeedDecides) {
  // Goal: same seed, same trace; another seed, another. Method: digests.
  EXPECT_EQ(digest_after(1, 5'000), digest_after(1, 5'000));
  EXPECT_NE(digest_after(1, 5'000), digest_after(2, 5'000));
}

TEST(Simulation, TwoInOneProgramDoNotTouchEachOther) {
  // Goal: no globals. Method: two simulations stepped in turn, at different paces, yield the
  // digests that each yields alone.
  CrowdRun first(1);
  CrowdRun second(2);
  for (int i = 0; i < 6'000; ++i) {
    first.simulation.step();
    if (i % 3 != 0) second.simulation.step();
  }
  EXPECT_EQ(first.simulation.trace().digest(), digest_after(1, 6'000));
  EXPECT_EQ(second.simulation.trace().digest(), digest_after(2, 4'000));
}

TEST(Simulation, HowItIsDrivenDoesNotMatter) {
  // Goal: step and both forms of run_until are one thing. Method: three ways to the same time.
  CrowdRun stepped(3);
  while (stepped.simulation.now() < Time{2s}) stepped.simulation.step();
  const std::uint64_t events = stepped.simulation.events_processed();
  CrowdRun until_event(3);
  const auto reached = [&] { return until_event.simulation.events_processed() == events; };
  EXPECT_TRUE(until_event.simulation.run_until(reached, Time{1h}));
  EXPECT_EQ(until_event.simulation.trace().digest(), stepped.simulation.trace().digest());
  CrowdRun until_time(3);
  for (int i = 1; i <= 20; ++i) until_time.simulation.run_until(Time{100ms * i});
  CrowdRun at_once(3);
  at_once.simulation.run_until(Time{2s});
  EXPECT_EQ(until_time.simulation.trace().digest(), at_once.simulation.trace().digest());
}

TEST(Simulation, RunUntilIncludesItsLimitAndMovesTheClockToIt) {
  // Goal: [now, time]. Method: timers at, before and after the limit; a run with nothing to do.
  Simulation simulation(1);
  std::string log;
  Timer before(simulation.runtime(), [&] { log += 'b'; });
  Timer at(simulation.runtime(), [&] { log += 'a'; });
  Timer after(simulation.runtime(), [&] { log += 'x'; });
  before.set(Time{1s});
  at.set(Time{2s});
  after.set(Time{2s} + 1ns);
  simulation.run_until(Time{2s});
  EXPECT_EQ(log, "ba");
  EXPECT_EQ(simulation.now(), Time{2s});
  EXPECT_TRUE(simulation.step());
  EXPECT_FALSE(simulation.step());
  simulation.run_until(Time{9s});
  EXPECT_EQ(simulation.now(), Time{9s});
}

Task<void> sleep_for_ever(Runtime& runtime, std::string& log) {
  co_await runtime.sleep(1s);
  log += 'a';
  co_await runtime.sleep(Duration::max());
  log += '!';
}

TEST(Simulation, ForEverDoesNotCome) {
  // Goal: Duration::max() is no event that ends time. Method: a task that sleeps so.
  Simulation simulation(1);
  std::string log;
  simulation.runtime().spawn(sleep_for_ever(simulation.runtime(), log));
  while (simulation.step()) {
  }
  EXPECT_EQ(log, "a");
  EXPECT_EQ(simulation.now(), Time{1s});
}

class Logger final : public Actor {
 public:
  Logger(std::string& log, char letter) : log_(&log), letter_(letter) {}
  ~Logger() override { *log_ += letter_; }

 private:
  std::string* log_;
  char letter_;
};

Task<void> sleep_with(Runtime& runtime, std::unique_ptr<Logger>) { co_await runtime.sleep(1h); }

TEST(Simulation, AtItsEndAllFramesGoBeforeAnyActor) {
  // Goal: the end of a simulation is orderly. Method: frames and actors of two processes log their
  // ends.
  std::string log;
  {
    Simulation simulation(1);
    ProcessMain main = [&](Runtime& runtime) {
      runtime.spawn(sleep_with(runtime, std::make_unique<Logger>(log, 'f')));
      return std::make_unique<Logger>(log, 'A');
    };
    simulation.add_process("first", main).start();
    simulation.add_process("second", main).start();
    simulation.run_until(Time{1s});
  }
  EXPECT_EQ(log, "ffAA");
}

TEST(Simulation, RunUntilDoneAsksFirstAndGivesUpAtTheDeadline) {
  // Goal: the three outcomes. Method: done already, done at an event, never done.
  Simulation simulation(1);
  int fired = 0;
  Timer timer(simulation.runtime(), [&] { ++fired; });
  timer.set(Time{5s});
  EXPECT_TRUE(simulation.run_until([] { return true; }, Time{1h}));
  EXPECT_EQ(simulation.now(), Time{});
  EXPECT_TRUE(simulation.run_until([&] { return fired == 1; }, Time{1h}));
  EXPECT_EQ(simulation.now(), Time{5s});
  EXPECT_FALSE(simulation.run_until([] { return false; }, Time{1h}));
  EXPECT_EQ(simulation.now(), Time{1h});
}

TEST(Simulation, PermutedTiesAreAnotherOrderOfTheSameRun) {
  // Goal: the permutation is seeded and does something. Method: digests of runs with and without.
  const auto digest = [](std::uint64_t seed) {
    Crowd crowd;
    Simulation simulation(7);
    simulation.permute_ties(seed);
    crowd.join(simulation, 5);
    for (int i = 0; i < 2'000; ++i) simulation.step();
    return simulation.trace().digest();
  };
  EXPECT_EQ(digest(1), digest(1));
  EXPECT_NE(digest(1), digest(2));
  EXPECT_NE(digest(1), digest_after(7, 2'000));
}

TEST(Simulation, ANewProcessShiftsNobodysRandomness) {
  // Goal: streams go by the process name. Method: first draws with and without another process.
  const auto draw = [](bool other) {
    std::uint64_t drawn = 0;
    Simulation simulation(7);
    if (other) simulation.add_process("other", [](Runtime&) { return nullptr; }).start();
    ProcessMain main = [&drawn](Runtime& runtime) {
      Rng rng = runtime.rng("a");
      drawn = rng.next();
      return nullptr;
    };
    simulation.add_process("subject", std::move(main)).start();
    return drawn;
  };
  EXPECT_EQ(draw(false), draw(true));
}

TEST(Simulation, FindsProcessesByName) {
  // Goal: find() and ids. Method: two processes and a name that is not there.
  Simulation simulation(1);
  Process& a = simulation.add_process("a", [](Runtime&) { return nullptr; });
  Process& b = simulation.add_process("b", [](Runtime&) { return nullptr; });
  EXPECT_EQ(simulation.find("a"), &a);
  EXPECT_EQ(simulation.find("b"), &b);
  EXPECT_EQ(simulation.find("c"), nullptr);
  EXPECT_EQ(a.id(), 1U);
  EXPECT_EQ(b.id(), 2U);
  EXPECT_FALSE(a.alive());
}

}  // namespace
}  // namespace sdbtwin::sim
