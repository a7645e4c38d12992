#pragma once

// Simulation: processes in virtual time, and nothing shared with any other simulation.
// Owns scheduler, trace and processes. Same seed and same calls: same trace, byte for byte.
// Processes live until the simulation ends (dead or alive). At its end all runtimes are closed,
// then all frames destroyed, then all actors, the last added process first: no destructor acts, and
// no frame finds an actor gone.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/rng.h"
#include "sim/core/runtime.h"
#include "sim/core/time.h"
#include "sim/core/trace.h"
#include "sim/engine/process.h"
#include "sim/engine/scheduler.h"
#include "sim/engine/sim_runtime.h"

namespace sdbtwin::sim {

class Simulation {
 public:
  explicit Simulation(std::uint64_t seed);
  ~Simulation();
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;

  Trace& trace() noexcept { return trace_; }
  Time now() const noexcept { return scheduler_.now(); }
  std::uint64_t seed() const noexcept { return seed_; }
  std::uint64_t events_processed() const noexcept { return events_processed_; }

  // For what belongs to no process: harness, faults, restarts. Named "simulation", never killed.
  Runtime& runtime() noexcept { return runtime_; }

  // The process is not started yet. Precondition: the name is not taken. The reference stays valid.
  Process& add_process(std::string name, ProcessMain main);
  // nullptr: no process of that name was ever added.
  Process* find(std::string_view name) noexcept;
  // In the order of addition.
  const std::vector<std::unique_ptr<Process>>& processes() const noexcept { return processes_; }

  // Runs one event. False: there is none.
  bool step();
  // Runs all events up to `time`, itself included; now() is `time` then.
  void run_until(Time time);
  // Runs until done() holds, which is asked first and after each event. False: it did not hold up
  // to `deadline`, and now() is `deadline`.
  bool run_until(std::function<bool()> done, Time deadline);

  // For property tests: draws the order of same-time events of different processes.
  // Precondition: no process has been started.
  void permute_ties(std::uint64_t seed) { scheduler_.permute_ties(seed); }

 private:
  friend class Process;

  // While one exists, a kill waits for the end of the present event.
  class Busy {
   public:
    explicit Busy(Simulation& simulation) noexcept : simulation_(&simulation) {
      ++simulation_->busy_;
    }
    ~Busy() { --simulation_->busy_; }
    Busy(const Busy&) = delete;
    Busy& operator=(const Busy&) = delete;

   private:
    Simulation* simulation_;
  };

  Scheduler& scheduler() noexcept { return scheduler_; }
  Rng rng(std::string_view process) const { return rng_.stream(process); }
  void bury(Process& process);
  bool dying(const Process& process) const noexcept;
  void bury_killed();
  bool step_until(Time limit);

  const std::uint64_t seed_;
  Rng rng_;
  Trace trace_;
  Scheduler scheduler_;
  TraceSource source_;
  SimRuntime runtime_;
  int busy_ = 0;
  std::uint64_t events_processed_ = 0;
  std::vector<Process*> killed_;  // Die before the next event, in this order.
  std::vector<std::unique_ptr<Process>> processes_;
  std::map<std::string, Process*, std::less<>> by_name_;
};

}  // namespace sdbtwin::sim
