// Goal: the lazy computation of probe results (kubernetes.md 3.3) finds what a prober that ticks
// would have found. Method: examples with literal times, and drawn histories against a prober that
// really runs every tick and shares no code with ProbeSchedule.
#include "model/cluster/node/probe_schedule.h"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "model/api/pod.h"
#include "sim/core/rng.h"

namespace sdbtwin::cluster {
namespace {

using namespace std::chrono_literals;

constexpr sim::Time at(sim::Duration since_start) { return sim::Time(since_start); }

TEST(ProbeSchedule, ReadinessBecomesTrueAtTheFirstTickAtOrAfterTheChange) {
  // Ticks at 3, 13, 23 s; the application serves from 14 s on.
  ProbeSchedule probe(ProbeKind::kReadiness, ProbeRules{}, at(3s));
  probe.container_started(at(5s), at(5s), ProbeOutcome::kFailure);
  probe.startup_passed(at(5s));
  EXPECT_EQ(probe.result_at(at(13s)), ProbeResult::kFailure);
  probe.outcome_changed(at(14s), ProbeOutcome::kSuccess);
  EXPECT_EQ(probe.next_change(), at(23s));
  EXPECT_EQ(probe.result_at(at(22s)), ProbeResult::kFailure);
  EXPECT_EQ(probe.result_at(at(23s)), ProbeResult::kSuccess);
  EXPECT_EQ(probe.next_change(), std::nullopt);
}

TEST(ProbeSchedule, AChangeAtTheTimeOfATickIsSeenByThatTick) {
  ProbeSchedule probe(ProbeKind::kReadiness, ProbeRules{}, at(0s));
  probe.container_started(at(1s), at(1s), ProbeOutcome::kFailure);
  probe.startup_passed(at(1s));
  probe.outcome_changed(at(10s), ProbeOutcome::kSuccess);
  EXPECT_EQ(probe.next_change(), at(10s));
}

TEST(ProbeSchedule, ReadinessIsLostAfterAsManyFailuresAsTheThresholdSays) {
  ProbeSchedule probe(ProbeKind::kReadiness, ProbeRules{}, at(0s));
  probe.container_started(at(0s), at(0s), ProbeOutcome::kSuccess);
  probe.startup_passed(at(0s));
  probe.outcome_changed(at(15s), ProbeOutcome::kFailure);
  EXPECT_EQ(probe.result_at(at(39s)), ProbeResult::kSuccess);
  EXPECT_EQ(probe.next_change(), at(40s));
  EXPECT_EQ(probe.result_at(at(40s)), ProbeResult::kFailure);
}

TEST(ProbeSchedule, TheInitialDelayIsTestedAtTicks) {
  // [k/k#96614]: the first effective probe lies in [delay, delay + period).
  ProbeRules rules;
  rules.initial_delay = 12s;
  ProbeSchedule probe(ProbeKind::kReadiness, rules, at(0s));
  probe.container_started(at(4s), at(4s), ProbeOutcome::kSuccess);
  probe.startup_passed(at(4s));
  EXPECT_EQ(probe.next_change(), at(20s));  // 16 s is no tick
}

TEST(ProbeSchedule, AnErrorOfTheProbeNeitherCountsNorResets) {
  ProbeSchedule probe(ProbeKind::kReadiness, ProbeRules{}, at(0s));
  probe.container_started(at(0s), at(0s), ProbeOutcome::kSuccess);
  probe.startup_passed(at(0s));
  probe.outcome_changed(at(5s), ProbeOutcome::kFailure);   // fails at 10, 20
  probe.outcome_changed(at(25s), ProbeOutcome::kUnknown);  // errors at 30, 40
  probe.outcome_changed(at(45s), ProbeOutcome::kFailure);  // third failure at 50
  EXPECT_EQ(probe.next_change(), at(50s));
}

TEST(ProbeSchedule, NothingButTheStartupProbeActsBeforeItHasPassed) {
  ProbeSchedule liveness(ProbeKind::kLiveness, ProbeRules{}, at(0s));
  liveness.container_started(at(0s), at(0s), ProbeOutcome::kFailure);
  EXPECT_EQ(liveness.result_at(at(100s)), ProbeResult::kSuccess);
  liveness.startup_passed(at(101s));
  EXPECT_EQ(liveness.next_change(), at(130s));
}

TEST(ProbeSchedule, AFailedLivenessProbeHoldsUntilTheNextContainer) {
  ProbeSchedule liveness(ProbeKind::kLiveness, ProbeRules{}, at(0s));
  liveness.container_started(at(0s), at(0s), ProbeOutcome::kFailure);
  liveness.startup_passed(at(0s));
  EXPECT_EQ(liveness.result_at(at(20s)), ProbeResult::kFailure);
  EXPECT_EQ(liveness.next_change(), std::nullopt);
  liveness.container_stopped(at(25s));
  liveness.container_started(at(31s), at(31s), ProbeOutcome::kFailure);
  liveness.startup_passed(at(31s));
  EXPECT_EQ(liveness.next_change(), at(60s));
}

TEST(ProbeSchedule, APodThatIsBeingDeletedCannotFailItsLivenessProbe) {
  ProbeSchedule liveness(ProbeKind::kLiveness, ProbeRules{}, at(0s));
  liveness.container_started(at(0s), at(0s), ProbeOutcome::kSuccess);
  liveness.startup_passed(at(0s));
  liveness.force_success(at(5s));
  liveness.outcome_changed(at(6s), ProbeOutcome::kFailure);
  EXPECT_EQ(liveness.next_change(), std::nullopt);
  EXPECT_EQ(liveness.result_at(at(500s)), ProbeResult::kSuccess);
}

TEST(ProbeSchedule, UnsetFieldsOfAProbeTakeTheServersDefaults) {
  const ProbeRules rules = rules_of(api::Probe{});
  EXPECT_EQ(rules.initial_delay, 0s);
  EXPECT_EQ(rules.period, 10s);
  EXPECT_EQ(rules.success_threshold, 1);
  EXPECT_EQ(rules.failure_threshold, 3);
}

// The prober as the kubelet runs it: one worker, one tick after the other.
class TickingProber {
 public:
  TickingProber(ProbeKind kind, const ProbeRules& rules) : kind_(kind), rules_(rules) { initial(); }

