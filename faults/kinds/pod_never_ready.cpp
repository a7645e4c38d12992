#include "faults/kinds/pod_never_ready.h"

#include <fmt/format.h>

#include "faults/target_resolver.h"

namespace sdbtwin::faults {
namespace {

class PodNeverReadyEffect final : public LastingEffect {
 public:
  PodNeverReadyEffect(PodNeverReady fault, EffectHost& host)
      : LastingEffect(host, fault.lasting), fault_(std::move(fault)) {}

 private:
  std::optional<std::string> begin() override {
    const std::optional<PodName> pod = resolve(fault_.target, environment());
    if (!pod || environment().machines.empty()) return std::nullopt;
    pod_ = *pod;
    set(true);
    return fmt::format("readiness of pod {}", to_string(pod_));
  }

  void end() override { set(false); }

  void set(bool withheld) {
    for (cluster::NodeMachine* machine : environment().machines) {
      machine->withhold_readiness(pod_.namespace_, pod_.name, withheld);
    }
  }

  PodNeverReady fault_;
  PodName pod_;
};

}  // namespace

std::string describe(const PodNeverReady& fault) {
  return fmt::format("the pod of {} is not ready", to_string(fault.target)) +
         describe(fault.lasting);
}

std::unique_ptr<Effect> make_effect(const PodNeverReady& fault, EffectHost& host) {
  return std::make_unique<PodNeverReadyEffect>(fault, host);
}

}  // namespace sdbtwin::faults
