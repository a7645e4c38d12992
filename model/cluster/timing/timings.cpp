#include "model/cluster/timing/timings.h"

#include <algorithm>

#include "sim/core/assert.h"

namespace sdbtwin::cluster {

using sim::Distribution;
using sim::SigmaTenths;
using namespace std::chrono_literals;

namespace {

constexpr int64_t kGib = int64_t{1} << 30;

Distribution around(sim::Duration median, sim::Duration spread) {
  return Distribution::uniform(median - spread, median + spread);
}

}  // namespace

Timings Timings::defaults() {
  return Timings{
      // kubernetes.md 6, row "scheduling". The spread is that of an API read [us].
      .scheduling_attempt = Distribution::lognormal(10ms, SigmaTenths::k6),
      // [us] A local-path provisioner runs a small pod for it.
      .volume_provisioning = around(2500ms, 500ms),
      // kubernetes.md 6, row "GC of dependents", and 4.9: 0.1-2 s.
      .garbage_collection = Distribution::uniform(100ms, 2s),
      // kubernetes.md 6, row "attach": 0.5 % stuck, that is until the wait for it ends and it is
      // tried again (3.1: waitForAttach 10 min).
      .volume_attach = TailedDistribution(Distribution::lognormal(7s, SigmaTenths::k7), 5'000,
                                          Distribution::constant(10min)),
      // kubernetes.md 6, row "attach": detach median 5 s; the spread of the attach [us].
      .volume_detach = Distribution::lognormal(5s, SigmaTenths::k7),
      // kubernetes.md 6, row "mount+fsGroup chown": 1 s + files dependent. The rate per GiB is
      // [us]: it makes the 5 s by which
      // a leaf (10 GiB) takes longer than an aggregator (1 GiB).
      .volume_mount = around(1000ms, 100ms),
      .volume_mount_per_gib = around(550ms, 40ms),
      // kubernetes.md 6, row "sandbox + CNI", sigma 0.5 there. With 0.4 the restarts of leaves stay
      // below the 45 s of the recorded run in each of 100 seeds; with 0.5 one in 100 does not.
      .sandbox_start = Distribution::lognormal(500ms, SigmaTenths::k4),
      // kubernetes.md 6, row "image pull": 1 s + bytes/(30-100 MB/s), 1 % failures.
      .image_pull_base = around(1s, 200ms),
      .image_pull_bytes_per_s = 60'000'000,
      .image_pull_failures_per_mille = 10,
      // kubernetes.md 6, row "container create+start".
      .container_start = Distribution::lognormal(350ms, SigmaTenths::k4),
      // [us] The rest of the recorded time that nothing else explains.
      .init_work = around(2s, 300ms),
      // kubernetes.md 6, row "status visible ...": 0-1 s PLEG; 3.2: relist each second.
      .container_relist = Distribution::uniform(0s, 1s),
      // kubernetes.md 6, row "graceful stop": SIGKILL + about 1 s, with the relist; see timings.h.
      .kill = around(500ms, 200ms),
      // [us] Mounts are reconciled each 100 ms, then the pod's directories go.
      .pod_teardown = around(400ms, 200ms),
  };
}

Timings Timings::scaled(const LatencyFactors& factors) const {
  Timings scaled = *this;
  scaled.for_each([&](std::string_view group, std::string_view name, TailedDistribution& d) {
    d = d.scaled(factors.of(group, name));
  });
  const int64_t transfer = std::max<int64_t>(1, factors.of(kNodeGroup, "imageTransfer"));
  scaled.image_pull_bytes_per_s = std::max<int64_t>(1, image_pull_bytes_per_s * 1000 / transfer);
  return scaled;
}

Timings Timings::scaled(int64_t per_mille) const {
  LatencyFactors factors;
  factors.all_per_mille = per_mille;
  return scaled(factors);
}

Timings Timings::without_tails() const {
  Timings calm = *this;
  calm.for_each(
      [](std::string_view, std::string_view, TailedDistribution& d) { d = d.without_tail(); });
  calm.image_pull_failures_per_mille = 0;
  return calm;
}

Timings Timings::without_jitter() const {
  Timings fixed = without_tails();
  fixed.for_each(
      [](std::string_view, std::string_view, TailedDistribution& d) { d = d.without_jitter(); });
  return fixed;
}

sim::Duration Timings::sample_mount(sim::Rng& rng, int64_t capacity_bytes) const {
  const sim::Duration base = volume_mount.sample(rng);
  const sim::Duration per_gib = volume_mount_per_gib.sample(rng);
  return base + per_gib * ((capacity_bytes + kGib - 1) / kGib);
}

bool Timings::pull_fails(sim::Rng& rng) const {
  return rng.chance(static_cast<uint32_t>(image_pull_failures_per_mille), 1000);
}

sim::Duration Timings::pull_transfer(int64_t image_bytes) const {
  const int64_t seconds = image_bytes / image_pull_bytes_per_s;
  const int64_t rest = image_bytes % image_pull_bytes_per_s;
  // rest < bytes_per_s, so that the product fits for any real bandwidth (below 9 GB/s).
  return std::chrono::seconds(seconds) +
         sim::Duration(rest * 1'000'000'000 / image_pull_bytes_per_s);
}

}  // namespace sdbtwin::cluster
