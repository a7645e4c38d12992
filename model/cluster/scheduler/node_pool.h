// NodePool: the scheduler's view of nodes and of the pods on them, kept up to date pod by pod. Pods
// that it has just placed count from that moment ("assumed"), before any cache shows it. Also keeps
// the nominations: pods for which others are being evicted. Pure bookkeeping; ordered by name and
// uid.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "model/api/core.h"
#include "model/cluster/scheduler/pod_info.h"

namespace sdbtwin::cluster {

struct NodeInfo {
  std::shared_ptr<const api::Node> node;  // null: pods are known to be there, the node is not
  PodResources allocatable;
  std::optional<int64_t> pods_max;  // nullopt: the node does not say [us]
  PodResources reserved;
  PodResources scored;
  std::map<std::string, const PodInfo*> pods;                  // by uid
  std::map<std::string, int, std::less<>> pods_of_controller;  // that are not being deleted

  const std::string& name() const { return node->metadata.name; }
};

class NodePool {
 public:
  // A set of node names; nullopt: any node.
  using Allowed = std::optional<std::set<std::string, std::less<>>>;
  using PodPtr = std::shared_ptr<const api::Pod>;

  void set_node(std::shared_ptr<const api::Node> node);
  void remove_node(const std::string& name);
  const NodeInfo* find(std::string_view name) const;  // null: no such node
  // Also those that are only known by their pods (node is null).
  const std::map<std::string, NodeInfo, std::less<>>& nodes() const { return nodes_; }
  size_t size() const { return size_; }

  // Effect: the pod counts on that node, as it is now. Replaces an earlier one of the same uid.
  void place(PodPtr pod, const std::string& node);
  void place(PodInfo info, const std::string& node);
  void remove(const std::string& pod_uid);
  bool placed(const std::string& pod_uid) const { return where_.contains(pod_uid); }

  struct Placement {
    PodInfo info;
    std::string node;
    bool counted = false;  // in pods_of_controller
  };
  // Pods with a rule on other pods, by uid.
  const std::map<std::string, const Placement*>& pods_with_affinity() const {
    return with_affinity_;
  }

  // Effect: the pod waits for room on that node (status.nominatedNodeName).
  void nominate(PodInfo info, const std::string& node);
  void forget_nomination(const std::string& pod_uid) { nominated_.erase(pod_uid); }
  const std::map<std::string, Placement>& nominations() const { return nominated_; }

 private:
  void count(Placement& placement);
  void uncount(Placement& placement);

  std::map<std::string, NodeInfo, std::less<>> nodes_;
  std::map<std::string, Placement> where_;  // by pod uid
  std::map<std::string, const Placement*> with_affinity_;
  std::map<std::string, Placement> nominated_;
  size_t size_ = 0;
};

}  // namespace sdbtwin::cluster
