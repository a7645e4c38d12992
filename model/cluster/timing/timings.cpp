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
      // kubernetes.md 6.
      .scheduling_attempt = Distribution::lognormal(10ms, SigmaTenths::k6),
      // [us] A local-path provisioner runs a small pod for it.
      .volume_provisioning = around(2500ms, 500ms),
      // kubernetes.md 4.9: 0.1-2 s.
      .garbage_collection = Distribution::uniform(100ms, 900ms),
      // kubernetes.md 6.
      .volume_attach = Distribution::lognormal(7s, SigmaTenths::k7),
      // kubernetes.md 6: median 5 s; the spread is that of attaching.
      .volume_detach = Distribution::lognormal(5s, SigmaTenths::k7),
      // kubernetes.md 6: 1 s + files dependent. The rate per GiB is [us]: it makes the 5 s by which
      // a leaf (10 GiB) takes longer than an aggregator (1 GiB).
      .volume_mount = around(1000ms, 100ms),
      .volume_mount_per_gib = around(550ms, 40ms),
      // kubernetes.md 6.
      .sandbox_start = Distribution::lognormal(500ms, SigmaTenths::k4),
      .image_pull_base = around(1s, 200ms),
      .image_pull_bytes_per_s = 60'000'000,  // kubernetes.md 6: 30-100 MB/s
      .container_start = Distribution::lognormal(350ms, SigmaTenths::k4),
      // [us] The rest of the recorded time that nothing else explains.
      .init_work = around(2s, 300ms),
      // kubernetes.md 3.2: relist each second.
      .container_relist = Distribution::uniform(0s, 1s),
      // kubernetes.md 6: SIGKILL + about 1 s, until the runtime has reported it.
      .kill = around(500ms, 200ms),
      // [us] Mounts are reconciled each 100 ms, then the pod's directories go.
      .pod_teardown = around(400ms, 200ms),
  };
}

Timings Timings::scaled(int64_t per_mille) const {
  SIM_ASSERT(per_mille > 0);
  Timings scaled = *this;
  scaled.for_each([&](Distribution& d) { d = d.scaled(per_mille); });
  scaled.image_pull_bytes_per_s = std::max<int64_t>(1, image_pull_bytes_per_s * 1000 / per_mille);
  return scaled;
}

Timings Timings::without_jitter() const {
  Timings fixed = *this;
  fixed.for_each([](Distribution& d) { d = Distribution::constant(d.median()); });
  return fixed;
}

sim::Duration Timings::sample_mount(sim::Rng& rng, int64_t capacity_bytes) const {
  const sim::Duration base = volume_mount.sample(rng);
  const sim::Duration per_gib = volume_mount_per_gib.sample(rng);
  return base + per_gib * ((capacity_bytes + kGib - 1) / kGib);
}

sim::Duration Timings::pull_transfer(int64_t image_bytes) const {
  const int64_t seconds = image_bytes / image_pull_bytes_per_s;
  const int64_t rest = image_bytes % image_pull_bytes_per_s;
  // rest < bytes_per_s, so that the product fits for any real bandwidth (below 9 GB/s).
  return std::chrono::seconds(seconds) +
         sim::Duration(rest * 1'000'000'000 / image_pull_bytes_per_s);
}

}  // namespace sdbtwin::cluster
