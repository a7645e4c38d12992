#include "scenarios/run.h"

#include <fmt/format.h>

#include "invariants/checker.h"
#include "invariants/wellness.h"
#include "reports/trace_json.h"
#include "scenarios/verdict/availability.h"
#include "scenarios/verdict/completion.h"
#include "scenarios/verdict/expectation_judge.h"
#include "scenarios/verdict/judge.h"
#include "scenarios/verdict/recorder.h"
#include "scenarios/world/cluster.h"
#include "scenarios/world/unready.h"
#include "scenarios/world/world_settings.h"
#include "sim/core/trace_ring.h"

namespace sdbtwin::scenarios {
namespace {

// How long a run goes on after its end, so that what must stay well can be seen to stay so: three
// health checks of the Provisioner (kubedb.md 1.1). [us]
constexpr sim::Duration kAftermath = std::chrono::seconds(30);
constexpr std::size_t kLastEvents = 12;  // [us] what fits on a screen
constexpr std::size_t kUnreadyPods = 2;  // [us] named in the reason of a stuck run

// The last events before the first violation.
class Tail final : public sim::TraceObserver {
 public:
  explicit Tail(const invariants::Checker& checker) : checker_(checker), ring_(kLastEvents) {}

  void on_event(const sim::TraceEvent& event) override {
    if (!lines_.empty()) return;
    ring_.on_event(event);
    if (!checker_.violations().empty()) lines_ = read();
  }
  std::vector<std::string> lines() const { return lines_.empty() ? read() : lines_; }

 private:
  std::vector<std::string> read() const {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < ring_.size(); ++i) {
      reports::append_json_line(out.emplace_back(), ring_.at(i));
    }
    return out;
  }

  const invariants::Checker& checker_;
  sim::TraceRing ring_;
  std::vector<std::string> lines_;
};

// The last phase of a run: no more requests and faults, and everything has time to become well and
// has to be well half a minute later, too. Caches that heal one after the other can make it unwell
// for a moment in between; then it has the rest of the time to come back.
void await_wellness(Cluster& cluster, const invariants::Checker& checker,
                    const invariants::Settings& settings) {
  sim::Simulation& simulation = cluster.simulation();
  const sim::Time limit = simulation.now() + settings.convergence;
  const bool judged = checker.judges("converges") || checker.judges("termination-ends");
  const auto well = [&] {
    return invariants::not_well(checker.view(), cluster, simulation.now()).empty();
  };
  do {
    if (judged) simulation.run_until(well, limit);
    simulation.run_until(simulation.now() + kAftermath);
  } while (judged && simulation.now() < limit && !well());
}

std::vector<std::string> open_ends(const Scenario& scenario, Cluster& cluster,
                                   const Completion& completion) {
  std::vector<std::string> out = completion.open();
  if (!cluster.user().set_up()) out.emplace_back("the set-up has not ended");
  const std::size_t open_actions = scenario.actions.size() - cluster.user().acted();
  if (open_actions > 0) {
    out.push_back(
        fmt::format("{} of {} actions never came due", open_actions, scenario.actions.size()));
  }
  if (!cluster.injector().settled()) out.emplace_back("a fault had not ended");
  for (std::string& line : unready_pods(cluster.store(), kUnreadyPods)) {
    out.push_back(std::move(line));
  }
  return out;
}

std::vector<std::string> refusals(const Cluster& cluster) {
  std::vector<std::string> out;
  for (const Refusal& refusal : cluster.user().refusals()) {
    out.push_back(fmt::format("{}: {}", refusal.action, refusal.message));
  }
  return out;
}

}  // namespace

RunResult run(const Scenario& scenario, const RunOptions& options) {
  Cluster cluster(scenario, options.seed, options.planners, options.observer);
  sim::Simulation& simulation = cluster.simulation();
  const invariants::Settings settings = invariant_settings_of(scenario);
  invariants::Checker checker(settings, cluster, scenario.disabled_invariants);
  Completion completion;
  Recorder recorder;
  Tail tail(checker);
  const std::vector<sim::TraceObserver*> observers{
      &cluster.injector(), &cluster.action_watcher(), &completion, &checker, &recorder, &tail};
  for (sim::TraceObserver* observer : observers) simulation.trace().add_observer(*observer);

  cluster.start();
  for (const Intervention& intervention : options.interventions) {
    simulation.run_until(intervention.at);
    intervention.act(cluster);
  }
  const auto done = [&] {
    return completion.settled() && cluster.user().set_up() &&
           cluster.user().acted() == scenario.actions.size() && cluster.injector().settled();
  };
  bool ended = simulation.run_until(done, sim::Time(scenario.horizon));
  // The second phase: without faults, what they had kept from ending must end.
  if (cluster.injector().heal_all() && !ended) {
    ended = simulation.run_until(done, simulation.now() + settings.convergence);
  }
  if (ended) await_wellness(cluster, checker, settings);
  checker.finish(simulation.now());

  RunResult result;
  result.scenario = scenario.name;
  result.file = scenario.file;
  result.description = scenario.description;
  result.notes = scenario.notes;
  result.seed = options.seed;
  result.digest = simulation.trace().digest();
  result.trace_events = simulation.trace().count();
  result.events = simulation.events_processed();
  result.end = simulation.now();
  result.violations = checker.violations();
  result.invariants = checker.results();
  result.faults = cluster.injector().ledger();
  recorder.finish(result);
  result.databases = describe_databases(cluster.store());
  for (const DatabaseResult& database : result.databases) {
    const std::size_t slash = database.name.find('/');
    const singlestore::ClientLog* clients =
        cluster.clients(database.name.substr(0, slash), database.name.substr(slash + 1));
    if (clients != nullptr) describe_clients(database.name, *clients, result.end, result);
  }
  result.expectations = judge_expectations(scenario, cluster.store(), result);
  judge(result, ended ? std::vector<std::string>() : open_ends(scenario, cluster, completion),
        refusals(cluster));
  if (result.verdict != Verdict::kPassed) result.last_events = tail.lines();

  for (sim::TraceObserver* observer : observers) simulation.trace().remove_observer(*observer);
  if (options.observer != nullptr) simulation.trace().remove_observer(*options.observer);
  return result;
}

}  // namespace sdbtwin::scenarios
