// Packets to and from a database node are dropped: its process runs, and nobody hears of it.
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

struct BlackHole {
  static constexpr std::string_view kName = "blackHole";
  static constexpr std::string_view kDescription =
      "packets to and from a database node are dropped, and its process runs on";
  HealedOutcome outcome() const { return HealedOutcome::kRequestMayFail; }

  Target target;
  Lasting lasting;

  auto operator<=>(const BlackHole&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V& v) {
    v.target("target", self.target);
    Lasting::fields(self.lasting, v);
  }
};

std::string describe(const BlackHole& fault);
std::unique_ptr<Effect> make_effect(const BlackHole& fault, EffectHost& host);

}  // namespace sdbtwin::faults
