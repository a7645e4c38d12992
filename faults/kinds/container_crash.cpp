#include "faults/kinds/container_crash.h"

#include <fmt/format.h>

#include <optional>

#include "faults/target_resolver.h"

namespace sdbtwin::faults {
namespace {

class ContainerCrashEffect final : public Effect {
 public:
  ContainerCrashEffect(ContainerCrash fault, EffectHost& host)
      : Effect(host), fault_(std::move(fault)) {}

  bool take_hold() override {
    const std::optional<PodName> pod = resolve(fault_.target, environment());
    if (!pod) return false;
    pod_ = *pod;
    for (cluster::NodeMachine* machine : environment().machines) {
      for (const auto& [uid, here] : machine->pods()) {
        if (here.namespace_ != pod_.namespace_ || here.name != pod_.name) continue;
        const cluster::NodeMachine::Container* container = here.find(fault_.container);
        if (container == nullptr || !container->current || !container->current->running()) continue;
        crash(*machine, container->current->id);
        return true;
      }
    }
    return false;
  }

  void on_event(const sim::TraceEvent& event) override {
    const auto* started = event.get_if<cluster::ContainerStarted>();
    if (started == nullptr || started->pod != pod_.name || started->namespace_ != pod_.namespace_ ||
        started->container != fault_.container) {
      return;
    }
    for (cluster::NodeMachine* machine : environment().machines) {
      if (machine->name() != started->node) continue;
      host().after(fault_.runs_for,
                   [this, machine, instance = started->instance] { crash(*machine, instance); });
    }
  }

  void heal() override { crashed_ = fault_.times; }
  bool settled() const override { return crashed_ >= fault_.times; }

 private:
  void crash(cluster::NodeMachine& machine, std::uint64_t instance) {
    if (crashed_ >= fault_.times || !machine.crash(instance, fault_.exit_code)) return;
    std::string touched = fmt::format("container {} of pod {}", fault_.container, to_string(pod_));
    if (++crashed_ == 1) {
      host().fired(std::move(touched));
    } else {
      host().more(fmt::format("{}, {} times", touched, crashed_));
    }
    if (crashed_ >= fault_.times) host().healed();
  }

  ContainerCrash fault_;
  PodName pod_;
  std::int32_t crashed_ = 0;
};

}  // namespace

std::string describe(const ContainerCrash& fault) {
  std::string text = fmt::format("crash container {} of {} with exit code {}", fault.container,
                                 to_string(fault.target), fault.exit_code);
  if (fault.times == 1) return text;
  text += fmt::format(", {} times", fault.times);
  if (fault.runs_for > sim::Duration::zero()) {
    text += fmt::format(", each {} after its start", sim::format_duration(fault.runs_for));
  }
  return text;
}

std::unique_ptr<Effect> make_effect(const ContainerCrash& fault, EffectHost& host) {
  return std::make_unique<ContainerCrashEffect>(fault, host);
}

}  // namespace sdbtwin::faults
