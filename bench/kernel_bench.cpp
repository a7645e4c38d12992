// What the kernel itself costs, apart from any model. items_per_second is events per second.
// - wake_up bounds the budget "kernel wake-up at 10,000 processes <= 150 ns": one event is one
//   process whose coroutine loops over co_await sleep(random). Nothing is traced.
// - wake_up_bare: bare coroutines over std::priority_queue, in the same run; read the ratio.
// - wake_up_nested: wake_up with each sleep inside a child task (one frame allocated per event).
// - hold: the queue alone; pop one event, arm one, at a constant number pending.
// - hold_std: the same model on std::priority_queue, in the same run; read the ratio.
// - ping_pong: two processes and two channels; one item is one message.
// - race_won: a task that beats its deadline; two events, a withdrawn waiter, two frames.
// - trace_digest: a typed event with five fields, recorded and digested, no observer.
// - trace_ring: the same with a ring of the last events as observer, which copies each.
// Run with --benchmark_repetitions=5 on a quiet machine.

#include <benchmark/benchmark.h>

#include <coroutine>
#include <cstdint>
#include <exception>
#include <memory>
#include <queue>
#include <string>
#include <vector>

#include "sim/core/channel.h"
#include "sim/core/race.h"
#include "sim/core/timer_queue.h"
#include "sim/core/trace_ring.h"
#include "sim/engine/simulation.h"

