// VolumesInUse: what a kubelet tells the world about network disks: node.status.volumesInUse. A
// disk is in it before the kubelet mounts it, and until the node status that follows its
// unmounting; the attach-detach controller detaches nothing that is in it (kubernetes.md 3.6).
//
// Written with the kubelet's node status, each 10 s (kubernetes.md 3.2), and only when it has
// changed: nothing ticks. Writes nothing while the cluster has local disks only.
// Belongs to a kubelet; client, machine and disks outlive it.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>

#include "model/api/client.h"
#include "model/cluster/node/disk_array.h"
#include "model/cluster/node/node_machine.h"
#include "sim/core/runtime.h"
#include "sim/core/timer.h"

namespace sdbtwin::cluster {

class VolumesInUse {
 public:
  // `told`: called when the API server has taken a new list.
  VolumesInUse(sim::Runtime& runtime, api::Client& client, const NodeMachine& machine,
               DiskArray& disks, std::function<void()> told);
  VolumesInUse(const VolumesInUse&) = delete;
  VolumesInUse& operator=(const VolumesInUse&) = delete;

  // A pod is going to mount this network disk.
  void want(const std::string& pod_uid, const std::string& disk);
  // Nothing of the pod is mounted any more, nor will be.
  void forget(const std::string& pod_uid);
  // The API server has been told, and nothing else since.
  bool told(const std::string& disk) const { return told_.contains(disk); }

 private:
  using Names = std::set<std::string, std::less<>>;

  Names now_in_use() const;
  void schedule();
  sim::Task<void> tell();

  sim::Runtime* runtime_;
  api::Client* client_;
  const NodeMachine* machine_;
  DiskArray* disks_;
  std::function<void()> on_told_;
  std::map<std::string, Names> wanted_;  // by pod uid
  Names told_;
  bool known_ = false;  // told_ is what the API server has; not so after a restart
  bool telling_ = false;
  sim::Time start_;
  sim::Timer tick_;
};

}  // namespace sdbtwin::cluster
