#include "sim/engine/process.h"

#include <utility>

#include "sim/core/assert.h"
#include "sim/core/hash.h"
#include "sim/engine/simulation.h"

namespace sdbtwin::sim {

Process::Process(Simulation& simulation, std::uint32_t id, std::string name, ProcessMain main)
    : simulation_(&simulation),
      name_(std::move(name)),
      source_{.process_id = id, .process = name_, .process_hash = hash64(name_)},
      main_(std::move(main)),
      restart_(simulation.runtime(), [this] {
        if (!alive_) start();
      }) {
  SIM_ASSERT(main_ != nullptr);
}

Process::~Process() { SIM_ASSERT(actor_ == nullptr); }

Runtime& Process::runtime() noexcept {
  SIM_ASSERT(!runtimes_.empty());
  return *runtimes_.back();
}

bool Process::paused() const noexcept {
  return alive_ && runtimes_.back()->gate() == SimRuntime::Gate::kPaused;
}

template <class E>
void Process::trace(const E& event) {
  simulation_->trace().emit(source_, simulation_->now(), kEventType<E>, &event);
}

void Process::start() {
  SIM_ASSERT(!alive_);
  restart_.cancel();
  if (simulation_->dying(*this)) {
    start_after_kill_ = true;
    return;
  }
  build();
}

void Process::build() {
  start_after_kill_ = false;
  // The first incarnation's random streams are those of the name; later ones have their own.
  Rng rng = simulation_->rng(name_);
  if (!runtimes_.empty()) rng = rng.stream(std::to_string(incarnation() + 1));
  runtimes_.push_back(
      std::make_unique<SimRuntime>(simulation_->scheduler(), simulation_->trace(), source_, rng));
  alive_ = true;
  trace(ProcessStarted{incarnation()});
  const Simulation::Busy busy(*simulation_);  // A kill from within the factory waits for its end.
  actor_ = main_(*runtimes_.back());
}

void Process::kill() {
  restart_.cancel();
  start_after_kill_ = false;
  if (!alive_) return;
  alive_ = false;
  simulation_->bury(*this);
}

void Process::restart(Duration after) {
  kill();
  restart_.set(later(simulation_->now(), after));
}

void Process::close() noexcept {
  if (!runtimes_.empty()) runtimes_.back()->close();
}

void Process::destroy_frames() noexcept {
  if (!runtimes_.empty()) runtimes_.back()->destroy_frames();
}

void Process::die() noexcept {
  const Simulation::Busy busy(*simulation_);  // A kill from within a destructor waits for its end.
  close();
  destroy_frames();
  actor_.reset();
  trace(ProcessKilled{incarnation()});
}

void Process::pause() {
  if (!alive_ || paused()) return;
  runtimes_.back()->pause();
  trace(ProcessPaused{});
}

void Process::resume() {
  if (!paused()) return;
  runtimes_.back()->resume();
  trace(ProcessResumed{});
}

}  // namespace sdbtwin::sim
