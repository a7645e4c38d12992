// SIGKILL for a process of the cluster. What it had sent may still be applied.
#pragma once

#include <compare>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "faults/effect.h"
#include "faults/fields.h"

namespace sdbtwin::faults {

struct ProcessKill {
  static constexpr std::string_view kName = "processKill";
  static constexpr std::string_view kDescription =
      "a process dies at once (SIGKILL), and may be restarted later";
  HealedOutcome outcome() const {
    return restart_after ? HealedOutcome::kConverges : HealedOutcome::kStays;
  }

  std::string process;
  std::optional<sim::Duration> restart_after;  // absent: it stays dead

  auto operator<=>(const ProcessKill&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V& v) {
    v.process("process", self.process, Processes::kMortal);
    v.duration("restartAfter", self.restart_after);
  }
};

std::string describe(const ProcessKill& fault);
std::unique_ptr<Effect> make_effect(const ProcessKill& fault, EffectHost& host);

}  // namespace sdbtwin::faults