namespace sdbtwin::sim {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kSeed = 42;
constexpr std::int64_t kSleepMax = 2'000'000'000;  // Mean 1 s, as in the reference measurements.

Duration random_sleep(Rng& rng) { return Duration(rng.between(0, kSleepMax)); }

Task<void> sleep_forever(Runtime& runtime) {
  Rng rng = runtime.rng("sleep");
  for (;;) {
    const Duration duration = random_sleep(rng);
    co_await runtime.sleep(duration);
  }
}

Task<void> sleep_once(Runtime& runtime, Duration duration) { co_await runtime.sleep(duration); }

Task<void> sleep_nested_forever(Runtime& runtime) {
  Rng rng = runtime.rng("sleep");
  for (;;) {
    const Duration duration = random_sleep(rng);
    co_await sleep_once(runtime, duration);
  }
}

// Steps a simulation of `count` processes with one such task each, past its start-up.
void step_processes(benchmark::State& state, Task<void> (*main)(Runtime&)) {
  Simulation simulation(kSeed);
  const auto count = static_cast<int>(state.range(0));
  for (int i = 0; i < count; ++i) {
    ProcessMain factory = [main](Runtime& runtime) {
      runtime.spawn(main(runtime));
      return nullptr;
    };
    simulation.add_process("process-" + std::to_string(i), std::move(factory)).start();
  }
  for (int i = 0; i < 10 * count; ++i) simulation.step();
  for (auto _ : state) simulation.step();
  state.SetItemsProcessed(state.iterations());
}

void wake_up(benchmark::State& state) { step_processes(state, &sleep_forever); }
BENCHMARK(wake_up)->Arg(1'000)->Arg(10'000)->Arg(100'000);

void wake_up_nested(benchmark::State& state) { step_processes(state, &sleep_nested_forever); }
BENCHMARK(wake_up_nested)->Arg(10'000);

// The least that a wake-up can be: coroutines resumed from a std::priority_queue, without
// processes, runtimes, cancellation or kill safety. What the kernel adds is the ratio to this.
struct BareTask {
  struct promise_type {
    BareTask get_return_object() {
      return {std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
  std::coroutine_handle<promise_type> frame;
};

struct BareEntry {
  std::int64_t time;
  std::uint64_t sequence;
  std::coroutine_handle<> frame;
  bool operator<(const BareEntry& other) const {
    return time != other.time ? time > other.time : sequence > other.sequence;
  }
};

struct BareKernel {
  std::int64_t now = 0;
  std::uint64_t sequence = 0;
  std::priority_queue<BareEntry> queue;

  void step() {
    const BareEntry top = queue.top();
    queue.pop();
    now = top.time;
    top.frame.resume();
  }
};

struct BareSleep {
  BareKernel* kernel;
  std::int64_t until;
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> frame) const {
    kernel->queue.push({until, kernel->sequence++, frame});
  }
  void await_resume() const {}
};

BareTask bare_sleep_forever(BareKernel& kernel, Rng rng) {
  for (;;) {
    const std::int64_t until = kernel.now + random_sleep(rng).count();
    const BareSleep sleep(&kernel, until);
    co_await sleep;
  }
}

void wake_up_bare(benchmark::State& state) {
  BareKernel kernel;
  std::vector<BareTask> tasks;
  for (int i = 0; i < static_cast<int>(state.range(0)); ++i) {
    tasks.push_back(bare_sleep_forever(kernel, Rng(static_cast<std::uint64_t>(i))));
    tasks.back().frame.resume();
  }
  for (std::int64_t i = 0; i < 10 * state.range(0); ++i) kernel.step();
  for (auto _ : state) kernel.step();
  state.SetItemsProcessed(state.iterations());
  for (const BareTask& task : tasks) task.frame.destroy();
}
BENCHMARK(wake_up_bare)->Arg(1'000)->Arg(10'000)->Arg(100'000);

class IdleRuntime final : public Runtime {
 public:
  Time now() const noexcept override { return {}; }
  Rng rng(std::string_view) const override { return Rng(0); }
  void spawn(Task<void>) override {}
  std::string_view name() const noexcept override { return "idle"; }
  void arm(Waiter&, Time) override {}
  void disarm(Waiter&) noexcept override {}

 private:
  void emit(const EventType&, const void*) override {}
};

class IdleWaiter final : public Waiter {
 public:
  using Waiter::Waiter;
  ~IdleWaiter() override = default;
  void fire() override {}
};

void hold(benchmark::State& state) {
  IdleRuntime runtime;
  std::vector<std::unique_ptr<IdleWaiter>> waiters;
  TimerQueue queue;
  Rng rng(kSeed);
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    waiters.push_back(std::make_unique<IdleWaiter>(runtime));
    queue.arm(*waiters.back(), Time{random_sleep(rng)}, Time{});
  }
  Time now{};
  const auto one = [&] {
    queue.first(now);
    Waiter* waiter = queue.take(queue.pop().slot);
    waiter->fire();
    queue.arm(*waiter, now + random_sleep(rng), now);
  };
  for (std::int64_t i = 0; i < 10 * state.range(0); ++i) one();
  for (auto _ : state) one();
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(hold)->Arg(1'000)->Arg(100'000);

struct StdEntry {
  std::int64_t time;
  std::uint64_t sequence;
  Waiter* waiter;
  bool operator<(const StdEntry& other) const {
    return time != other.time ? time > other.time : sequence > other.sequence;
  }
};

void hold_std(benchmark::State& state) {
  IdleRuntime runtime;
  std::vector<std::unique_ptr<IdleWaiter>> waiters;
  std::priority_queue<StdEntry> queue;
  Rng rng(kSeed);
  std::uint64_t sequence = 0;
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    waiters.push_back(std::make_unique<IdleWaiter>(runtime));
    queue.push({random_sleep(rng).count(), sequence++, waiters.back().get()});
  }
  const auto one = [&] {
    const StdEntry top = queue.top();
    queue.pop();
    top.waiter->fire();
    queue.push({top.time + random_sleep(rng).count(), sequence++, top.waiter});
  };
  for (std::int64_t i = 0; i < 10 * state.range(0); ++i) one();
  for (auto _ : state) one();
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(hold_std)->Arg(1'000)->Arg(100'000);

Task<void> echo(Runtime&, Channel<int>& in, Channel<int>& out) {
  while (const std::optional<int> item = co_await in.receive()) out.send(*item + 1);
}

void ping_pong(benchmark::State& state) {
  Channel<int> there;
  Channel<int> back;
  Simulation simulation(kSeed);
  ProcessMain ping = [&](Runtime& runtime) {
    runtime.spawn(echo(runtime, there, back));
    return nullptr;
  };
  ProcessMain pong = [&](Runtime& runtime) {
    runtime.spawn(echo(runtime, back, there));
    return nullptr;
  };
  simulation.add_process("ping", ping).start();
  simulation.add_process("pong", pong).start();
  there.send(0);
  for (auto _ : state) simulation.step();
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(ping_pong);

Task<void> race_forever(Runtime& runtime) {
  for (;;) {
    const bool won =
        co_await sdbtwin::sim::race(runtime, sleep_once(runtime, 1ms), runtime.now() + 1s);
    SIM_ASSERT(won);
  }
}

void race_won(benchmark::State& state) {
  Simulation simulation(kSeed);
  ProcessMain factory = [](Runtime& runtime) {
    runtime.spawn(race_forever(runtime));
    return nullptr;
  };
  simulation.add_process("racer", factory).start();
  for (auto _ : state) simulation.step();
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(race_won);

struct WriteApplied {
  static constexpr std::string_view kName = "write-applied";
  std::string kind;
  std::string name;
  std::int64_t resource_version;
  std::uint32_t attempt;
  Duration latency;
  template <class V>
  void visit(V& v) const {
    v("kind", kind);
    v("name", name);
    v("resource_version", resource_version);
    v("attempt", attempt);
    v("latency", latency);
  }
};

void trace_events(benchmark::State& state, TraceObserver* observer) {
  Simulation simulation(kSeed);
  if (observer != nullptr) simulation.trace().add_observer(*observer);
  WriteApplied event{"Pod", "singlestore-sample-leaf-0-1", 1, 1, 12ms};
  for (auto _ : state) {
    ++event.resource_version;
    simulation.runtime().trace(event);
  }
  benchmark::DoNotOptimize(simulation.trace().digest());
  state.SetItemsProcessed(state.iterations());
}

void trace_digest(benchmark::State& state) { trace_events(state, nullptr); }
BENCHMARK(trace_digest);

void trace_ring(benchmark::State& state) {
  TraceRing ring(256);
  trace_events(state, &ring);
}
BENCHMARK(trace_ring);

}  // namespace
}  // namespace sdbtwin::sim
