#include "faults/kinds/black_hole.h"

#include <fmt/format.h>

#include "faults/target_resolver.h"

namespace sdbtwin::faults {
namespace {

class BlackHoleEffect final : public LastingEffect {
 public:
  BlackHoleEffect(BlackHole fault, EffectHost& host)
      : LastingEffect(host, fault.lasting), fault_(std::move(fault)) {}

 private:
  std::optional<std::string> begin() override {
    const std::optional<PodName> pod = resolve(fault_.target, environment());
    if (!pod || environment().fleet == nullptr) return std::nullopt;
    pod_ = *pod;
    environment().fleet->black_hole_pod(pod_.namespace_, pod_.name, true);
    return fmt::format("network of pod {}", to_string(pod_));
  }

  void end() override { environment().fleet->black_hole_pod(pod_.namespace_, pod_.name, false); }

  BlackHole fault_;
  PodName pod_;
};

}  // namespace

std::string describe(const BlackHole& fault) {
  return fmt::format("nothing gets to or from {}", to_string(fault.target)) +
         describe(fault.lasting);
}

std::unique_ptr<Effect> make_effect(const BlackHole& fault, EffectHost& host) {
  return std::make_unique<BlackHoleEffect>(fault, host);
}

}  // namespace sdbtwin::faults
