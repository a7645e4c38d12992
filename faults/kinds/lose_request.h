// The next matching write never reaches the server: its sender sees a lost connection, and cannot
// tell it from a lost answer.
#pragma once

#include <compare>
#include <memory>
#include <string>
#include <string_view>

#include "faults/effect.h"
#include "faults/patterns.h"

namespace sdbtwin::faults {

struct LoseRequest {
  static constexpr std::string_view kName = "loseRequest";
  static constexpr std::string_view kDescription =
      "the next matching write is not applied, and its sender sees a lost connection";
  HealedOutcome outcome() const { return HealedOutcome::kConverges; }

  RequestPattern request;

  auto operator<=>(const LoseRequest&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V& v) {
    RequestPattern::fields(self.request, v);
  }
};

std::string describe(const LoseRequest& fault);
std::unique_ptr<Effect> make_effect(const LoseRequest& fault, EffectHost& host);

}  // namespace sdbtwin::faults
