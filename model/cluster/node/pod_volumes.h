// PodVolumes: brings the volumes of one pod to its node (kubernetes.md 3.1 P3, 3.6): finds its
// claims, waits until network disks are attached, mounts. It never attaches: that is the
// attach-detach controller's, and what has been attached the kubelet reads from
// node.status.volumesAttached, at first after 500 ms and then with doubling pauses.
// Belongs to a PodWorker, which is the one who waits and warns.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/api/client.h"
#include "model/api/core.h"
#include "model/api/pod.h"
#include "model/cluster/node/disk_array.h"
#include "model/cluster/node/node_machine.h"
#include "model/cluster/node/volumes_in_use.h"
#include "model/cluster/timing/timings.h"
#include "sim/core/rng.h"
#include "sim/core/runtime.h"

namespace sdbtwin::cluster {

// How a part of a pod's worker waits, and what it tells people.
class PodWaiter {
 public:
  virtual bool doomed() const = 0;  // the pod is to end: nothing is waited for any more
  // Until something has changed, or `until`; it may return early.
  virtual sim::Task<void> nap(std::optional<sim::Time> until) = 0;
  virtual void warn(std::string reason, std::string message) = 0;

 protected:
  ~PodWaiter() = default;
};

class PodVolumes {
 public:
  // Everything outlives it.
  PodVolumes(sim::Runtime& runtime, api::Client& client, NodeMachine& machine, DiskArray& disks,
             VolumesInUse& in_use, const Timings& timings, PodWaiter& waiter);
  PodVolumes(const PodVolumes&) = delete;
  PodVolumes& operator=(const PodVolumes&) = delete;

  enum class Outcome : uint8_t { kMounted, kTryAgain, kDoomed };
  // Mounts all volumes that are not mounted. kTryAgain: something is wrong, and has been warned of;
  // the kubelet tries again after its usual pause.
  sim::Task<Outcome> mount(std::shared_ptr<const api::Pod> pod, sim::Rng& rng);

 private:
  struct Found {
    MountedVolume volume;
    bool one_pod_only = false;  // ReadWriteOncePod
  };
  bool mounted(const std::string& uid, const std::string& claim) const;
  sim::Task<std::optional<Found>> find(std::string namespace_, std::string claim);
  sim::Task<bool> await_attachment(std::string claim, std::string disk);  // false: doomed
  sim::Task<bool> is_attached(std::string disk);
  bool used_by_another(const std::string& uid, const std::string& disk) const;
  void warn_of(const std::string& claim, const std::string& why);

  sim::Runtime* runtime_;
  api::Client* client_;
  NodeMachine* machine_;
  DiskArray* disks_;
  VolumesInUse* in_use_;
  const Timings* timings_;
  PodWaiter* waiter_;
};

// The names of the claims that a pod mounts.
std::vector<std::string> claims_of(const api::Pod& pod);

}  // namespace sdbtwin::cluster
