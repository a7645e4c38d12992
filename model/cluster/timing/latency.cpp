#include "model/cluster/timing/latency.h"

namespace sdbtwin::cluster {

namespace {

using namespace std::chrono_literals;
using sim::Distribution;
using sim::SigmaTenths;

// Half of a round trip lies before the commit, half after it [us].
constexpr std::int64_t kBeforeApplyPerMille = 500;
// The draw's lower half serves the second of two distributions.
constexpr int kLowerHalf = 32;

}  // namespace

// kubernetes.md section 6, table "Default distributions"; all are [cal] there.
ApiLatency ApiLatency::standard() {
  return ApiLatency{
      // Row "API read".
      .read = Distribution::lognormal(3ms, SigmaTenths::k6),
      // Row "API write": 0.1 % uniform 1-10 s. (And 0.01 % that time out: below.)
      .write = TailedDistribution(Distribution::lognormal(8ms, SigmaTenths::k7), 1'000,
                                  Distribution::uniform(1s, 10s)),
      // Row "watch delivery API->client".
      .watch_delivery = Distribution::lognormal(8ms, SigmaTenths::k8),
      // Row "informer to worker". The queue is the work queue's own.
      .informer_to_worker = Distribution::uniform(100us, 5ms),
      // Row "watch delivery": per-connection stall 0.1 %: 1-60 s. Read as: so many connections
      // stall, once each [us].
      .watch_stall = Distribution::uniform(1s, 60s),
      .watch_stalls_per_million = 1'000,
      // Row "API write": 0.01 % 34 s -> 504 with 50 % applied.
      .write_timeouts_per_million = 100,
      // Row "API read": LIST + 20 us/object.
      .per_listed_object = 20us,
      .before_apply_per_mille = kBeforeApplyPerMille,
  };
}

ApiLatency ApiLatency::scaled(const LatencyFactors& factors) const {
  ApiLatency result = *this;
  result.for_each([&](std::string_view group, std::string_view name, TailedDistribution& d) {
    d = d.scaled(factors.of(group, name));
  });
  result.per_listed_object = per_listed_object * factors.of(kApiGroup, "listedObject") / 1000;
  return result;
}

ApiLatency ApiLatency::scaled(std::int64_t per_mille) const {
  LatencyFactors factors;
  factors.all_per_mille = per_mille;
  return scaled(factors);
}

ApiLatency ApiLatency::without_tails() const {
  ApiLatency result = *this;
  result.for_each(
      [](std::string_view, std::string_view, TailedDistribution& d) { d = d.without_tail(); });
  result.watch_stalls_per_million = 0;
  result.write_timeouts_per_million = 0;
  return result;
}

ApiLatency ApiLatency::without_jitter() const {
  ApiLatency result = without_tails();
  result.for_each(
      [](std::string_view, std::string_view, TailedDistribution& d) { d = d.without_jitter(); });
  return result;
}

WriteFate ApiLatency::sample_write(sim::Rng& rng) const {
  const std::uint64_t draw = rng.next();
  const bool times_out =
      write_timeouts_per_million > 0 && millionths_from_top(draw) < write_timeouts_per_million;
  if (!times_out) return WriteFate{write.quantile(draw), WriteFate::Outcome::kAnswered};
  const bool applied = (draw & 1) != 0;
  return WriteFate{write.median(), applied ? WriteFate::Outcome::kTimedOutApplied
                                           : WriteFate::Outcome::kTimedOutLost};
}

sim::Duration ApiLatency::sample_delivery(sim::Rng& rng) const {
  const std::uint64_t draw = rng.next();
  const sim::Duration to_client = watch_delivery.quantile(draw);
  // A lognormal looks at the upper half only.
  return to_client + informer_to_worker.quantile(draw << kLowerHalf);
}

}  // namespace sdbtwin::cluster
