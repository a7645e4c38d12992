// ClusterState's part about ways: which packets pass, what disturbances leave of a stream, and
// which copy an aggregator can use.
#include <algorithm>
#include <cstddef>
#include <utility>

#include "model/singlestore/state.h"

namespace sdbtwin::singlestore {
namespace {

void add_effect(StreamCondition& condition, const StreamDisturbance& what) {
  switch (what.effect) {
    case StreamEffect::kThrottled:
      condition.rate = std::min(condition.rate, what.bytes_per_second);
      break;
    case StreamEffect::kStalled:
      condition.rate = 0;
      break;
    case StreamEffect::kBroken:
      condition.broken = true;
      break;
  }
}

// {a, b} are the two ends, in any order, as far as the pattern names them.
bool ends_match(const StreamPattern& pattern, int a, int b) {
  if (pattern.leaf && pattern.peer) {
    return (*pattern.leaf == a && *pattern.peer == b) || (*pattern.leaf == b && *pattern.peer == a);
  }
  const std::optional<int>& named = pattern.leaf ? pattern.leaf : pattern.peer;
  return !named || *named == a || *named == b;
}

}  // namespace

bool ClusterState::reach(const Node& a, const Node& b) const {
  if (a.black_holed || b.black_holed) return false;
  return cuts.empty() || !cuts.contains(std::minmax(a.index, b.index));
}

bool ClusterState::matches(const StreamPattern& pattern, const CopyId& slave) const {
  if (pattern.metadata) return false;
  const Copy* peer = other(slave);
  if (peer == nullptr) return false;
  const Database& database = databases[static_cast<std::size_t>(slave.database)];
  if (pattern.database && *pattern.database != database.name) return false;
  if (pattern.partition && *pattern.partition != slave.ordinal) return false;
  return ends_match(pattern, node(copy(slave).node).ordinal, node(peer->node).ordinal);
}

bool ClusterState::matches(const StreamPattern& pattern, const Node& node_) const {
  if (!pattern.metadata || !node_.member || is_master_aggregator(node_)) return false;
  if (!pattern.leaf && !pattern.aggregator) return true;
  const bool leaf = node_.kind == NodeKind::kLeaf;
  return (leaf ? pattern.leaf : pattern.aggregator) == node_.ordinal;
}

StreamCondition ClusterState::stream_condition(const CopyId& slave, std::int64_t full) const {
  StreamCondition condition{false, full};
  for (const ActiveDisturbance& active : disturbances) {
    if (matches(active.what.streams, slave)) add_effect(condition, active.what);
  }
  return condition;
}

StreamCondition ClusterState::metadata_condition(const Node& node_, std::int64_t full) const {
  StreamCondition condition{false, full};
  for (const ActiveDisturbance& active : disturbances) {
    if (matches(active.what.streams, node_)) add_effect(condition, active.what);
  }
  return condition;
}

ClusterState::Access ClusterState::access(const Node& aggregator, const CopyId& any_copy,
                                          int& copy_index) const {
  const Partition& held = partition(any_copy);
  copy_index = held.master;
  bool offline = held.offline;
  if (aggregator.stale != nullptr) {
    const auto database = static_cast<std::size_t>(any_copy.database);
    const auto ordinal = static_cast<std::size_t>(any_copy.ordinal);
    const ClusterRecord& record = *aggregator.stale;
    // The database was created, or all was bootstrapped anew, without its knowledge.
    if (record.cluster_incarnation != cluster_incarnation || database >= record.databases.size()) {
      return Access::kOffline;
    }
    copy_index = record.databases[database][ordinal].master;
    offline = record.databases[database][ordinal].offline;
  }
  if (offline) return Access::kOffline;
  const Copy& target = held.copies[static_cast<std::size_t>(copy_index)];
  const Node& leaf = node(target.node);
  if (!reach(aggregator, leaf)) return Access::kSilent;
  return target.serving && leaf.running() ? Access::kServed : Access::kOffline;
}

bool ClusterState::commits(const CopyId& id) const {
  const Partition& held = partition(id);
  if (id.copy == held.master) return !held.stalled;
  // A master that was replaced without its knowledge: its replica does not answer it any more.
  return !databases[static_cast<std::size_t>(id.database)].sync_replication;
}

Carriers ClusterState::carriers(const CopyId& any_copy) const {
  Carriers found;
  if (cuts.empty() && stale_aggregators == 0) {
    // All aggregators know the same and reach the same.
    const Partition& held = partition(any_copy);
    if (serves(held)) found.by_copy[static_cast<std::size_t>(held.master)] = usable_aggregators;
    return found;
  }
  for (const int index : aggregators) {
    const Node& aggregator = node(index);
    if (!usable_aggregator(aggregator)) continue;
    int copy_index = 0;
    if (access(aggregator, any_copy, copy_index) == Access::kServed) {
      ++found.by_copy[static_cast<std::size_t>(copy_index)];
    }
  }
  return found;
}

}  // namespace sdbtwin::singlestore
