#include "model/cluster/scheduler/node_pool.h"

#include <utility>

namespace sdbtwin::cluster {

void NodePool::set_node(std::shared_ptr<const api::Node> node) {
  NodeInfo& info = nodes_[node->metadata.name];
  if (info.node == nullptr) ++size_;
  if (info.node == nullptr || !(info.node->status == node->status)) {
    const api::ResourceList& allocatable = *node->status->allocatable;
    info.allocatable = resources_in(allocatable);
    const auto pods = allocatable.find("pods");
    info.pods_max = pods == allocatable.end() ? std::nullopt : pods->second.value();
  }
  info.node = std::move(node);
}

void NodePool::remove_node(const std::string& name) {
  const auto found = nodes_.find(name);
  if (found == nodes_.end() || found->second.node == nullptr) return;
  found->second.node = nullptr;
  --size_;
  if (found->second.pods.empty()) nodes_.erase(found);
}

const NodeInfo* NodePool::find(std::string_view name) const {
  const auto found = nodes_.find(name);
  return found == nodes_.end() || found->second.node == nullptr ? nullptr : &found->second;
}

void NodePool::count(Placement& placement) {
  placement.counted =
      !placement.info.controller.empty() && !api::is_deleting(placement.info.pod->metadata);
  if (placement.counted) ++nodes_[placement.node].pods_of_controller[placement.info.controller];
}

void NodePool::uncount(Placement& placement) {
  if (!placement.counted) return;
  auto& counts = nodes_[placement.node].pods_of_controller;
  const auto count = counts.find(placement.info.controller);
  if (--count->second == 0) counts.erase(count);
  placement.counted = false;
}

void NodePool::place(PodPtr pod, const std::string& node) {
  const auto known = where_.find(pod->metadata.uid);
  if (known == where_.end() || known->second.node != node)
    return place(PodInfo::of(std::move(pod)), node);
  // A newer state of a pod that is there: its requests do not change, its labels may.
  Placement& placement = known->second;
  placement.info.pod = std::move(pod);
  const bool leaves = api::is_deleting(placement.info.pod->metadata);
  if (placement.counted && leaves) uncount(placement);
}

void NodePool::place(PodInfo info, const std::string& node) {
  const std::string uid = info.uid();
  remove(uid);
  nominated_.erase(uid);
  NodeInfo& there = nodes_[node];
  there.reserved += info.requests;
  there.scored += info.scored;
  const bool rules = info.pod_affinity() != nullptr || info.pod_anti_affinity() != nullptr;
  const auto [placed, fresh] = where_.emplace(uid, Placement{std::move(info), node});
  there.pods.emplace(uid, &placed->second.info);
  if (rules) with_affinity_.emplace(uid, &placed->second);
  count(placed->second);
}

void NodePool::remove(const std::string& pod_uid) {
  const auto found = where_.find(pod_uid);
  if (found == where_.end()) return;
  Placement& placement = found->second;
  const auto there = nodes_.find(placement.node);
  uncount(placement);
  there->second.reserved -= placement.info.requests;
  there->second.scored -= placement.info.scored;
  there->second.pods.erase(pod_uid);
  with_affinity_.erase(pod_uid);
  if (there->second.node == nullptr && there->second.pods.empty()) nodes_.erase(there);
  where_.erase(found);
}

void NodePool::nominate(PodInfo info, const std::string& node) {
  std::string uid = info.uid();
  nominated_.insert_or_assign(std::move(uid), Placement{std::move(info), node});
}

}  // namespace sdbtwin::cluster
