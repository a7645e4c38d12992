#include "cli/run_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/cpu_time.h"
#include "cli/determinism.h"
#include "cli/input.h"
#include "cli/interrupt.h"
#include "cli/outputs.h"
#include "cli/parallel.h"
#include "reports/json.h"
#include "reports/text.h"
#include "scenarios/run.h"

namespace sdbtwin::cli {
namespace {

using scenarios::RunResult;
using scenarios::Scenario;
using scenarios::Verdict;

struct Job {
  const Scenario* scenario;
  std::uint64_t seed;
};

// Full reports of at most this many failed runs; the others get a line and their replay. [us]
constexpr std::size_t kFullReportsMax = 3;
// As they end, so many failed runs are named on stderr, ahead of the report. [us]
constexpr std::size_t kFailuresAtOnce = 10;

std::vector<Job> make_jobs(const std::vector<Scenario>& scenarios, const SeedRange& seeds) {
  std::vector<Job> jobs;
  for (const Scenario& scenario : scenarios) {
    for (std::uint64_t seed = seeds.first;; ++seed) {
      jobs.push_back({&scenario, seed});
      if (seed == seeds.last) break;
    }
  }
  return jobs;
}

// What only the report of a single run, or of a failed one, shows.
void drop_details(RunResult& result) {
  result.timeline = {};
  result.gates = {};
  result.restarts = {};
  result.last_events = {};
}

class Runner {
 public:
  Runner(const Options& options, const Environment& environment, std::vector<Job> jobs,
         Outputs& outputs)
      : options_(options),
        environment_(environment),
        jobs_(std::move(jobs)),
        outputs_(outputs),
        results_(jobs_.size()),
        differences_(jobs_.size()),
        ended_(jobs_.size()) {}

  ExitCode run() {
    const Jobs all{[this](std::size_t i) { run_one(i); }, [this](std::size_t i) { note_end(i); },
                   interrupted};
    run_parallel(jobs_.size(), options_.jobs, all);
    clear_progress();
    if (interrupted()) keep_ended();
    report();
    const bool written = outputs_.finish(results_);
    remark();  // After stdout is flushed, so that the two stay apart where they are one file.
    if (!written) return ExitCode::kOutputError;
    if (interrupted()) return ExitCode::kInterrupted;
    if (std::any_of(differences_.begin(), differences_.end(),
                    [](const auto& difference) { return difference.has_value(); })) {
      return ExitCode::kNotDeterministic;
    }
    const bool passed = std::all_of(results_.begin(), results_.end(), [](const RunResult& result) {
      return result.verdict == Verdict::kPassed;
    });
    return passed ? ExitCode::kOk : ExitCode::kFailed;
  }

 private:
  void run_one(std::size_t i) {
    const Job& job = jobs_[i];
    scenarios::RunOptions options;
    options.seed = job.seed;
    const sim::Duration before = thread_cpu_time();
    if (options_.check_determinism) {
      TraceText first;
      options.observer = &first;
      results_[i] = scenarios::run(*job.scenario, options);
      TraceComparison second(first.text());
      options.observer = &second;
      const RunResult again = scenarios::run(*job.scenario, options);
      differences_[i] = second.difference();
      if (!differences_[i] &&
          (again.digest != results_[i].digest || again.events != results_[i].events)) {
        differences_[i] = fmt::format("equal traces, but {} and {} events, digests {} and {}\n",
                                      results_[i].events, again.events,
                                      scenarios::digest_text(results_[i].digest),
                                      scenarios::digest_text(again.digest));
      }
    } else {
      options.observer = outputs_.trace_observer();
      results_[i] = scenarios::run(*job.scenario, options);
    }
    results_[i].cpu_time = thread_cpu_time() - before;
    if (jobs_.size() > 1 && results_[i].verdict == Verdict::kPassed) drop_details(results_[i]);
  }

