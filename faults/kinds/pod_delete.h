// Somebody deletes a pod by hand, through the API: neither the operator nor a budget is asked.
#pragma once

#include <compare>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "faults/effect.h"
#include "faults/fields.h"
#include "faults/target.h"

namespace sdbtwin::faults {

// The name by which faults that are requests are seen by the API server and in the trace.
inline constexpr std::string_view kFaultClient = "fault-injector";

struct PodDelete {
  static constexpr std::string_view kName = "podDelete";
  static constexpr std::string_view kDescription =
      "a pod is deleted through the API, without asking the operator or a budget";
  HealedOutcome outcome() const { return HealedOutcome::kRequestMayFail; }

  Target target;
  std::optional<sim::Duration> grace_period;  // whole seconds; absent: the pod's own
  bool force = false;  // at once: the object goes before its containers have ended

  auto operator<=>(const PodDelete&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V& v) {
    v.target("target", self.target);
    v.duration("gracePeriod", self.grace_period);
    v.flag("force", self.force);
    v.check(!self.force || !self.grace_period, "has both `force` and `gracePeriod`",
            "a forced deletion has no grace period: leave one of them out");
  }
};

std::string describe(const PodDelete& fault);
std::unique_ptr<Effect> make_effect(const PodDelete& fault, EffectHost& host);

}  // namespace sdbtwin::faults
