#include "faults/kinds/process_kill.h"

#include <fmt/format.h>

#include "faults/leader.h"
#include "sim/engine/simulation.h"

namespace sdbtwin::faults {
namespace {

class ProcessKillEffect final : public Effect {
 public:
  ProcessKillEffect(ProcessKill fault, EffectHost& host) : Effect(host), fault_(std::move(fault)) {}

  bool strikes_at_once() const override { return true; }

  bool take_hold() override {
    sim::Process* process = find_process(environment(), fault_.process);
    if (process == nullptr || !process->alive()) return false;
    process_ = process;
    host().fired("process " + std::string(process->name()));
    if (fault_.restart_after) {
      process->restart(*fault_.restart_after);
    } else {
      process->kill();
    }
    return true;
  }

  void on_event(const sim::TraceEvent& event) override {
    if (process_ == nullptr || event.get_if<sim::ProcessStarted>() == nullptr) return;
    if (event.process == process_->name()) host().healed();
  }

  void heal() override {
    const bool waits = process_ != nullptr && !process_->alive() && fault_.restart_after;
    if (waits) process_->restart(sim::Duration::zero());
  }

  bool settled() const override { return !fault_.restart_after; }

 private:
  ProcessKill fault_;
  sim::Process* process_ = nullptr;
};

}  // namespace

std::string describe(const ProcessKill& fault) {
  if (!fault.restart_after) return fmt::format("kill {} for good", fault.process);
  return fmt::format("kill {}, restart after {}", fault.process,
                     sim::format_duration(*fault.restart_after));
}

std::unique_ptr<Effect> make_effect(const ProcessKill& fault, EffectHost& host) {
  return std::make_unique<ProcessKillEffect>(fault, host);
}

}  // namespace sdbtwin::faults
