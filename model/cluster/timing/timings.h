// Timings: how long the cluster's machinery takes, as named distributions. One table, so that a
// scenario can be calibrated, scaled or freed from chance in one place.
//
// What is here happens on nodes and in controllers; latencies of requests and watches belong to the
// API server (latency.h). A Timings is plain data that outlives the processes that read it.
//
// Where the defaults are not those of kubernetes.md 6, and why. The calibration meets KubeDB's
// recorded Restart run (kubedb.md 7; singlestore.md 6.2): eviction to Ready 40 s for an aggregator
// (1 GiB volume) and 45 s for a leaf (10 GiB) on a grid of 5 s, that is 36..39 s and 41..44 s, of
// which 30 s are the grace. The two differ by the size of their volumes only. Hence
//   volume_mount_per_gib, init_work  are what is left of the recorded time, nothing else explains
//   it; kill  is 0.5 s, because the relist that makes it visible adds 0..1 s: together "about 1 s".
#pragma once

#include <cstdint>
#include <string_view>

#include "model/cluster/timing/latency_factors.h"
#include "model/cluster/timing/tailed.h"
#include "sim/core/distribution.h"
#include "sim/core/time.h"

namespace sdbtwin::cluster {

struct Timings {
  // Control plane.
  TailedDistribution scheduling_attempt;   // choosing a node for one pod
  TailedDistribution volume_provisioning;  // making the disk of a new claim
  TailedDistribution garbage_collection;   // from an orphaned dependent to its deletion

  // Node: starting a pod.
  TailedDistribution volume_attach;         // a network disk; a local one needs none
  TailedDistribution volume_detach;         // the same disk, when the node has let go of it
  TailedDistribution volume_mount;          // whatever its size
  TailedDistribution volume_mount_per_gib;  // checking and owning its files
  TailedDistribution sandbox_start;         // with the pod's network
  TailedDistribution image_pull_base;     // asking the registry, also for an image it does not have
  int64_t image_pull_bytes_per_s;         // of one pull; pulls of a node are serial
  int64_t image_pull_failures_per_mille;  // of pulls; then the kubelet backs off
  TailedDistribution container_start;     // create and start, each container
  TailedDistribution init_work;           // what an init container does before it exits

  // Node: observing and stopping.
  TailedDistribution container_relist;  // from a container's change to the kubelet's noticing it
  TailedDistribution kill;              // SIGKILL until the container is gone
  TailedDistribution pod_teardown;      // containers gone: network and mounts until the pod may go

  static Timings defaults();
  // Every duration times its factor; the bandwidth divided by it. Precondition: positive factors.
  Timings scaled(const LatencyFactors& factors) const;
  Timings scaled(int64_t per_mille) const;
  // Nothing is stuck and no pull fails.
  Timings without_tails() const;
  // Medians only, and no tails: the same inputs always take the same time.
  Timings without_jitter() const;

  // Duration of a mount of this size: the fixed part and the part per started GiB.
  sim::Duration sample_mount(sim::Rng& rng, int64_t capacity_bytes) const;
  sim::Duration pull_transfer(int64_t image_bytes) const;
  bool pull_fails(sim::Rng& rng) const;  // one draw

  template <class F>
  void for_each(F&& f) {
    f(kControlPlaneGroup, std::string_view("schedulingAttempt"), scheduling_attempt);
    f(kControlPlaneGroup, std::string_view("volumeProvisioning"), volume_provisioning);
    f(kControlPlaneGroup, std::string_view("garbageCollection"), garbage_collection);
    f(kNodeGroup, std::string_view("volumeAttach"), volume_attach);
    f(kNodeGroup, std::string_view("volumeDetach"), volume_detach);
    f(kNodeGroup, std::string_view("volumeMount"), volume_mount);
    f(kNodeGroup, std::string_view("volumeMountPerGib"), volume_mount_per_gib);
    f(kNodeGroup, std::string_view("sandboxStart"), sandbox_start);
    f(kNodeGroup, std::string_view("imagePullBase"), image_pull_base);
    f(kNodeGroup, std::string_view("containerStart"), container_start);
    f(kNodeGroup, std::string_view("initWork"), init_work);
    f(kNodeGroup, std::string_view("containerRelist"), container_relist);
    f(kNodeGroup, std::string_view("kill"), kill);
    f(kNodeGroup, std::string_view("podTeardown"), pod_teardown);
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
