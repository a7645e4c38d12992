#include "model/cluster/node/probe_schedule.h"

#include <algorithm>

#include "model/api/pod.h"
#include "sim/core/assert.h"

namespace sdbtwin::cluster {
namespace {

ProbeResult initial_result(ProbeKind kind) {
  switch (kind) {
    case ProbeKind::kStartup:
      return ProbeResult::kUnknown;
    case ProbeKind::kLiveness:
      return ProbeResult::kSuccess;
    case ProbeKind::kReadiness:
      return ProbeResult::kFailure;
  }
  SIM_UNREACHABLE();
}

ProbeResult result_of(ProbeOutcome outcome) {
  return outcome == ProbeOutcome::kSuccess ? ProbeResult::kSuccess : ProbeResult::kFailure;
}

int64_t or_default(int32_t value, int64_t fallback) { return value > 0 ? value : fallback; }

}  // namespace

ProbeRules rules_of(const api::Probe& probe) {
  ProbeRules rules;
  rules.initial_delay = std::chrono::seconds(probe.initial_delay_seconds);
  rules.period = std::chrono::seconds(or_default(probe.period_seconds, 10));
  rules.success_threshold = or_default(probe.success_threshold, 1);
  rules.failure_threshold = or_default(probe.failure_threshold, 3);
  return rules;
}

ProbeSchedule::ProbeSchedule(ProbeKind kind, const ProbeRules& rules, sim::Time first_tick)
    : kind_(kind),
      rules_(rules),
      first_tick_(first_tick),
      counted_(first_tick),
      result_(initial_result(kind)) {
  SIM_ASSERT(rules.period > sim::Duration::zero());
}

void ProbeSchedule::container_started(sim::Time started_at, sim::Time now, ProbeOutcome outcome) {
  count_until(now);
  running_ = true;
  held_ = false;
  started_at_ = started_at;
  startup_done_ = kind_ == ProbeKind::kStartup;
  outcome_ = outcome;
  result_ = forced_ ? ProbeResult::kSuccess : initial_result(kind_);
}

void ProbeSchedule::startup_passed(sim::Time now) {
  if (startup_done_) return;
  count_until(now);
  startup_done_ = true;
}

void ProbeSchedule::container_stopped(sim::Time now) {
  count_until(now);
  running_ = false;
  if (!forced_) result_ = ProbeResult::kFailure;
}

void ProbeSchedule::outcome_changed(sim::Time now, ProbeOutcome outcome) {
  if (outcome == outcome_) return;
  count_until(now);
  outcome_ = outcome;
}

void ProbeSchedule::force_success(sim::Time now) {
  count_until(now);
  forced_ = true;
  result_ = ProbeResult::kSuccess;
}

ProbeResult ProbeSchedule::result_at(sim::Time now) {
  count_until(now + sim::Duration(1));
  return result_;
}

bool ProbeSchedule::acts() const {
  if (!running_ || !startup_done_ || forced_ || held_) return false;
  // The startup probe ends with its first success.
  return kind_ != ProbeKind::kStartup || result_ != ProbeResult::kSuccess;
}

sim::Time ProbeSchedule::next_tick() const {
  const sim::Time from = std::max(counted_, started_at_ + rules_.initial_delay);
  if (from <= first_tick_) return first_tick_;
  const int64_t behind = (from - first_tick_).count();
  const int64_t period = rules_.period.count();
  return first_tick_ + rules_.period * ((behind + period - 1) / period);
}

int64_t ProbeSchedule::threshold_for(ProbeOutcome outcome) const {
  return outcome == ProbeOutcome::kSuccess ? rules_.success_threshold : rules_.failure_threshold;
}

void ProbeSchedule::count_until(sim::Time until) {
  if (until <= counted_) return;
  const sim::Time tick = next_tick();
  const bool counts = acts() && outcome_ != ProbeOutcome::kUnknown;
  counted_ = until;
  if (!counts || tick >= until) return;
  const int64_t ticks = (until - tick - sim::Duration(1)) / rules_.period + 1;
  run_ = outcome_ == last_ ? run_ + ticks : ticks;
  last_ = outcome_;
  if (run_ < threshold_for(outcome_)) return;
  result_ = result_of(outcome_);
  if (kind_ == ProbeKind::kReadiness || result_ != ProbeResult::kFailure) return;
  held_ = true;
  run_ = 0;
}

std::optional<sim::Time> ProbeSchedule::next_change() const {
  if (!acts() || outcome_ == ProbeOutcome::kUnknown) return std::nullopt;
  if (result_ == result_of(outcome_)) return std::nullopt;
  const int64_t done = outcome_ == last_ ? run_ : 0;
  const int64_t missing = std::max<int64_t>(1, threshold_for(outcome_) - done);
  return next_tick() + rules_.period * (missing - 1);
}

}  // namespace sdbtwin::cluster
