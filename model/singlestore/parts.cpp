#include "model/singlestore/parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

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

void Parts::grow_metadata(sim::Time now) {
  const std::int64_t bytes = settings.metadata_bytes_per_change;
  if (!state.disturbances.empty()) {
    for (Node& node : state.nodes) {
      MetadataStream& stream = node.metadata;
      if (!stream.connected || stream.rate >= settings.rates.replication) continue;
      if (state.is_master_aggregator(node)) continue;
      stream.missing = state.metadata_missing(node, now) + bytes;
      stream.since = std::max(stream.since, now);
      stream.time_sync();
      touch(node.index);
    }
  }
  state.metadata_position += bytes;
}

void Parts::record(Node& node, sql::NodeState node_state, sim::Time now) {
  if (node.recorded == node_state) return;
  int& online = node.kind == NodeKind::kLeaf ? state.online_leaves : state.online_aggregators;
  if (node.recorded == sql::NodeState::kOnline) online -= 1;
  if (node_state == sql::NodeState::kOnline) online += 1;
  node.recorded = node_state;
  if (state.master_active) grow_metadata(now);
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

// ---- clients ----

int Parts::add_clients(const Database& database, sim::Time now) {
  DatabaseClients log;
  log.name = database.name;
  for (const Partition& partition : database.partitions) {
    PartitionClients& added = log.partitions.emplace_back();
    added.name = fmt::format("{}_{}", database.name, partition.ordinal);
    added.ordinal = partition.ordinal;
    added.row_bytes = database.row.log_bytes;
    added.write_rate = partition.write_rate;
    added.read_rate = partition.read_rate;
    added.created = now;
  }
  return clients.add(std::move(log));
}

void Parts::note_clients(int log, const CopyId& any_copy, const ClientView& view, sim::Time now) {
  const PartitionClients& known = clients.partition(log, any_copy.ordinal);
  const std::array<int, 2> before = known.open;
  clients.note(log, any_copy.ordinal, view, now);
  if (known.open == before) return;
  ++state.version;
  const auto is_open = [](int index) { return index >= 0; };
  const auto writers = [&is_open](const std::array<int, 2>& open) {
    return std::count_if(open.begin(), open.end(), is_open);
  };
  for (std::size_t copy = 0; copy < before.size(); ++copy) {
    const auto tell = [&](int index, bool acknowledged) {
      const AcknowledgedWrites& writes = known.acknowledged[static_cast<std::size_t>(index)];
      journal.note(WritesAcknowledged{state.namespace_, state.name, known.name,
                                      state.node(writes.node).pod, acknowledged, writes.term,
                                      writes.to});
    };
    if (known.open[copy] == before[copy]) continue;
    if (is_open(before[copy])) tell(before[copy], false);
    if (is_open(known.open[copy])) tell(known.open[copy], true);
  }
  if ((writers(before) > 1) == (writers(known.open) > 1)) return;
  std::string pods;
  for (const int index : known.open) {
    if (!is_open(index)) continue;
    if (!pods.empty()) pods += ",";
    pods += state.node(known.acknowledged[static_cast<std::size_t>(index)].node).pod;
  }
  journal.note(WritableMasters{state.namespace_, state.name, known.name, writers(known.open),
                               std::move(pods)});
}

void Parts::note_losses(int log, int ordinal, const LogHistory& history, std::int64_t end,
                        sim::Time now) {
  PartitionClients& known = clients.partition(log, ordinal);
  const auto lost = ClientLog::missing(ClientLog::acknowledged(known, now), history, end);
  for (AcknowledgedWrites piece : lost) {
    for (const AcknowledgedWrites& told : known.reported_lost) {
      const bool same = told.term == piece.term && told.node == piece.node;
      if (same && told.from <= piece.from) piece.from = std::max(piece.from, told.to);
    }
    if (piece.from >= piece.to) continue;
    known.reported_lost.push_back(piece);
    ++state.version;
    journal.note(AcknowledgedWritesLost{state.namespace_, state.name, known.name, piece.term,
                                        piece.from, piece.to,
                                        piece.to / known.row_bytes - piece.from / known.row_bytes});
  }
}

std::string Parts::partition_name(const CopyId& id) const {
  return state.databases[static_cast<std::size_t>(id.database)].name + "_" +
         std::to_string(id.ordinal);
}

}  // namespace sdbtwin::singlestore
