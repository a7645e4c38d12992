// A pod's containers run and its readiness checks fail, also those of a pod that replaces it.
// Liveness is not concerned. A container without a readiness probe is treated as one that has a
// probe that fails.
#pragma once

#include <compare>
#include <memory>
#include <string>
#include <string_view>

#include "faults/effect.h"
#include "faults/fields.h"
#include "faults/lasting.h"
#include "faults/target.h"

namespace sdbtwin::faults {

struct PodNeverReady {
  static constexpr std::string_view kName = "podNeverReady";
  static constexpr std::string_view kDescription =
      "a pod and those that replace it fail their readiness checks";
  HealedOutcome outcome() const { return HealedOutcome::kRequestMayFail; }

  Target target;
  Lasting lasting;

  auto operator<=>(const PodNeverReady&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V& v) {
    v.target("target", self.target);
    Lasting::fields(self.lasting, v);
  }
};

std::string describe(const PodNeverReady& fault);
std::unique_ptr<Effect> make_effect(const PodNeverReady& fault, EffectHost& host);

}  // namespace sdbtwin::faults
