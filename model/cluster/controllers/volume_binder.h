// VolumeBinder: the process `persistent-volume-binder`. Binds claims to volumes, makes volumes (and
// the disks behind them) for claims whose class has a provisioner, and disposes of volumes whose
// claim is gone as their reclaim policy says (kubernetes.md 3.6).
// A claim of a WaitForFirstConsumer class waits for the scheduler to name a node.
// Which provisioners make disks that live on one node is told by the options.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "model/api/client.h"
#include "model/client/informer.h"
#include "model/client/work_queue.h"
#include "model/cluster/node/disk_array.h"
#include "model/cluster/scheduler/claim_binding.h"
#include "model/cluster/timing/timings.h"
#include "sim/core/rng.h"
#include "sim/core/runtime.h"
#include "sim/engine/process.h"

namespace sdbtwin::cluster {

struct VolumeBinderOptions {
  // kind's class `standard`, on which KubeDB's runs were recorded, is of this sort.
  std::set<std::string> local_provisioners{"rancher.io/local-path"};
  int workers = 10;
};

class VolumeBinder final : public sim::Actor {
 public:
  VolumeBinder(sim::Runtime& runtime, std::unique_ptr<api::Client> client, DiskArray& disks,
               const Timings& timings, const VolumeBinderOptions& options = VolumeBinderOptions{});

 private:
  using Key = api::ObjectRef;  // a claim or a volume
  using ClaimPtr = std::shared_ptr<const api::PersistentVolumeClaim>;
  using VolumePtr = std::shared_ptr<const api::PersistentVolume>;
  using ClassPtr = std::shared_ptr<const api::StorageClass>;

  void add_handlers();
  sim::Task<void> start();
  sim::Task<void> work();
  sim::Task<api::Result<void>> sync_claim(api::ObjectKey key);
  sim::Task<api::Result<void>> sync_volume(std::string name);
  VolumePtr find_available(const api::PersistentVolumeClaim& claim, const std::string& class_name,
                           const std::string& node) const;
  sim::Task<api::Result<VolumePtr>> provision(ClaimPtr claim, ClassPtr storage_class,
                                              std::string node);
  std::shared_ptr<api::PersistentVolume> make_volume(const api::PersistentVolumeClaim& claim,
                                                     const api::StorageClass& storage_class,
                                                     const std::string& node) const;
  sim::Task<api::Result<void>> bind(ClaimPtr claim, VolumePtr volume);
  sim::Task<api::Result<void>> reclaim(VolumePtr volume);

  sim::Runtime* runtime_;
  std::unique_ptr<api::Client> client_;
  DiskArray* disks_;
  const Timings* timings_;
  VolumeBinderOptions options_;
  sim::Rng rng_;
  client::Informer claims_;
  client::Informer volumes_;
  client::Informer classes_;
  client::WorkQueue<Key> queue_;
};

}  // namespace sdbtwin::cluster
