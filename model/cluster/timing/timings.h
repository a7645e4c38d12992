// Timings: how long the cluster's machinery takes, as named distributions. One table, so that a
// scenario can be calibrated, scaled or freed from chance in one place.
//
// What is here happens on nodes and in controllers; latencies of requests and watches belong to the
// API server (latency.h). A Timings is plain data that outlives the processes that read it.
//
// The default calibration meets KubeDB's recorded Restart run (kubedb.md 7; singlestore.md 6.2):
// eviction to Ready 40 s for an aggregator (1 GiB volume) and 45 s for a leaf (10 GiB) on a grid of
// 5 s, that is 36..39 s and 41..44 s, of which 30 s are the grace. The two differ by the size of
// their volumes only.
#pragma once

#include <cstdint>

#include "sim/core/distribution.h"
#include "sim/core/time.h"

namespace sdbtwin::cluster {

struct Timings {
  using Distribution = sim::Distribution;

  // Control plane.
  Distribution scheduling_attempt;   // choosing a node for one pod
  Distribution volume_provisioning;  // making the disk of a new claim
  Distribution garbage_collection;   // from an orphaned dependent to its deletion

  // Node: starting a pod.
  Distribution volume_attach;  // a network disk; a local one needs none
  Distribution volume_detach;
  Distribution volume_mount;          // whatever its size
  Distribution volume_mount_per_gib;  // checking and owning its files
  Distribution sandbox_start;         // with the pod's network
  Distribution image_pull_base;       // asking the registry, also for an image it does not have
  int64_t image_pull_bytes_per_s;     // of one pull; pulls of a node are serial
  Distribution container_start;       // create and start, each container
  Distribution init_work;             // what an init container does before it exits

  // Node: observing and stopping.
  Distribution container_relist;  // from a container's change to the kubelet's noticing it
  Distribution kill;              // SIGKILL until the container is gone
  Distribution pod_teardown;      // containers gone: network and mounts until the pod may go

  static Timings defaults();
  // Every duration times per_mille / 1000; the bandwidth divided by it. Precondition: positive.
  Timings scaled(int64_t per_mille) const;
  // Medians only: the same inputs always take the same time.
  Timings without_jitter() const;

  // Duration of a mount of this size: the fixed part and the part per started GiB.
  sim::Duration sample_mount(sim::Rng& rng, int64_t capacity_bytes) const;
  sim::Duration pull_transfer(int64_t image_bytes) const;

  template <class F>
  void for_each(F&& f) {
    f(scheduling_attempt);
    f(volume_provisioning);
    f(garbage_collection);
    f(volume_attach);
    f(volume_detach);
    f(volume_mount);
    f(volume_mount_per_gib);
    f(sandbox_start);
    f(image_pull_base);
    f(container_start);
    f(init_work);
    f(container_relist);
    f(kill);
    f(pod_teardown);
  }
};

// Clocks of the kubelet that are constants of its source (kubernetes.md 3.2).
inline constexpr sim::Duration kSyncRetry = std::chrono::seconds(10);  // after an error
// Of its volumes: operations are tried again after 500 ms, doubling to 122 s; how long a pod waits
// for its volumes before it says so; the period of the node status (kubernetes.md 3.1, 3.2).
inline constexpr sim::Duration kVolumeRetryBase = std::chrono::milliseconds(500);
inline constexpr sim::Duration kVolumeRetryMax = std::chrono::seconds(122);
inline constexpr sim::Duration kPodMountWait = std::chrono::seconds(123);
inline constexpr sim::Duration kNodeStatusPeriod = std::chrono::seconds(10);
inline constexpr sim::Duration kBackoffBase = std::chrono::seconds(10);  // restart, image pull
inline constexpr sim::Duration kBackoffMax = std::chrono::seconds(300);
inline constexpr int64_t kDefaultGraceSeconds = 30;
inline constexpr int64_t kMinimumGraceSeconds = 2;  // also for a pod deleted with grace 0

}  // namespace sdbtwin::cluster
