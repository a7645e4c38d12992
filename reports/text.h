// A run as a person likes to read it: verdict first, then the story with virtual times, the pods as
// bars, the gates with what they compared, where the time went, faults and margins.
//
// Deterministic: the same RunResult gives the same bytes. Speed (wall clock) is speed_line(),
// apart.
#pragma once

#include <string>
#include <vector>

#include "reports/style.h"
#include "scenarios/verdict/result.h"

namespace sdbtwin::reports {

std::string render_text(const scenarios::RunResult& result, const TextOptions& options);

// One line per run, in a table; more lines below those that did not pass.
std::string render_summary(const std::vector<scenarios::RunResult>& results,
                           const TextOptions& options, bool without_passed = false);

// "118,220 events in 0.004 s: 29.6 M events/s, 39,000 times real time". Not deterministic.
std::string speed_line(const std::vector<scenarios::RunResult>& results);

// A duration for people: to the millisecond from a second on, to the microsecond below.
std::string short_text(sim::Duration duration);

// Of virtual time, in a fixed form that sorts and aligns: "  2m33.500s".
std::string clock_text(sim::Time time);

}  // namespace sdbtwin::reports
