#include "faults/lasting.h"

namespace sdbtwin::faults {

std::string describe(const Lasting& lasting) {
  std::string text;
  if (lasting.duration) text += " for " + sim::format_duration(*lasting.duration);
  if (lasting.until) text += " until " + describe(*lasting.until);
  return text;
}

void watch_for_end(EffectHost& host, const Lasting& lasting, const std::function<void()>& end) {
  if (lasting.duration) host.after(*lasting.duration, end);
  if (!lasting.until) return;
  // Not while the event is delivered: what ends is an event of its own.
  host.when(*lasting.until, [&host, end] { host.after(sim::Duration::zero(), end); });
}

bool LastingEffect::take_hold() {
  std::optional<std::string> touched = begin();
  if (!touched) return false;
  in_force_ = true;
  if (!touched->empty()) host().fired(*std::move(touched));
  watch_for_end(host(), lasting_, [this] { over(); });
  return true;
}

void LastingEffect::heal() {
  if (!in_force_) return;
  in_force_ = false;
  end();
}

void LastingEffect::over() {
  if (!in_force_) return;
  heal();
  host().healed();
}

}  // namespace sdbtwin::faults
