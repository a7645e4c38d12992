#include "sim/engine/simulation.h"

#include <algorithm>
#include <utility>

#include "sim/core/assert.h"
#include "sim/core/hash.h"

namespace sdbtwin::sim {
namespace {

constexpr std::string_view kOwnName = "simulation";

}  // namespace

Simulation::Simulation(std::uint64_t seed)
    : seed_(seed),
      rng_(seed),
      source_{.process_id = 0, .process = kOwnName, .process_hash = hash64(kOwnName)},
      runtime_(scheduler_, trace_, source_, rng_.stream(kOwnName)) {}

Simulation::~Simulation() {
  SIM_ASSERT(busy_ == 0);
  ++busy_;  // A kill from within a destructor has no effect any more.
  runtime_.close();
  for (const auto& process : processes_) process->close();
  runtime_.destroy_frames();
  for (auto process = processes_.rbegin(); process != processes_.rend(); ++process) {
    (*process)->destroy_frames();
  }
  for (auto process = processes_.rbegin(); process != processes_.rend(); ++process) {
    (*process)->actor_.reset();
  }
  while (!processes_.empty()) processes_.pop_back();
}

Process& Simulation::add_process(std::string name, ProcessMain main) {
  SIM_ASSERT(name != kOwnName);
  SIM_ASSERT(!by_name_.contains(name));
  const auto id = static_cast<std::uint32_t>(processes_.size() + 1);
  Process& process =
      *processes_.emplace_back(std::make_unique<Process>(*this, id, name, std::move(main)));
  by_name_.emplace(std::move(name), &process);
  return process;
}

Process* Simulation::find(std::string_view name) noexcept {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : found->second;
}

void Simulation::bury(Process& process) {
  killed_.push_back(&process);
  if (busy_ == 0 && !trace_.delivering()) bury_killed();
}

bool Simulation::dying(const Process& process) const noexcept {
  return std::find(killed_.begin(), killed_.end(), &process) != killed_.end();
}

void Simulation::bury_killed() {
  while (!killed_.empty()) {
    Process& process = *killed_.front();
    process.die();
    killed_.erase(killed_.begin());
    if (process.start_after_kill_) process.build();
  }
}

bool Simulation::step() { return step_until(Time::max()); }

bool Simulation::step_until(Time limit) {
  SIM_ASSERT(busy_ == 0);
  if (!killed_.empty()) bury_killed();
  Waiter* waiter = scheduler_.next(limit);
  if (waiter == nullptr) return false;
  ++events_processed_;
  // The waiter may be gone after fire(); frames of this runtime only have run in it.
  auto& runtime = static_cast<SimRuntime&>(*waiter->runtime());
  {
    const Busy busy(*this);
    waiter->fire();
    runtime.reap_ended();
  }
  if (!killed_.empty()) bury_killed();
  return true;
}

void Simulation::run_until(Time time) {
  while (step_until(time)) {
  }
  scheduler_.advance_to(time);
}

bool Simulation::run_until(std::function<bool()> done, Time deadline) {
  if (done()) return true;
  while (step_until(deadline)) {
    if (done()) return true;
  }
  scheduler_.advance_to(deadline);
  return false;
}

}  // namespace sdbtwin::sim
