// What one rollout costs: the quickstart scenario, whole, with invariants on, and the same with
// more leaves. It bounds two things of docs/PERFORMANCE.md: wall time per rollout and events per
// second of the full model; and shows that the cost of a pod does not grow with the number of pods.
//
// Time is that of the whole scenario: the cluster is set up, the database provisioned, updated and
// watched for half a minute. `request` is the part from the creation of the request on.
// Counters: events/s (scheduler events), events and API writes, time per pod.

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>

#include "model/api/singlestore.h"
#include "model/cluster/server/api_server.h"
#include "scenarios/reading/load.h"
#include "scenarios/run.h"

namespace sdbtwin {
namespace {

constexpr const char* kQuickstart = "scenarios/quickstart.yaml";

std::optional<scenarios::Scenario> load_quickstart() {
  scenarios::Problems problems;
  return scenarios::load_scenario(kQuickstart, problems);
}

// The same rollout with `pods` pods: one aggregator, the rest leaves, a node for each.
void grow(scenarios::Scenario& scenario, std::int32_t pods) {
  for (scenarios::Manifest& manifest : scenario.manifests) {
    const auto database = api::as_if<api::Singlestore>(manifest.object);
    if (database == nullptr) continue;
    auto larger = api::copy(*database);
    larger->spec.edit().topology->leaf->replicas = pods - 1;
    manifest.object = larger;
  }
  scenario.cluster.nodes = pods;
  scenario.expectations.clear();  // They name the duration of the small one.
  scenario.horizon = std::chrono::minutes(10) + pods * std::chrono::minutes(2);
}

// Notes when the user's request is created.
class RequestSeen final : public sim::TraceObserver {
 public:
  void on_event(const sim::TraceEvent& event) override {
    const auto* write = event.get_if<cluster::ObjectWritten>();
    if (write == nullptr || write->verb != api::Verb::kCreate) return;
    if (write->kind == api::Kind::kSinglestoreOpsRequest) at_ = Clock::now();
  }
  double seconds_since() const { return std::chrono::duration<double>(Clock::now() - at_).count(); }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point at_;
};

void rollout(benchmark::State& state) {
  std::optional<scenarios::Scenario> scenario = load_quickstart();
  if (!scenario) {
    state.SkipWithError("run it from the root of the project");
    return;
  }
  const auto pods = static_cast<std::int32_t>(state.range(0));
  if (pods != 3) grow(*scenario, pods);
  std::uint64_t events = 0;
  double request_seconds = 0;
  RequestSeen request;
  scenarios::RunOptions options;
  options.observer = &request;
  scenarios::RunResult result;
  for (auto _ : state) {
    result = scenarios::run(*scenario, options);
    request_seconds += request.seconds_since();
    if (result.verdict != scenarios::Verdict::kPassed) {
      state.SkipWithError(result.reason.c_str());
      return;
    }
    events += result.events;
    ++options.seed;
  }
  state.counters["events/s"] =
      benchmark::Counter(static_cast<double>(events), benchmark::Counter::kIsRate);
  state.counters["request"] =
      benchmark::Counter(request_seconds, benchmark::Counter::kAvgIterations);
  state.counters["events"] = static_cast<double>(result.events);
  state.counters["trace_events"] = static_cast<double>(result.trace_events);
  state.counters["api_writes"] = static_cast<double>(result.counters["apiWrites"]);
  state.counters["s/pod"] =
      benchmark::Counter(static_cast<double>(pods), benchmark::Counter::kIsIterationInvariantRate |
                                                        benchmark::Counter::kInvert);
}
BENCHMARK(rollout)->Name("rollout/pods")->Arg(3)->Arg(30)->Arg(300)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace sdbtwin

BENCHMARK_MAIN();
