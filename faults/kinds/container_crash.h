// The process in a container ends by itself: what it had not written is lost, and the kubelet
// starts it again with back-off. `times` above 1: also the runs that follow, each as soon as it has
// run for `runs_for`.
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "faults/effect.h"
#include "faults/fields.h"
#include "faults/target.h"

namespace sdbtwin::faults {

struct ContainerCrash {
  static constexpr std::string_view kName = "containerCrash";
  static constexpr std::string_view kDescription =
      "a container of a pod ends by itself, once or as often as it is started again";
  HealedOutcome outcome() const { return HealedOutcome::kRequestMayFail; }

  Target target;  // the pod is looked up at the first crash
  std::string container{kDatabaseContainer};
  std::int32_t times = 1;
  std::int32_t exit_code = 137;  // 128 + SIGKILL: what the out-of-memory killer leaves
  sim::Duration runs_for{};      // of the runs after the first crash

  auto operator<=>(const ContainerCrash&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V& v) {
    v.target("target", self.target);
    v.text("container", self.container, "");
    v.number("times", self.times, 1, 1'000);
    v.number("exitCode", self.exit_code, 0, 255);
    v.duration("runsFor", self.runs_for, "");
  }
};

std::string describe(const ContainerCrash& fault);
std::unique_ptr<Effect> make_effect(const ContainerCrash& fault, EffectHost& host);

}  // namespace sdbtwin::faults
