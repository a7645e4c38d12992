// Replication's placement of new databases over the leaves, and the rebalance that brings masters
// back.
#include <algorithm>
#include <utility>

#include "model/singlestore/replication.h"
#include "sim/core/assert.h"

namespace sdbtwin::singlestore {

using sql::InstanceRole;
using sql::InstanceState;
using sql::PartitionSync;

// ---- rebalance ----

// Masters go back when every copy that belongs here is in sync and the delay has passed (3.4).
void Replication::consider_rebalance(Node& leaf, sim::Time now) {
  if (!leaf.wants_masters_back || leaf.rebalance_due) return;
  for (const CopyId& id : leaf.copies) {
    const Copy& copy = state().copy(id);
    if (state().partition(id).preferred_leaf != leaf.index) continue;
    if (copy.role == InstanceRole::kSlave && copy.sync != PartitionSync::kSync) return;
  }
  const sim::Time at = std::max(now, leaf.attached_at + parts_.settings.timings.rebalance_delay);
  leaf.rebalance_due = parts_.agenda.add(at, Due{.kind = DueKind::kRebalance, .node = leaf.index});
}

void Replication::master_back(sim::Time now) {
  for (const int leaf : state().leaves) consider_rebalance(state().node(leaf), now);
}

void Replication::rebalance(Node& leaf, sim::Time now) {
  if (!state().answers_master(leaf)) return;
  leaf.wants_masters_back = false;
  for (const CopyId& id : leaf.copies) {
    const Partition& partition = state().partition(id);
    if (partition.preferred_leaf != leaf.index || partition.master == id.copy) continue;
    const Copy& copy = state().copy(id);
    // Both ends have to be told, and the new direction must work as the old one does.
    const Node& master = state().node(partition.master_copy().node);
    if (copy.sync != PartitionSync::kSync || !copy.streaming || partition.stalled) continue;
    if (!state().serves(partition) || !state().answers_master(master)) continue;
    swap_master(id, now);
  }
}

void Replication::swap_master(const CopyId& id, sim::Time now) {
  Partition& partition = state().partition(id);
  Copy& copy = state().copy(id);
  const CopyId former_id{id.database, id.ordinal, partition.master};
  Copy& former = partition.master_copy();
  const std::int64_t end = former.position.at(now);
  SIM_ASSERT(!partition.stalled);
  cancel(copy);
  partition.term += 1;
  partition.master = id.copy;
  copy.role = InstanceRole::kMaster;
  copy.state = InstanceState::kOnline;
  copy.sync = PartitionSync::kEmpty;
  copy.serving = true;
  copy.streaming = false;
  copy.caught_up = false;
  copy.history.begin_term(partition.term, end);
  copy.position = LinearPosition{end, now, 0};
  former.role = InstanceRole::kSlave;
  former.state = InstanceState::kReplicating;
  former.sync = PartitionSync::kSync;
  former.serving = false;
  former.streaming = true;
  former.caught_up = true;
  former.synced_at = now;
  former.history = copy.history;
  former.position = LinearPosition{end, now, 0};
  parts_.note_copy(former_id);
  parts_.note_copy(id);
  refresh(id, now);
}

// ---- creation ----

// Where the replica of a partition goes whose master is on `leaf`; -1: nowhere.
int Replication::partner(const std::vector<int>& leaves, int leaf, int ordinal) const {
  if (state().redundancy < 2) return -1;
  const Node& node = state().node(leaf);
  if (parts_.settings.fanout == LeafFanout::kPaired) return node.pair;
  std::vector<int> others;  // of the other availability group
  for (const int other : leaves) {
    if (state().node(other).availability_group != node.availability_group) others.push_back(other);
  }
  if (others.empty()) return -1;
  // Partitions go round over `leaves`; their replicas go round over the other group per round.
  const auto round = static_cast<std::size_t>(ordinal) / leaves.size();
  return others[(round + static_cast<std::size_t>(node.ordinal / 2)) % others.size()];
}

void Replication::create_database(const UserDatabase& wanted, sim::Time now) {
  ClusterState& all = state();
  std::vector<int> leaves;
  for (const int leaf : all.leaves) {
    if (all.node(leaf).member) leaves.push_back(leaf);
  }
  std::sort(leaves.begin(), leaves.end(),
            [&all](int a, int b) { return all.node(a).ordinal < all.node(b).ordinal; });
  // A leaf without a pair could not be backed up: it gets no partitions while others have pairs.
  const auto lonely = [&](int leaf) { return all.node(leaf).pair < 0; };
  const bool pairs = all.redundancy == 2 && parts_.settings.fanout == LeafFanout::kPaired;
  if (pairs && !std::all_of(leaves.begin(), leaves.end(), lonely)) std::erase_if(leaves, lonely);
  const int count = static_cast<int>(leaves.size()) * wanted.partitions_per_leaf;

  const int database = static_cast<int>(all.databases.size());
  Database& created = all.databases.emplace_back();
  created.name = wanted.name;
  created.row = wanted.row;
  created.sync_replication = wanted.sync_replication;
  created.reference_bytes = wanted.reference_bytes;
  created.unserved_partitions = count;
  created.partitions.resize(static_cast<std::size_t>(count));
  const std::int64_t rate = wanted.write_rows_per_second * wanted.row.log_bytes;
  for (int ordinal = 0; ordinal < count; ++ordinal) {
    Partition& partition = created.partitions[static_cast<std::size_t>(ordinal)];
    partition.ordinal = ordinal;
    partition.offline = false;
    // Remainders go to the first partitions, so that the sums are exact.
    partition.write_rate = rate / count + (ordinal < rate % count ? 1 : 0);
    const std::int64_t reads = wanted.read_rows_per_second;
    partition.read_rate = reads / count + (ordinal < reads % count ? 1 : 0);
  }
  created.clients = parts_.add_clients(created, now);
  for (int ordinal = 0; ordinal < count; ++ordinal) {
    const int leaf = leaves[static_cast<std::size_t>(ordinal) % leaves.size()];
    Partition& partition = created.partitions[static_cast<std::size_t>(ordinal)];
    partition.preferred_leaf = leaf;
    const std::int64_t rows = wanted.rows / count + (ordinal < wanted.rows % count ? 1 : 0);
    const int pair = partner(leaves, leaf, ordinal);
    partition.copies.resize(pair >= 0 ? 2 : 1);
    partition.copies.front().node = leaf;
    partition.copies.back().node = pair >= 0 ? pair : leaf;
    const std::int64_t position = rows * wanted.row.log_bytes;
    add_copy(CopyId{database, ordinal, 0}, position, now);
    if (pair >= 0) add_copy(CopyId{database, ordinal, 1}, position, now);
    refresh(CopyId{database, ordinal, 0}, now);
    if (pair >= 0) recondition(CopyId{database, ordinal, 1}, now);
  }
  parts_.journal.note(DatabaseCreated{all.namespace_, all.name, wanted.name, count});
}

// Precondition: all copies of the partition know their nodes.
void Replication::add_copy(const CopyId& id, std::int64_t position, sim::Time now) {
  Copy& copy = state().copy(id);
  const bool master = id.copy == 0;
  copy.role = master ? InstanceRole::kMaster : InstanceRole::kSlave;
  copy.state = master ? InstanceState::kOnline : InstanceState::kReplicating;
  const bool sync = is_sync(id);
  copy.sync = master ? PartitionSync::kEmpty : sync ? PartitionSync::kSync : PartitionSync::kAsync;
  copy.serving = master;
  copy.streaming = !master;
  copy.caught_up = !master;
  copy.synced_at = master ? kNever : now;
  copy.volume = state().node(copy.node).volume;
  copy.history.begin_term(1, 0);
  copy.position = LinearPosition{position, now, 0};
  copy.phase = static_cast<std::int64_t>(
      parts_.rng.below(static_cast<std::uint64_t>(parts_.settings.logs.snapshot_trigger)));
  state().node(copy.node).copies.push_back(id);
  parts_.note_copy(id);
}

}  // namespace sdbtwin::singlestore
