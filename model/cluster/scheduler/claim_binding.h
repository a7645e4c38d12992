// What a pod's claims mean for its scheduling (the scheduler's VolumeBinding plugin): where its
// bound volumes can be reached, and which claims are to be provisioned once a node is chosen. Pure.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "model/api/core.h"
#include "model/api/pod.h"
#include "model/api/storage.h"
#include "model/client/lister.h"
#include "model/cluster/scheduler/node_pool.h"
#include "model/cluster/scheduler/node_selector.h"

namespace sdbtwin::cluster {

inline constexpr std::string_view kSelectedNode = "volume.kubernetes.io/selected-node";
inline constexpr std::string_view kDefaultClass = "storageclass.kubernetes.io/is-default-class";
inline constexpr std::string_view kNoProvisioner = "kubernetes.io/no-provisioner";

struct StorageListers {
  client::Lister<api::PersistentVolumeClaim> claims;
  client::Lister<api::PersistentVolume> volumes;
  client::Lister<api::StorageClass> classes;
};

struct ClaimsOfPod {
  std::string unschedulable;  // why the pod has to wait; "": it need not
  std::vector<std::shared_ptr<const api::PersistentVolume>> bound;
  NodePool::Allowed allowed;  // by what was chosen for claims that are not bound yet
  std::vector<std::string> to_provision;
};
ClaimsOfPod look_at_claims(const api::Pod& pod, const StorageListers& storage);

std::vector<std::string> claim_names(const api::Pod& pod);
bool is_bound(const api::PersistentVolumeClaim& claim);
// The claim's class, or the default one when it names none; null: there is none.
std::shared_ptr<const api::StorageClass> class_of(const api::PersistentVolumeClaim& claim,
                                                  const client::Lister<api::StorageClass>& classes);
// Node names of a volume's affinity to hosts; nullopt: any node, or an affinity to something else.
NodePool::Allowed nodes_of_volume(const api::PersistentVolume& volume);
// The affinity of a volume that lives on one node.
api::VolumeNodeAffinity affinity_to_node(const std::string& node);

}  // namespace sdbtwin::cluster
