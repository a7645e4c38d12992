// Replication's streams from a master copy to its slave, the placement of new databases, and the
// rebalance that brings masters back.
#include <algorithm>

#include "model/singlestore/replication.h"
#include "model/singlestore/sizes.h"
#include "sim/core/assert.h"

namespace sdbtwin::singlestore {

using sql::InstanceRole;
using sql::InstanceState;
using sql::PartitionSync;

CopyId Replication::slave_of(const CopyId& id) const {
  const Partition& partition = state().partition(id);
  if (partition.copies.size() < 2) return CopyId{};
  return CopyId{id.database, id.ordinal, 1 - partition.master};
}

// ---- streams ----

void Replication::stop_stream(const CopyId& slave, sim::Time now) {
  Copy& copy = state().copy(slave);
  if (!copy.streaming) return;
  const std::int64_t end = state().position(state().partition(slave), copy, now);
  cancel(copy);
  copy.streaming = false;
  copy.caught_up = false;
  copy.synced_at = kNever;
  if (copy.sync == PartitionSync::kReady) copy.sync = PartitionSync::kAsync;
  if (copy.state == InstanceState::kProvisioning) {
    // Half a snapshot is of no use.
    copy.volume.clear();
    copy.history = LogHistory{};
    copy.position = LinearPosition{0, now, 0};
    copy.state = InstanceState::kOffline;
  } else {
    copy.position = LinearPosition{end, now, 0};
  }
  parts_.note_copy(slave);
}

void Replication::start_stream(const CopyId& slave, sim::Time now) {
  const Partition& partition = state().partition(slave);
  Copy& copy = state().copy(slave);
  const Copy& master = partition.master_copy();
  if (copy.streaming) return;
  const std::int64_t end = copy.position.at(now);
  const std::int64_t common =
      copy.history.common_until(end, master.history, master.position.at(now));
  // Data that the master does not have are discarded with the whole copy (3.5).
  if (!state().has_data(copy) || common < end) return provision(slave, now);
  copy.state = InstanceState::kReplicating;
  copy.sync = PartitionSync::kAsync;
  copy.streaming = true;
  copy.history = master.history;
  parts_.note_copy(slave);
  aim(slave, now);
}

void Replication::resume_stream(const CopyId& slave, sim::Time now) {
  Copy& copy = state().copy(slave);
  if (copy.streaming) return;
  if (copy.sync != PartitionSync::kSync) return start_stream(slave, now);
  // Nothing was committed while the stream was broken.
  copy.streaming = true;
  copy.caught_up = true;
  copy.synced_at = now;
  parts_.note_copy(slave);
}

void Replication::provision(const CopyId& slave, sim::Time now) {
  const Partition& partition = state().partition(slave);
  Copy& copy = state().copy(slave);
  const Copy& master = partition.master_copy();
  const std::int64_t end = master.position.at(now);
  copy.volume = state().node(copy.node).volume;
  copy.state = InstanceState::kProvisioning;
  copy.sync = PartitionSync::kAsync;
  copy.streaming = true;
  copy.synced_at = kNever;
  copy.history = master.history;
  copy.position = LinearPosition{end, now, 0};
  copy.phase = end % parts_.settings.logs.snapshot_trigger;
  copy.rows_missing = master.rows_missing;
  const RowShape& row = state().databases[static_cast<std::size_t>(slave.database)].row;
  const std::int64_t bytes = provisioning_bytes(row, end);
  later(slave, DueKind::kProvisioned, now + time_for(bytes, parts_.settings.rates.replication));
  parts_.note_copy(slave);
}

// The slave downloads at the link's rate until it meets the master, which may write meanwhile.
void Replication::aim(const CopyId& slave, sim::Time now) {
  Copy& copy = state().copy(slave);
  const Copy& master = state().partition(slave).master_copy();
  cancel(copy);
  copy.position.continue_at(now, parts_.settings.rates.replication);
  const auto meeting = meeting_time(copy.position, master.position, now);
  copy.synced_at = kNever;
  if (meeting) {
    copy.synced_at = *meeting + parts_.settings.timings.ready_to_sync;
    later(slave, DueKind::kCaughtUp, *meeting);
  }
  parts_.note_copy(slave);
}

void Replication::caught_up(const CopyId& slave, sim::Time now) {
  Copy& copy = state().copy(slave);
  copy.due = {};
  copy.caught_up = true;
  const Database& database = state().databases[static_cast<std::size_t>(slave.database)];
  if (database.sync_replication) {
    copy.sync = PartitionSync::kReady;
    later(slave, DueKind::kSynced, now + parts_.settings.timings.ready_to_sync);
  } else {
    copy.synced_at = now;
  }
  parts_.note_copy(slave);
}

void Replication::synced(const CopyId& slave, sim::Time now) {
  Copy& copy = state().copy(slave);
  copy.due = {};
  copy.sync = PartitionSync::kSync;
  copy.synced_at = now;
  parts_.note_copy(slave);
  consider_rebalance(state().node(copy.node), now);
}

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
    if (copy.sync != PartitionSync::kSync || !copy.streaming || !state().serves(partition))
      continue;
    swap_master(id, now);
  }
}

