// The watch connections of a process break and cannot be opened for a while; everything else that
// it asks is answered. Then it watches on from the last revision it has seen; where the history
// from there is lost (a compaction, a restarted server), it has to list again and never sees what
// lay in between.
#pragma once

#include <compare>
#include <memory>
#include <string>
#include <string_view>

#include "faults/effect.h"
#include "faults/fields.h"

namespace sdbtwin::faults {

struct WatchBreak {
  static constexpr std::string_view kName = "watchBreak";
  static constexpr std::string_view kDescription =
      "watches break for a while, and with `historyLost` their clients have to list again";
  HealedOutcome outcome() const { return HealedOutcome::kConverges; }

  std::string process;  // a glob; empty: everybody's
  sim::Duration duration{};
  bool history_lost = false;  // at its end, for everybody: what is older is compacted

  auto operator<=>(const WatchBreak&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V& v) {
    v.process("process", self.process, Processes::kClients);
    v.duration("for", self.duration, "say how long, for example `for: 10s`");
    v.flag("historyLost", self.history_lost);
  }
};

std::string describe(const WatchBreak& fault);
std::unique_ptr<Effect> make_effect(const WatchBreak& fault, EffectHost& host);

}  // namespace sdbtwin::faults
