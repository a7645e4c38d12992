// ProbeSchedule: what a probe that runs every period would have found, without running it.
//
// A probe's outcome is constant between two announced changes, so its results, and the time at
// which they next change, follow by arithmetic (kubernetes.md 3.3). The rules are those of the
// kubelet's prober: ticks at first_tick + k * period; a tick counts when the container runs, its
// initial delay has passed and, but for the startup probe, it has started; equal outcomes are
// counted and the result flips when as many follow each other as the threshold says; unknown
// outcomes neither count nor reset. A change that is announced at the very time of a tick is seen
// by that tick. Pure: the caller says what time it is, and time never goes back.
#pragma once

#include <cstdint>
#include <optional>

#include "model/cluster/node/application.h"
#include "sim/core/time.h"

namespace sdbtwin::cluster {

enum class ProbeKind : uint8_t { kStartup, kLiveness, kReadiness };

struct ProbeRules {
  sim::Duration initial_delay{0};
  sim::Duration period = std::chrono::seconds(10);
  int64_t success_threshold = 1;
  int64_t failure_threshold = 3;
};
// With the server's defaults for what is not set.
ProbeRules rules_of(const api::Probe& probe);

enum class ProbeResult : uint8_t { kUnknown, kSuccess, kFailure };

class ProbeSchedule {
 public:
  ProbeSchedule(ProbeKind kind, const ProbeRules& rules, sim::Time first_tick);

  // A container of this probe runs since `started_at`; the result is the kind's initial one:
  // readiness failure, liveness success, startup unknown.
  void container_started(sim::Time started_at, sim::Time now, ProbeOutcome outcome);
  // It has passed its startup probe (or has none) as of now: the other kinds act from here on.
  void startup_passed(sim::Time now);
  void container_stopped(sim::Time now);
  // The outcome is this from now on.
  void outcome_changed(sim::Time now, ProbeOutcome outcome);
  // Liveness and startup of a pod that is being deleted: success, for good.
  void force_success(sim::Time now);

  // The result of all ticks up to and including `now`.
  ProbeResult result_at(sim::Time now);
  // When the result will be another one if nothing is announced; nullopt: never. Not before `now`.
  std::optional<sim::Time> next_change() const;

 private:
  bool acts() const;
  // The first tick that counts and has not been counted yet.
  sim::Time next_tick() const;
  // Counts the ticks in [counted_, until).
  void count_until(sim::Time until);
  int64_t threshold_for(ProbeOutcome outcome) const;

  ProbeKind kind_;
  ProbeRules rules_;
  sim::Time first_tick_;
  sim::Time counted_;  // ticks before this are accounted for
  sim::Time started_at_{};
  bool running_ = false;
  bool startup_done_ = false;
  bool forced_ = false;
  bool held_ = false;  // failed liveness or startup: no more ticks until a new container
  ProbeOutcome outcome_ = ProbeOutcome::kUnknown;
  ProbeResult result_;
  ProbeOutcome last_ = ProbeOutcome::kUnknown;  // of the last tick that counted
  int64_t run_ = 0;                             // equal outcomes in a row, also over restarts
};

}  // namespace sdbtwin::cluster
