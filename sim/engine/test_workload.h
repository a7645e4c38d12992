#pragma once

// A busy crowd for tests of the engine: processes that sleep, nest, race, spawn, signal and send to
// each other at random, so that a kill finds frames suspended in every way there is.
// Every frame and actor counts itself; whatever survives its process is found. For tests only.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sim/core/channel.h"
#include "sim/core/event.h"
#include "sim/core/runtime.h"
#include "sim/engine/simulation.h"

namespace sdbtwin::sim {

// What a process leaves behind on the outside: others reach it there, dead or alive.
struct Mailbox {
  Channel<std::int64_t> mail;
  Signal bell;
  int frames = 0;  // Frames and actors of the process that exist now.
};

struct Step {
  static constexpr std::string_view kName = "step";
  std::string what;
  std::int64_t value;
  template <class V>
  void visit(V& v) const {
    v("what", what);
    v("value", value);
  }
};

class Crowd {
 public:
  // Adds `count` processes to the simulation, and starts them. Destroy the crowd after it.
  void join(Simulation& simulation, int count);

  Process& process(std::size_t i) { return *processes_[i]; }
  Mailbox& mailbox(std::size_t i) { return *mailboxes_[i]; }
  std::size_t size() const { return processes_.size(); }

 private:
  std::vector<Process*> processes_;
  std::vector<std::unique_ptr<Mailbox>> mailboxes_;
};

}  // namespace sdbtwin::sim
