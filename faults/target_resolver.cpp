#include "faults/target_resolver.h"

#include <fmt/format.h>

#include <utility>

#include "model/api/pod.h"

namespace sdbtwin::faults {
namespace {

using singlestore::ClusterState;
using singlestore::Copy;
using singlestore::Node;
using singlestore::NodeKind;

NodeKind kind_of(const Target& target) {
  return target.role == TargetRole::kLeaf ? NodeKind::kLeaf : NodeKind::kAggregator;
}

const Node* find_ordinal(const ClusterState& state, NodeKind kind, int ordinal) {
  for (const Node& node : state.nodes) {
    if (node.kind == kind && node.ordinal == ordinal) return &node;
  }
  return nullptr;
}

const Node* find_copy(const ClusterState& state, const Target& target) {
  const singlestore::Database* database = state.find_database(target.database);
  if (database == nullptr) return nullptr;
  for (const singlestore::Partition& partition : database->partitions) {
    if (partition.ordinal != target.ordinal) continue;
    for (std::size_t i = 0; i < partition.copies.size(); ++i) {
      const Node& node = state.node(partition.copies[i].node);
      const bool master = static_cast<int>(i) == partition.master;
      const bool meant = target.role == TargetRole::kCopyOn
                             ? node.ordinal == target.leaf
                             : master == (target.role == TargetRole::kMaster);
      if (meant) return &node;
    }
  }
  return nullptr;
}

const Node* find_node(const ClusterState& state, const Target& target) {
  switch (target.role) {
    case TargetRole::kLeaf:
    case TargetRole::kAggregator:
      return find_ordinal(state, kind_of(target), target.ordinal);
    case TargetRole::kMasterAggregator:
      return state.master_aggregator < 0 ? nullptr : &state.node(state.master_aggregator);
    case TargetRole::kMaster:
    case TargetRole::kReplica:
    case TargetRole::kCopyOn:
      return find_copy(state, target);
  }
  return nullptr;
}

bool has_role(const Target& target, std::string_view namespace_, std::string_view pod,
              const std::map<std::string, std::string>& labels) {
  if (target.role != TargetRole::kLeaf && target.role != TargetRole::kAggregator) return false;
  const auto role = singlestore::pod_role(pod, labels);
  return role && role->kind == kind_of(target) && role->ordinal == target.ordinal &&
         includes(target.cluster, namespace_, role->cluster);
}

}  // namespace

std::string to_string(const PodName& pod) { return fmt::format("{}/{}", pod.namespace_, pod.name); }

bool includes(const ClusterName& pattern, std::string_view namespace_, std::string_view name) {
  return pattern.any() || (pattern.namespace_ == namespace_ && pattern.name == name);
}

std::optional<PodName> resolve(const Target& target, const Environment& environment) {
  if (environment.fleet != nullptr) {
    for (const singlestore::DatabaseCluster* cluster : environment.fleet->clusters()) {
      const ClusterState& state = cluster->state();
      if (!includes(target.cluster, state.namespace_, state.name)) continue;
      const Node* node = find_node(state, target);
      if (node != nullptr) return PodName{state.namespace_, node->pod};
    }
  }
  if (environment.store == nullptr) return std::nullopt;
  // A pod whose containers have not run yet.
  for (const api::ObjectPtr& pod : environment.store->list(api::Kind::kPod, "")) {
    const api::ObjectMeta& meta = pod->metadata;
    if (has_role(target, meta.namespace_, meta.name, *meta.labels)) {
      return PodName{meta.namespace_, meta.name};
    }
  }
  return std::nullopt;
}

bool names(const Target& target, const Environment& environment, std::string_view namespace_,
           std::string_view pod, const std::map<std::string, std::string>& labels) {
  if (environment.fleet != nullptr) {
    for (const singlestore::DatabaseCluster* cluster : environment.fleet->clusters()) {
      const ClusterState& state = cluster->state();
      if (state.namespace_ != namespace_ || state.find_pod(pod) == nullptr) continue;
      if (!includes(target.cluster, state.namespace_, state.name)) return false;
      const Node* node = find_node(state, target);
      return node != nullptr && node->pod == pod;
    }
  }
  return has_role(target, namespace_, pod, labels);
}

}  // namespace sdbtwin::faults
