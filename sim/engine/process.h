#pragma once

// Process: the unit of crash. Every task, timer and event belongs to one.
// A kill takes effect before the next event, never inside a running frame: the runtime is closed
// first, then the frames are destroyed (innermost first, the newest task first), then the actor.
// Nothing of an incarnation survives; start() and restart() build everything anew from the factory.
// What arrives later for the dead process is dropped. The Process object itself lives as long as
// its Simulation, so that a Process& is the handle that tells that an actor is gone.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/rng.h"
#include "sim/core/runtime.h"
#include "sim/core/time.h"
#include "sim/core/timer.h"
#include "sim/core/trace.h"
#include "sim/engine/sim_runtime.h"

namespace sdbtwin::sim {

class Simulation;

// Whatever a process keeps in memory. Its destructor runs with the runtime closed.
class Actor {
 public:
  virtual ~Actor() = default;
};

// The factory of a process, called at every start. It spawns the first tasks and may return
// nullptr.
using ProcessMain = std::function<std::unique_ptr<Actor>(Runtime&)>;

// The engine's own trace events, in the name of the process concerned.
struct ProcessStarted {
  static constexpr std::string_view kName = "process-started";
  std::uint64_t incarnation;
  template <class V>
  void visit(V& v) const {
    v("incarnation", incarnation);
  }
};
struct ProcessKilled {
  static constexpr std::string_view kName = "process-killed";
  std::uint64_t incarnation;
  template <class V>
  void visit(V& v) const {
    v("incarnation", incarnation);
  }
};
struct ProcessPaused {
  static constexpr std::string_view kName = "process-paused";
  template <class V>
  void visit(V&) const {}
};
struct ProcessResumed {
  static constexpr std::string_view kName = "process-resumed";
  template <class V>
  void visit(V&) const {}
};

class Process {
 public:
  // For Simulation only.
  Process(Simulation& simulation, std::uint32_t id, std::string name, ProcessMain main);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  std::string_view name() const noexcept { return name_; }
  std::uint32_t id() const noexcept { return source_.process_id; }
  // Started, and neither killed nor about to be.
  bool alive() const noexcept { return alive_; }
  bool paused() const noexcept;
  // How often it has been started.
  std::uint64_t incarnation() const noexcept { return runtimes_.size(); }
  // Of the present incarnation, or closed, of the last. Precondition: has been started once.
  Runtime& runtime() noexcept;
  // nullptr: not alive, or the factory has not returned yet, or it returned none.
  Actor* actor() noexcept { return alive_ ? actor_.get() : nullptr; }

  // Effect: builds a new incarnation, now; if a kill is still to take effect, right after it.
  // Replaces a restart that is pending. Precondition: not alive.
  void start();
  // Effect: dead before the next event. Cancels a restart that is pending.
  void kill();
  // Effect: kill(), and a new incarnation `after` from now. The last call counts.
  void restart(Duration after);
  // Events that become due are held from the next one on, and run in their order after resume().
  // Nothing happens when the process is not alive.
  void pause();
  void resume();

 private:
  friend class Simulation;

  void build();
  void die() noexcept;
  void close() noexcept;
  void destroy_frames() noexcept;
  template <class E>
  void trace(const E& event);

  Simulation* simulation_;
  std::string name_;
  TraceSource source_;
  ProcessMain main_;
  bool alive_ = false;
  bool start_after_kill_ = false;
  std::vector<std::unique_ptr<SimRuntime>> runtimes_;  // The last is the present one.
  std::unique_ptr<Actor> actor_;
  Timer restart_;  // On the simulation's own runtime.
};

}  // namespace sdbtwin::sim
