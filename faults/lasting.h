// How long a fault goes on, and the base of effects that go on for a while and are then taken back.
#pragma once

#include <compare>
#include <functional>
#include <optional>
#include <string>

#include "faults/effect.h"
#include "faults/trigger.h"

namespace sdbtwin::faults {

// Whichever comes first; neither: until the faults of the run are ended.
struct Lasting {
  std::optional<sim::Duration> duration;
  std::optional<Trigger> until;

  bool ends() const { return duration || until; }
  auto operator<=>(const Lasting&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V& v) {
    v.duration("for", self.duration);
    v.trigger("until", self.until);
  }
};

std::string describe(const Lasting& lasting);  // " for 10s until ..."; "" when it has no end

// Calls `end` when the time is over; twice when both ways out come.
void watch_for_end(EffectHost& host, const Lasting& lasting, const std::function<void()>& end);

// begin() at its moment, end() when its time is over or it is healed.
class LastingEffect : public Effect {
 public:
  LastingEffect(EffectHost& host, Lasting lasting) : Effect(host), lasting_(std::move(lasting)) {}

  bool take_hold() final;
  void heal() final;

 protected:
  // Effect: it is in force. nullopt: there is nothing to strike now. Else what it touches, and it
  // has fired; or "", and it fires later by host().fired().
  virtual std::optional<std::string> begin() = 0;
  // Effect: it is taken back. Called once, after begin().
  virtual void end() = 0;
  // From begin() to end(); not in end(), where what was held back passes again.
  bool in_force() const { return in_force_; }

 private:
  void over();

  Lasting lasting_;
  bool in_force_ = false;
};

}  // namespace sdbtwin::faults
