#include "model/cluster/timing/latency.h"

namespace sdbtwin::cluster {

namespace {

using namespace std::chrono_literals;

// kubernetes.md section 6, default distributions. All are calibration guesses there.
constexpr sim::Duration kReadMedian = 3ms;   // sigma 0.6
constexpr sim::Duration kWriteMedian = 8ms;  // sigma 0.7
constexpr sim::Duration kWatchMedian = 8ms;  // sigma 0.8
constexpr sim::Duration kPerListedObject = 20us;
// Half of a round trip lies before the commit, half after it [us].
constexpr std::int64_t kBeforeApplyPerMille = 500;

}  // namespace

ApiLatency ApiLatency::standard() {
  return ApiLatency{
      .read = sim::Distribution::lognormal(kReadMedian, sim::SigmaTenths::k6),
      .write = sim::Distribution::lognormal(kWriteMedian, sim::SigmaTenths::k7),
      .watch_delivery = sim::Distribution::lognormal(kWatchMedian, sim::SigmaTenths::k8),
      .per_listed_object = kPerListedObject,
      .before_apply_per_mille = kBeforeApplyPerMille,
  };
}

ApiLatency ApiLatency::scaled(std::int64_t per_mille) const {
  ApiLatency result = *this;
  result.read = read.scaled(per_mille);
  result.write = write.scaled(per_mille);
  result.watch_delivery = watch_delivery.scaled(per_mille);
  result.per_listed_object = per_listed_object * per_mille / 1000;
  return result;
}

ApiLatency ApiLatency::without_jitter() const {
  ApiLatency result = *this;
  result.read = sim::Distribution::constant(read.median());
  result.write = sim::Distribution::constant(write.median());
  result.watch_delivery = sim::Distribution::constant(watch_delivery.median());
  return result;
}

}  // namespace sdbtwin::cluster
