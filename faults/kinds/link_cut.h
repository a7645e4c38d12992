// Packets between two database nodes are dropped in both directions, and only those.
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

struct LinkCut {
  static constexpr std::string_view kName = "linkCut";
  static constexpr std::string_view kDescription =
      "packets between two database nodes are dropped, in both directions";
  HealedOutcome outcome() const { return HealedOutcome::kRequestMayFail; }

  Target from;
  Target to;
  Lasting lasting;

  auto operator<=>(const LinkCut&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V& v) {
    v.target("from", self.from);
    v.target("to", self.to);
    Lasting::fields(self.lasting, v);
  }
};

std::string describe(const LinkCut& fault);
std::unique_ptr<Effect> make_effect(const LinkCut& fault, EffectHost& host);

}  // namespace sdbtwin::faults
