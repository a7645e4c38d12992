// For tests: a node's container runtime that remembers what it was told.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "model/cluster/node/application.h"

namespace sdbtwin::singlestore {

class FakeContainerHost final : public cluster::ContainerHost {
 public:
  void exited(std::uint64_t instance_id, int exit_code) override { exits[instance_id] = exit_code; }
  void readiness_changed(std::uint64_t instance_id) override { changes.push_back(instance_id); }

  std::map<std::uint64_t, int> exits;
  std::vector<std::uint64_t> changes;
};

inline cluster::ContainerInstance container_of(std::uint64_t id, const std::string& pod,
                                               const std::string& container,
                                               const std::string& cluster_name) {
  cluster::ContainerInstance instance;
  instance.id = id;
  instance.namespace_ = "ns";
  instance.pod = pod;
  instance.pod_uid = "uid-of-" + pod;
  instance.node = "node-of-" + pod;
  instance.container = container;
  instance.image = "ghcr.io/images/singlestore-node:alma-8.7.21-abc";
  instance.volumes.push_back(cluster::MountedVolume{"data-" + pod, "pv-of-" + pod, 1});
  instance.labels["app.kubernetes.io/instance"] = cluster_name;
  return instance;
}

}  // namespace sdbtwin::singlestore
