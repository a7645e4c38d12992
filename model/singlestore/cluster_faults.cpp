// DatabaseCluster's faults: cut links, disturbed streams, drift, and growth on disk.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "model/singlestore/database_cluster.h"
#include "sim/core/assert.h"

namespace sdbtwin::singlestore {
namespace {

constexpr std::size_t kNamed = 4;  // of what was touched, the rest is counted

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kNamed); ++i) {
    if (i > 0) text += ", ";
    text += names[i];
  }
  if (names.size() > kNamed) text += fmt::format(" and {} more", names.size() - kNamed);
  return text;
}

// The index of the copy that the pattern names; -1: there is none.
int find_copy(const ClusterState& state, const Partition& partition, const CopyPattern& pattern) {
  for (int c = 0; c < static_cast<int>(partition.copies.size()); ++c) {
    const Node& leaf = state.node(partition.copies[static_cast<std::size_t>(c)].node);
    const bool master = c == partition.master;
    switch (pattern.which) {
      case CopyPattern::Which::kMaster:
        if (master) return c;
        break;
      case CopyPattern::Which::kReplica:
        if (!master) return c;
        break;
      case CopyPattern::Which::kLeaf:
        if (leaf.ordinal == pattern.leaf) return c;
        break;
    }
  }
  return -1;
}

}  // namespace

bool DatabaseCluster::set_link_cut(std::string_view pod, std::string_view other, bool cut,
                                   sim::Time now) {
  ClusterState& state = parts_.state;
  if (state.find_pod(pod) == nullptr || state.find_pod(other) == nullptr || pod == other) {
    return false;
  }
  Node& a = known_node(pod);
  Node& b = known_node(other);
  const std::pair<int, int> link = std::minmax(a.index, b.index);
  const bool changed = cut ? state.cuts.insert(link).second : state.cuts.erase(link) > 0;
  if (!changed) return false;
  ++state.version;
  if (a.kind == NodeKind::kLeaf && b.kind == NodeKind::kLeaf) {
    replication_.link_changed(a, b, now);
  }
  if (state.is_master_aggregator(a)) membership_.node_changed(b, now);
  if (state.is_master_aggregator(b)) membership_.node_changed(a, now);
  for (Node* leaf : {&a, &b}) {
    if (leaf->kind == NodeKind::kLeaf) replication_.routes_changed(*leaf, now);
  }
  parts_.settle(now);
  return true;
}

bool DatabaseCluster::disturb(std::uint64_t id, const StreamDisturbance& what, std::string& touched,
                              sim::Time now) {
  SIM_ASSERT(what.effect != StreamEffect::kThrottled || what.bytes_per_second > 0);
  const auto names = what.streams.metadata ? membership_.matching(what.streams)
                                           : replication_.matching(what.streams);
  if (names.empty()) return false;
  touched = listed(names);
  parts_.state.disturbances.push_back(ActiveDisturbance{id, what});
  ++parts_.state.version;
  conditions_changed(what.streams, now);
  return true;
}

void DatabaseCluster::conditions_changed(const StreamPattern& streams, sim::Time now) {
  if (streams.metadata) {
    membership_.conditions_changed(streams, now);
  } else {
    replication_.conditions_changed(streams, now);
  }
  parts_.settle(now);
}

bool DatabaseCluster::drift(std::uint64_t id, const LogicalDrift& what, std::string& touched,
                            sim::Time /*now*/) {
  ClusterState& state = parts_.state;
  for (Database& database : state.databases) {
    if (database.name != what.copy.database) continue;
    for (Partition& partition : database.partitions) {
      if (partition.ordinal != what.copy.partition) continue;
      const int found = find_copy(state, partition, what.copy);
      if (found < 0) return false;
      Copy& copy = partition.copies[static_cast<std::size_t>(found)];
      if (!state.has_data(copy)) return false;
      copy.drifts.push_back(id);
      state.drifts.emplace(id, DriftAmount{what.rows, what.bytes});
      ++state.version;
      touched =
          fmt::format("{}_{} {}", database.name, partition.ordinal, state.node(copy.node).pod);
      return true;
    }
  }
  return false;
}

bool DatabaseCluster::grow_disk(std::uint64_t id, const DiskGrowth& what, std::string& touched,
                                sim::Time /*now*/) {
  SIM_ASSERT(what.bytes > 0);
  if (parts_.state.find_pod(what.pod) == nullptr) return false;
  Node& node = known_node(what.pod);
  if (node.volume.empty()) return false;
  node.extra_disk.push_back(ExtraDisk{id, what.use, what.bytes, node.volume});
  ++parts_.state.version;
  touched = fmt::format("{} {}", node.pod, to_string(what.use));
  return true;
}

bool DatabaseCluster::heal(std::uint64_t id, sim::Time now) {
  ClusterState& state = parts_.state;
  const auto active = std::find_if(state.disturbances.begin(), state.disturbances.end(),
                                   [id](const ActiveDisturbance& a) { return a.id == id; });
  if (active != state.disturbances.end()) {
    const StreamPattern streams = active->what.streams;
    state.disturbances.erase(active);
    ++state.version;
    conditions_changed(streams, now);
    return true;
  }
  bool healed = state.drifts.erase(id) > 0;
  for (Node& node : state.nodes) {
    const auto gone =
        std::erase_if(node.extra_disk, [id](const ExtraDisk& e) { return e.id == id; });
    healed = healed || gone > 0;
  }
  if (healed) ++state.version;
  return healed;
}

std::vector<AcknowledgedWrites> DatabaseCluster::lost(std::string_view database, int ordinal,
                                                      sim::Time now) const {
  const DatabaseClients* log = parts_.clients.find(database);
  if (log == nullptr || ordinal < 0 || ordinal >= static_cast<int>(log->partitions.size())) {
    return {};
  }
  const auto writes =
      ClientLog::acknowledged(log->partitions[static_cast<std::size_t>(ordinal)], now);
  const Database* exists = parts_.state.find_database(database);
  if (exists == nullptr) return writes;
  const Partition& partition = exists->partitions[static_cast<std::size_t>(ordinal)];
  const Copy* keeper = parts_.state.keeper(partition);
  if (keeper == nullptr) return writes;
  return ClientLog::missing(writes, keeper->history,
                            parts_.state.position(partition, *keeper, now));
}

}  // namespace sdbtwin::singlestore
