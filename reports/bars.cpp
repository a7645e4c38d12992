#include "reports/bars.h"

#include <fmt/format.h>

#include <algorithm>

namespace sdbtwin::reports {
namespace {

using scenarios::PodRestart;

constexpr std::int64_t kBarColumns = 48;
constexpr std::size_t kNameColumns = 30;

sim::Time last_known(const PodRestart& restart) {
  for (const auto& time : {restart.next, restart.ready, restart.started, restart.scheduled,
                           restart.created, restart.gone}) {
    if (time) return *time;
  }
  return restart.evicted;
}

struct Axis {
  sim::Time from;
  sim::Time to;

  std::int64_t column(sim::Time time) const {
    const std::int64_t span = std::max<std::int64_t>(1, (to - from).count());
    // Through microseconds: a product of nanoseconds and columns fits, but leave no doubt.
    return (time - from).count() / 1'000 * kBarColumns / std::max<std::int64_t>(1, span / 1'000);
  }
};

void fill(std::string& bar, const Axis& axis, sim::Time from, sim::Time to, char mark) {
  const std::int64_t first = std::clamp<std::int64_t>(axis.column(from), 0, kBarColumns - 1);
  const std::int64_t last = std::clamp<std::int64_t>(axis.column(to), first + 1, kBarColumns);
  for (std::int64_t i = first; i < last; ++i) bar[static_cast<std::size_t>(i)] = mark;
}

std::string bar_of(const PodRestart& restart, const Axis& axis) {
  std::string bar(static_cast<std::size_t>(kBarColumns), ' ');
  const sim::Time gone = restart.gone.value_or(axis.to);
  fill(bar, axis, restart.evicted, gone, 'x');
  if (!restart.gone) return bar;
  const sim::Time scheduled = restart.scheduled.value_or(axis.to);
  if (axis.column(scheduled) > axis.column(gone)) fill(bar, axis, gone, scheduled, '.');
  if (!restart.scheduled) return bar;
  const sim::Time ready = restart.ready.value_or(axis.to);
  fill(bar, axis, scheduled, ready, '=');
  if (!restart.ready) return bar;
  const sim::Time next = restart.next.value_or(*restart.ready);
  if (axis.column(next) > axis.column(ready)) fill(bar, axis, ready, next, 'r');
  return bar;
}

std::string part(const std::optional<sim::Time>& from, const std::optional<sim::Time>& to) {
  if (!from || !to) return "-";
  return sim::format_duration(std::chrono::duration_cast<std::chrono::milliseconds>(*to - *from));
}

}  // namespace

std::string render_bars(const std::vector<PodRestart>& restarts, const TextOptions& options) {
  if (restarts.empty()) return {};
  Axis axis{restarts.front().evicted, restarts.front().evicted};
  for (const PodRestart& restart : restarts) {
    axis.from = std::min(axis.from, restart.evicted);
    axis.to = std::max(axis.to, last_known(restart));
  }
  std::string out;
  for (const PodRestart& restart : restarts) {
    out += fmt::format("  {}  |{}|  ready after {} (stop {}, start {})\n",
                       pad(restart.pod, kNameColumns), bar_of(restart, axis),
                       part(restart.evicted, restart.ready), part(restart.evicted, restart.gone),
                       part(restart.gone, restart.ready));
  }
  out += fmt::format("  {}  {}\n", pad("", kNameColumns),
                     paint(options, Ink::kDim,
                           "x stopping  . waiting for a node  = starting  r checked by the gates"));
  return out;
}

}  // namespace sdbtwin::reports
