// The storage back end does not finish attaching a pod's network disks to a node: each attempt runs
// into the attach-detach controller's time limit. Attachments that are there stay.
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

struct AttachStuck {
  static constexpr std::string_view kName = "attachStuck";
  static constexpr std::string_view kDescription =
      "network disks of a pod cannot be attached to a node, for a while or until the faults end";
  HealedOutcome outcome() const { return HealedOutcome::kRequestMayFail; }

  Target target;
  Lasting lasting;

  auto operator<=>(const AttachStuck&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V& v) {
    v.target("target", self.target);
    Lasting::fields(self.lasting, v);
  }
};

std::string describe(const AttachStuck& fault);
std::unique_ptr<Effect> make_effect(const AttachStuck& fault, EffectHost& host);

}  // namespace sdbtwin::faults
