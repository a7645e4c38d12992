// The next matching write is applied, but its sender sees a lost connection.
#pragma once

#include <compare>
#include <memory>
#include <string>
#include <string_view>

#include "faults/effect.h"
#include "faults/patterns.h"

namespace sdbtwin::faults {

struct LoseAnswer {
  static constexpr std::string_view kName = "loseAnswer";
  static constexpr std::string_view kDescription =
      "the next matching write is applied, but its sender never hears of it";
  HealedOutcome outcome() const { return HealedOutcome::kConverges; }

  RequestPattern request;

  auto operator<=>(const LoseAnswer&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V& v) {
    RequestPattern::fields(self.request, v);
  }
};

std::string describe(const LoseAnswer& fault);
std::unique_ptr<Effect> make_effect(const LoseAnswer& fault, EffectHost& host);

}  // namespace sdbtwin::faults