  void start_container(sim::Time now) {
    running = true;
    started_at_ = now;
    on_hold_ = false;
    startup_passed = kind_ == ProbeKind::kStartup;
    initial();
  }
  void stop_container() {
    running = false;
    result = ProbeResult::kFailure;
  }
  void tick(sim::Time now, ProbeOutcome outcome) {
    if (!running || on_hold_ || !startup_passed || now - started_at_ < rules_.initial_delay) return;
    if (kind_ == ProbeKind::kStartup && result == ProbeResult::kSuccess) return;
    if (outcome == ProbeOutcome::kUnknown) return;
    const bool good = outcome == ProbeOutcome::kSuccess;
    if (last_ == good) {
      ++run_;
    } else {
      last_ = good;
      run_ = 1;
    }
    if (run_ < (good ? rules_.success_threshold : rules_.failure_threshold)) return;
    result = good ? ProbeResult::kSuccess : ProbeResult::kFailure;
    if (!good && kind_ != ProbeKind::kReadiness) {
      on_hold_ = true;
      run_ = 0;
    }
  }

  bool running = false;
  bool startup_passed = false;
  ProbeResult result = ProbeResult::kUnknown;

 private:
  void initial() {
    result = ProbeResult::kUnknown;
    if (kind_ == ProbeKind::kReadiness) result = ProbeResult::kFailure;
    if (kind_ == ProbeKind::kLiveness) result = ProbeResult::kSuccess;
  }

  ProbeKind kind_;
  ProbeRules rules_;
  sim::Time started_at_{};
  bool on_hold_ = false;
  std::optional<bool> last_;
  int64_t run_ = 0;
};

// One drawn history, second by second: the ticked prober is asked at its ticks, the lazy one is
// told of changes only, and looked at now and then.
void compare(sim::Rng rng, ProbeKind kind) {
  ProbeRules rules;
  rules.initial_delay = std::chrono::seconds(rng.between(0, 25));
  rules.period = std::chrono::seconds(rng.between(1, 12));
  rules.success_threshold = kind == ProbeKind::kReadiness ? rng.between(1, 3) : 1;
  rules.failure_threshold = rng.between(1, 4);
  const sim::Time first_tick = at(std::chrono::seconds(rng.between(0, 9)));
  TickingProber ticking(kind, rules);
  ProbeSchedule lazy(kind, rules, first_tick);
  ProbeOutcome outcome = ProbeOutcome::kFailure;
  std::optional<sim::Time> announced;
  for (sim::Time now = at(10s); now < at(600s); now += 1s) {
    const auto dice = rng.below(100);
    if (dice < 6) {
      outcome = static_cast<ProbeOutcome>(rng.below(3));
      lazy.outcome_changed(now, outcome);
    } else if (dice < 9 && ticking.running) {
      ticking.stop_container();
      lazy.container_stopped(now);
    } else if (dice < 13 && !ticking.running) {
      ticking.start_container(now);
      lazy.container_started(now, now, outcome);
    } else if (dice < 20 && ticking.running) {
      ticking.startup_passed = true;
      lazy.startup_passed(now);
    }
    announced = lazy.next_change();
    const ProbeResult before = ticking.result;
    if ((now - first_tick) % rules.period == 0s) ticking.tick(now, outcome);
    if (ticking.result != before) {
      ASSERT_EQ(announced, now) << "a flip that was not foreseen";
      ASSERT_EQ(lazy.result_at(now), ticking.result);
    } else {
      ASSERT_NE(announced, now) << "a flip that did not happen";
    }
    if (rng.chance(1, 7)) {
      ASSERT_EQ(lazy.result_at(now), ticking.result);
    }
  }
}

TEST(ProbeSchedule, ALazyRunFindsWhatATickedRunFinds) {
  // Goal: nothing ticks, and nobody can tell. Method: 300 drawn histories of each kind.
  const sim::Rng rng(20250101);
  for (uint64_t round = 0; round < 300; ++round) {
    for (const ProbeKind kind :
         {ProbeKind::kStartup, ProbeKind::kLiveness, ProbeKind::kReadiness}) {
      SCOPED_TRACE(testing::Message() << "round " << round << " kind " << static_cast<int>(kind));
      compare(sim::Rng(rng.stream(std::to_string(round)).next()), kind);
      if (testing::Test::HasFatalFailure()) return;
    }
  }
}

}  // namespace
}  // namespace sdbtwin::cluster
