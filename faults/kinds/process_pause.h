// SIGSTOP for a process, then SIGCONT: what falls due meanwhile runs late, in order.
#pragma once

#include <compare>
#include <memory>
#include <string>
#include <string_view>

#include "faults/effect.h"
#include "faults/fields.h"

namespace sdbtwin::faults {

struct ProcessPause {
  static constexpr std::string_view kName = "processPause";
  static constexpr std::string_view kDescription =
      "a process stands still for a while (SIGSTOP, SIGCONT)";
  HealedOutcome outcome() const { return HealedOutcome::kConverges; }

  std::string process;
  sim::Duration duration{};

  auto operator<=>(const ProcessPause&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V& v) {
    v.process("process", self.process, Processes::kMortal);
    v.duration("for", self.duration, "say how long, for example `for: 30s`");
  }
};

std::string describe(const ProcessPause& fault);
std::unique_ptr<Effect> make_effect(const ProcessPause& fault, EffectHost& host);

}  // namespace sdbtwin::faults
