#include "model/singlestore/parts.h"

#include <fmt/format.h>

#include <algorithm>

namespace sdbtwin::singlestore {

void Parts::settle(sim::Time now) {
  if (touched_.empty()) return;
  std::sort(touched_.begin(), touched_.end());
  touched_.erase(std::unique(touched_.begin(), touched_.end()), touched_.end());
  for (const int index : touched_) {
    Node& node = state.node(index);
    const NodeTruth truth = state.judge(node);
    if (node.kind == NodeKind::kLeaf) {
      state.leaf_summary.replace(node.counted,
                                 node.member ? std::optional<NodeTruth>(truth) : std::nullopt);
    }
    if (!node.history.note(now, truth)) continue;
    ++state.version;
    const bool syncs = truth.synced_at != kNever;
    journal.note(NodeTruthChanged{state.namespace_, state.name, node.pod, truth.online, syncs,
                                  syncs ? truth.synced_at : sim::Time{}});
  }
  touched_.clear();
  state.history.note(now, state.leaf_summary.truth());
}

void Parts::record(Node& node, sql::NodeState node_state) {
  if (node.recorded == node_state) return;
  int& online = node.kind == NodeKind::kLeaf ? state.online_leaves : state.online_aggregators;
  if (node.recorded == sql::NodeState::kOnline) online -= 1;
  if (node_state == sql::NodeState::kOnline) online += 1;
  node.recorded = node_state;
  if (state.master_active) state.metadata_position += settings.metadata_bytes_per_change;
  ++state.version;
  touch(node.index);
  journal.note(NodeStateChanged{state.namespace_, state.name, node.pod, node_state});
}

void Parts::set_process(Node& node, ProcessState process) {
  node.process = process;
  ++state.version;
  touch(node.index);
  journal.note(ProcessChanged{state.namespace_, state.name, node.pod, node.version, process});
}

void Parts::note_copy(const CopyId& id) {
  Copy& copy = state.copy(id);
  const CopyStatus status{copy.role, copy.state, copy.sync, copy.streaming};
  touch(copy.node);
  if (const Copy* other = state.other(id)) touch(other->node);
  if (copy.noted == status) return;
  InstanceCounts& counts = state.databases[static_cast<std::size_t>(id.database)].counts;
  if (copy.noted) counts.add(*copy.noted, id.ordinal, id.copy, -1);
  counts.add(status, id.ordinal, id.copy, +1);
  copy.noted = status;
  ++state.version;
  journal.note(CopyChanged{state.namespace_, state.name, partition_name(id),
                           state.node(copy.node).pod, copy.role, copy.state, copy.sync,
                           copy.streaming});
}

void Parts::note_service(const CopyId& any_copy) {
  Partition& partition = state.partition(any_copy);
  const bool served = state.serves(partition);
  if (served == partition.served) return;
  partition.served = served;
  auto& database = state.databases[static_cast<std::size_t>(any_copy.database)];
  database.unserved_partitions += served ? -1 : 1;
  ++state.version;
  journal.note(PartitionServiceChanged{state.namespace_, state.name, partition_name(any_copy),
                                       state.node(partition.master_copy().node).pod, served,
                                       partition.term});
}

std::string Parts::partition_name(const CopyId& id) const {
  return fmt::format("{}_{}", state.databases[static_cast<std::size_t>(id.database)].name,
                     id.ordinal);
}

}  // namespace sdbtwin::singlestore
