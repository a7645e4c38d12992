// NodePool: the scheduler's view of nodes and of what is reserved on them, kept up to date pod by
// pod. Pods that it has just placed count from that moment ("assumed"), before any cache shows it.
// Pure bookkeeping and choice; deterministic: ties go to the node whose name comes first.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "model/api/core.h"
#include "model/api/pod.h"

namespace sdbtwin::cluster {

struct PodResources {
  int64_t milli_cpu = 0;
  int64_t memory_bytes = 0;

  bool operator==(const PodResources&) const = default;
};
// What a pod reserves: the sum of its containers' requests, or its largest init container's.
PodResources requests_of(const api::PodSpec& spec);

// Why nodes did not fit, by reason, for the message "0/3 nodes are available: ...".
struct Misfits {
  size_t nodes = 0;
  std::map<std::string, int> reasons;

  std::string message() const;
};

class NodePool {
 public:
  // A set of node names; nullopt: any node.
  using Allowed = std::optional<std::set<std::string, std::less<>>>;

  void set_node(std::shared_ptr<const api::Node> node);
  void remove_node(const std::string& name);
  const api::Node* find(std::string_view name) const;

  // Effect: the pod's reservation is on that node. Replaces an earlier one of the same uid.
  void place(const api::Pod& pod, const std::string& node);
  void remove(const std::string& pod_uid);
  bool placed(const std::string& pod_uid) const { return where_.contains(pod_uid); }

  // The node for the pod: among those that fit, the one with the fewest pods of the same
  // controller, then the least reserved. nullopt: none fits, and `misfits` says why.
  std::optional<std::string> choose(const api::Pod& pod, const Allowed& allowed,
                                    Misfits& misfits) const;

 private:
  struct Entry {
    std::shared_ptr<const api::Node> node;  // null: pods are known to be there, the node is not
    PodResources allocatable;
    PodResources reserved;
    std::map<std::string, int, std::less<>> pods_of_controller;  // by the controller's uid
  };
  struct Placement {
    std::string node;
    PodResources resources;
    std::string controller;
  };

  static std::string why_not(const Entry& entry, const api::Pod& pod, const PodResources& wanted,
                             const Allowed& allowed);

  std::map<std::string, Entry, std::less<>> nodes_;
  std::map<std::string, Placement> where_;  // by pod uid
};

}  // namespace sdbtwin::cluster