  void note_end(std::size_t i) {
    ended_[i] = true;
    ++done_;
    const RunResult& result = results_[i];
    const bool passed = result.verdict == Verdict::kPassed;
    failed_ += passed ? 0 : 1;
    if (jobs_.size() < 2) return;
    if (!passed && failed_ <= kFailuresAtOnce) {
      clear_progress();
      fmt::print(stderr, "{} seed {}: {}: {}\n", result.scenario, result.seed,
                 to_string(result.verdict), result.reason);
    }
    if (!environment_.progress) return;
    fmt::print(stderr, "\r\x1b[K{}/{} runs, {} did not pass", done_, jobs_.size(), failed_);
    std::fflush(stderr);
  }

  void clear_progress() const {
    if (environment_.progress) fmt::print(stderr, "\r\x1b[K");
  }

  // After an interrupt: forgets the jobs that had not ended.
  void keep_ended() {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < jobs_.size(); ++i) {
      if (!ended_[i]) continue;
      if (kept != i) {
        jobs_[kept] = jobs_[i];
        results_[kept] = std::move(results_[i]);
        differences_[kept] = std::move(differences_[i]);
      }
      ++kept;
    }
    begun_of_ = jobs_.size();
    jobs_.resize(kept);
    results_.resize(kept);
    differences_.resize(kept);
  }

  void report() {
    if (options_.format == Format::kJson) {
      outputs_.print(reports::render_json(results_, false));
    } else {
      report_text();
    }
  }

  // What is said on stderr about the runs.
  void remark() {
    for (std::size_t i = 0; i < jobs_.size(); ++i) {
      if (!differences_[i]) continue;
      fmt::print(stderr, "not deterministic: {} seed {}: first difference: {}",
                 jobs_[i].scenario->name, jobs_[i].seed, *differences_[i]);
    }
    if (options_.check_determinism && !options_.quiet) {
      const auto different = std::count_if(differences_.begin(), differences_.end(),
                                           [](const auto& d) { return d.has_value(); });
      fmt::print(stderr, "{} of {} runs were the same twice\n",
                 jobs_.size() - static_cast<std::size_t>(different), jobs_.size());
    }
    if (begun_of_ > 0) {
      fmt::print(stderr, "interrupted: {} of {} runs had ended\n", jobs_.size(), begun_of_);
    }
    if (!options_.quiet && !results_.empty()) {
      fmt::print(stderr, "{}", reports::speed_line(results_));
    }
  }

  void report_text() {
    const reports::TextOptions text{environment_.color, false};
    if (results_.size() == 1) {
      if (options_.quiet && results_.front().verdict == Verdict::kPassed) return;
      outputs_.print(reports::render_text(results_.front(), text));
      return;
    }
    bool all_passed = true;
    std::size_t full = 0;
    for (const RunResult& result : results_) {
      if (result.verdict == Verdict::kPassed) continue;
      if (full++ < kFullReportsMax) outputs_.print(reports::render_text(result, text) + "\n");
      all_passed = false;
    }
    if (options_.quiet && all_passed) return;
    outputs_.print(reports::render_summary(results_, text, options_.quiet));
  }

  const Options& options_;
  const Environment& environment_;
  std::vector<Job> jobs_;
  Outputs& outputs_;
  std::vector<RunResult> results_;
  std::vector<std::optional<std::string>> differences_;
  std::vector<bool> ended_;
  std::size_t begun_of_ = 0;  // interrupted: of so many
  std::size_t done_ = 0;
  std::size_t failed_ = 0;
};

}  // namespace

ExitCode run_command(const Options& options, const Environment& environment) {
  scenarios::Problems problems;
  const std::vector<Scenario> scenarios = load_input(options, problems);
  if (!problems.empty()) {
    print_problems(problems);
    return ExitCode::kBadInput;
  }
  std::vector<Job> jobs = make_jobs(scenarios, options.seeds);
  if (!options.trace_file.empty() && (jobs.size() != 1 || options.check_determinism)) {
    fmt::print(stderr,
               "sdbtwin: --trace is for a single run, and these are {}: name one scenario and one "
               "--seed, without --check-determinism\n",
               options.check_determinism ? 2 * jobs.size() : jobs.size());
    return ExitCode::kBadInput;
  }
  Outputs outputs(options);
  if (!outputs.open()) return ExitCode::kOutputError;
  return Runner(options, environment, std::move(jobs), outputs).run();
}

}  // namespace sdbtwin::cli
