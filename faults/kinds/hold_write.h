// The next matching write, once armed, is applied only later: it lies at the server's door.
#pragma once

#include <compare>
#include <memory>
#include <string>
#include <string_view>

#include "faults/effect.h"
#include "faults/lasting.h"
#include "faults/patterns.h"

namespace sdbtwin::faults {

struct HoldWrite {
  static constexpr std::string_view kName = "holdWrite";
  static constexpr std::string_view kDescription =
      "the next matching write is held before it is applied";
  HealedOutcome outcome() const { return HealedOutcome::kConverges; }

  RequestPattern request;
  Lasting lasting;  // has an end

  auto operator<=>(const HoldWrite&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V& v) {
    RequestPattern::fields(self.request, v);
    Lasting::fields(self.lasting, v);
    v.check(self.lasting.ends(), "never ends",
            "say how long: `for: 10s` or `until: {condition: ...}`");
  }
};

std::string describe(const HoldWrite& fault);
std::unique_ptr<Effect> make_effect(const HoldWrite& fault, EffectHost& host);

}  // namespace sdbtwin::faults
