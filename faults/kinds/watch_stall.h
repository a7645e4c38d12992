// What a process watches stands still for a while: it acts on a cache that shows the past, and gets
// all it missed when the stall ends. Streams that it opens meanwhile begin with the present state,
// and stand still from then on.
#pragma once

#include <compare>
#include <memory>
#include <string>
#include <string_view>

#include "faults/effect.h"
#include "faults/lasting.h"
#include "faults/patterns.h"

namespace sdbtwin::faults {

struct WatchStall {
  static constexpr std::string_view kName = "watchStall";
  static constexpr std::string_view kDescription =
      "events of a process's watches are held back: its cache shows the past";
  HealedOutcome outcome() const { return HealedOutcome::kRequestMayFail; }

  std::string process;   // a glob; empty: everybody's
  ObjectPattern object;  // the first event of these holds its whole stream
  Lasting lasting;

  auto operator<=>(const WatchStall&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V& v) {
    v.process("process", self.process, Processes::kClients);
    v.object(self.object);
    Lasting::fields(self.lasting, v);
  }
};

std::string describe(const WatchStall& fault);
std::unique_ptr<Effect> make_effect(const WatchStall& fault, EffectHost& host);

}  // namespace sdbtwin::faults
