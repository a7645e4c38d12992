#include "faults/kinds/process_pause.h"

#include <fmt/format.h>

#include "faults/leader.h"
#include "sim/engine/simulation.h"

namespace sdbtwin::faults {
namespace {

class ProcessPauseEffect final : public Effect {
 public:
  ProcessPauseEffect(ProcessPause fault, EffectHost& host)
      : Effect(host), fault_(std::move(fault)) {}

  bool strikes_at_once() const override { return true; }

  bool take_hold() override {
    sim::Process* process = find_process(environment(), fault_.process);
    if (process == nullptr || !process->alive()) return false;
    process_ = process;
    host().fired("process " + std::string(process->name()));
    process->pause();
    host().after(fault_.duration, [this] {
      heal();
      host().healed();
    });
    return true;
  }

  void heal() override {
    if (process_ != nullptr) process_->resume();
  }

 private:
  ProcessPause fault_;
  sim::Process* process_ = nullptr;
};

}  // namespace

std::string describe(const ProcessPause& fault) {
  return fmt::format("pause {} for {}", fault.process, sim::format_duration(fault.duration));
}

std::unique_ptr<Effect> make_effect(const ProcessPause& fault, EffectHost& host) {
  return std::make_unique<ProcessPauseEffect>(fault, host);
}

}  // namespace sdbtwin::faults