void Replication::swap_master(const CopyId& id, sim::Time now) {
  Partition& partition = state().partition(id);
  Copy& copy = state().copy(id);
  const CopyId former_id{id.database, id.ordinal, partition.master};
  Copy& former = partition.master_copy();
  const std::int64_t end = former.position.at(now);
  partition.term += 1;
  partition.master = id.copy;
  copy.role = InstanceRole::kMaster;
  copy.state = InstanceState::kOnline;
  copy.sync = PartitionSync::kEmpty;
  copy.streaming = false;
  copy.caught_up = false;
  copy.history.begin_term(partition.term, end);
  copy.position = LinearPosition{end, now, 0};
  former.role = InstanceRole::kSlave;
  former.state = InstanceState::kReplicating;
  former.sync = PartitionSync::kSync;
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

void Replication::create_database(const UserDatabase& wanted, sim::Time now) {
  ClusterState& all = state();
  std::vector<int> leaves;
  for (const int leaf : all.leaves) {
    if (all.node(leaf).member) leaves.push_back(leaf);
  }
  std::sort(leaves.begin(), leaves.end(),
            [&all](int a, int b) { return all.node(a).ordinal < all.node(b).ordinal; });
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
    const int leaf = leaves[static_cast<std::size_t>(ordinal) % leaves.size()];
    Partition& partition = created.partitions[static_cast<std::size_t>(ordinal)];
    partition.ordinal = ordinal;
    partition.preferred_leaf = leaf;
    partition.offline = false;
    // Remainders go to the first partitions, so that the sums are exact.
    partition.write_rate = rate / count + (ordinal < rate % count ? 1 : 0);
    const std::int64_t rows = wanted.rows / count + (ordinal < wanted.rows % count ? 1 : 0);
    const int pair = all.redundancy == 2 ? all.node(leaf).pair : -1;
    partition.copies.resize(pair >= 0 ? 2 : 1);
    partition.copies.front().node = leaf;
    partition.copies.back().node = pair >= 0 ? pair : leaf;
    const std::int64_t position = rows * wanted.row.log_bytes;
    add_copy(CopyId{database, ordinal, 0}, position, now);
    if (pair >= 0) add_copy(CopyId{database, ordinal, 1}, position, now);
    refresh(CopyId{database, ordinal, 0}, now);
  }
  parts_.journal.note(DatabaseCreated{all.namespace_, all.name, wanted.name, count});
}

// Precondition: all copies of the partition know their nodes.
void Replication::add_copy(const CopyId& id, std::int64_t position, sim::Time now) {
  Copy& copy = state().copy(id);
  const bool master = id.copy == 0;
  copy.role = master ? InstanceRole::kMaster : InstanceRole::kSlave;
  copy.state = master ? InstanceState::kOnline : InstanceState::kReplicating;
  const bool sync = state().databases[static_cast<std::size_t>(id.database)].sync_replication;
  copy.sync = master ? PartitionSync::kEmpty : sync ? PartitionSync::kSync : PartitionSync::kAsync;
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
