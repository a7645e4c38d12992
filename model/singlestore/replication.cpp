#include "model/singlestore/replication.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "model/singlestore/sizes.h"
#include "sim/core/assert.h"

namespace sdbtwin::singlestore {

using sql::InstanceRole;
using sql::InstanceState;
using sql::PartitionSync;

// ---- recovery ----

sim::Time Replication::begin_recovery(Node& node, sim::Time now) {
  const Settings& settings = parts_.settings;
  std::int64_t metadata = settings.system_recovery_bytes;
  for (const Database& database : state().databases) metadata += database.reference_bytes;

  std::vector<std::pair<std::int64_t, CopyId>> work;  // bytes left, smallest first
  for (const CopyId& id : node.copies) {
    Copy& copy = state().copy(id);
    copy.state = state().has_data(copy) ? InstanceState::kRecovering : InstanceState::kOffline;
    if (copy.state == InstanceState::kRecovering) {
      const Database& database = state().databases[static_cast<std::size_t>(id.database)];
      const std::int64_t bytes =
          recovery_bytes(database.row, settings.logs, copy.position.at(now), copy.phase);
      work.emplace_back(bytes, id);
    }
    parts_.note_copy(id);
  }
  std::stable_sort(work.begin(), work.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });

  // System databases first; then all partitions at once share the disk evenly (2.16), so that the
  // k-th smallest is done when it and its like have been read k times over.
  std::int64_t read = metadata;
  std::int64_t finished_bytes = 0;
  for (std::size_t i = 0; i < work.size(); ++i) {
    const auto sharing = static_cast<std::int64_t>(work.size() - i);
    read += (work[i].first - finished_bytes) * sharing;
    finished_bytes = work[i].first;
    state().copy(work[i].second).recovered_at = now + time_for(read, settings.rates.recovery);
  }
  return now + time_for(read, settings.rates.recovery);
}

void Replication::finish_recovery(Node& node, sim::Time now) {
  for (const CopyId& id : node.copies) {
    Copy& copy = state().copy(id);
    copy.state = state().instance_state(copy, now);
    parts_.note_copy(id);
  }
}

// ---- contact ----

void Replication::contact_lost(Node& node, bool process_gone, sim::Time now) {
  bool commits_wait = false;
  for (const CopyId& id : node.copies) {
    Partition& partition = state().partition(id);
    Copy& copy = state().copy(id);
    const CopyId slave = slave_of(id);
    if (slave.copy >= 0) stop_stream(slave, now);
    if (copy.role == InstanceRole::kSlave && copy.sync == PartitionSync::kSync &&
        state().serves(partition)) {
      partition.stalled = true;
      commits_wait = true;
    }
    if (process_gone) {
      cancel(copy);
      copy.position.continue_at(now, 0);
      copy.state = InstanceState::kOffline;
      parts_.note_copy(id);
    }
    refresh(id, now);
  }
  if (commits_wait && !node.sync_due) {
    node.sync_due = parts_.agenda.add(now + parts_.settings.timings.sync_timeout,
                                      Due{.kind = DueKind::kSyncTimeout, .node = node.index});
  }
}

void Replication::contact_back(Node& node, sim::Time now) {
  parts_.agenda.cancel(node.sync_due);
  for (const CopyId& id : node.copies) {
    Partition& partition = state().partition(id);
    partition.stalled = false;
    const CopyId slave = slave_of(id);
    if (slave.copy >= 0 && state().serves(partition) && state().attached(state().copy(slave))) {
      resume_stream(slave, now);
    }
    refresh(id, now);
  }
}

void Replication::sync_timeout(Node& node, sim::Time now) {
  node.sync_due = {};
  for (const CopyId& id : node.copies) {
    Partition& partition = state().partition(id);
    if (!partition.stalled || state().copy(id).role != InstanceRole::kSlave) continue;
    partition.stalled = false;
    refresh(id, now);
  }
}

// ---- failover and attach ----

bool Replication::may_be_promoted(const CopyId& id) const {
  const Copy& copy = state().copy(id);
  return copy.sync == PartitionSync::kSync && state().has_data(copy) && state().attached(copy) &&
         state().answers_master(state().node(copy.node));
}

void Replication::fail_over(Node& leaf, sim::Time now) {
  parts_.agenda.cancel(leaf.sync_due);
  parts_.agenda.cancel(leaf.rebalance_due);
  for (const CopyId& id : leaf.copies) {
    Partition& partition = state().partition(id);
    partition.stalled = false;
    const CopyId slave = slave_of(id);
    if (slave.copy >= 0) stop_stream(slave, now);
    if (state().copy(id).role == InstanceRole::kMaster) {
      partition.offline = true;
      if (slave.copy >= 0 && may_be_promoted(slave)) promote(slave, now);
    }
    refresh(id, now);
  }
}

void Replication::promote(const CopyId& id, sim::Time now) {
  Partition& partition = state().partition(id);
  Copy& copy = state().copy(id);
  const CopyId former_id{id.database, id.ordinal, partition.master};
  SIM_ASSERT(partition.master != id.copy);
  SIM_ASSERT(!copy.streaming);
  Copy& former = partition.master_copy();
  cancel(former);
  cancel(copy);
  former.role = InstanceRole::kSlave;
  former.sync = PartitionSync::kAsync;
  partition.master = id.copy;
  partition.term += 1;
  copy.role = InstanceRole::kMaster;
  copy.sync = PartitionSync::kEmpty;
  copy.state = InstanceState::kTransition;
  copy.position.continue_at(now, 0);
  copy.history.begin_term(partition.term, copy.position.base);
  later(id, DueKind::kPromoted, now + parts_.settings.timings.promote);
  parts_.note_copy(former_id);
  parts_.note_copy(id);
}

void Replication::promoted(const CopyId& id, sim::Time now) {
  Copy& copy = state().copy(id);
  copy.due = {};
  copy.state = InstanceState::kOnline;
  state().partition(id).offline = false;
  parts_.note_copy(id);
  const CopyId slave = slave_of(id);
  if (slave.copy >= 0 && state().serves(state().partition(id)) &&
      state().attached(state().copy(slave))) {
    start_stream(slave, now);
  }
  refresh(id, now);
}

void Replication::attach(Node& leaf, sim::Time now) {
  for (const CopyId& id : leaf.copies) {
    if (state().copy(id).role == InstanceRole::kMaster) {
      attach_master(id, now);
    } else {
      attach_slave(id, now);
    }
    parts_.note_copy(id);
    refresh(id, now);
  }
  leaf.attached_at = now;
  leaf.wants_masters_back = state().redundancy == 2 && parts_.settings.automatic_rebalance;
  parts_.touch(leaf.index);
}

void Replication::attach_master(const CopyId& id, sim::Time now) {
  Copy& copy = state().copy(id);
  const CopyId slave = slave_of(id);
  if (!state().has_data(copy)) {
    // Its disk is another one. Nobody else may have all that was acknowledged.
    copy.state = InstanceState::kUnrecoverable;
    if (slave.copy >= 0 && may_be_promoted(slave)) promote(slave, now);
    return;
  }
  copy.state = InstanceState::kOnline;
  state().partition(id).offline = false;
  if (slave.copy >= 0 && state().attached(state().copy(slave))) start_stream(slave, now);
}

void Replication::attach_slave(const CopyId& id, sim::Time now) {
  Copy& copy = state().copy(id);
  const Partition& partition = state().partition(id);
  if (state().serves(partition)) {
    start_stream(id, now);
    return;
  }
  const Copy& master = partition.master_copy();
  if (may_be_promoted(id) && !state().attached(master)) {
    promote(id, now);
    return;
  }
  copy.state = state().has_data(copy) ? InstanceState::kPending : InstanceState::kOffline;
}

// ---- service ----

void Replication::refresh(const CopyId& id, sim::Time now) {
  Partition& partition = state().partition(id);
  parts_.note_service(id);
  const CopyId slave = slave_of(id);
  if (slave.copy >= 0 && partition.served && !partition.stalled) {
    // Commits go on without a replica that does not get them: it is not in sync any more (2.3).
    Copy& copy = state().copy(slave);
    if (!copy.streaming && copy.sync == PartitionSync::kSync) {
      copy.sync = PartitionSync::kAsync;
      parts_.note_copy(slave);
    }
  }
  update_rate(id, now);
  for (const Copy& copy : partition.copies) parts_.touch(copy.node);
}

void Replication::update_rate(const CopyId& id, sim::Time now) {
  Partition& partition = state().partition(id);
  const bool flows = partition.served && !partition.stalled && state().usable_aggregators > 0;
  const std::int64_t rate = flows ? partition.write_rate : 0;
  Copy& master = partition.master_copy();
  if (master.position.rate == rate) return;
  master.position.continue_at(now, rate);
  const CopyId slave = slave_of(id);
  if (slave.copy < 0) return;
  const Copy& copy = state().copy(slave);
  if (copy.streaming && !copy.caught_up && copy.state == InstanceState::kReplicating) {
    aim(slave, now);
  }
}

void Replication::writes_changed(sim::Time now) {
  for (int d = 0; d < static_cast<int>(state().databases.size()); ++d) {
    const auto& partitions = state().databases[static_cast<std::size_t>(d)].partitions;
    for (const Partition& partition : partitions) {
      update_rate(CopyId{d, partition.ordinal, 0}, now);
    }
  }
}

void Replication::later(const CopyId& id, DueKind kind, sim::Time at) {
  Copy& copy = state().copy(id);
  cancel(copy);
  copy.due = parts_.agenda.add(at, Due{.kind = kind,
                                       .node = copy.node,
                                       .database = id.database,
                                       .ordinal = id.ordinal,
                                       .copy = id.copy});
}

void Replication::run(const Due& due, sim::Time now) {
  const CopyId id{due.database, due.ordinal, due.copy};
  switch (due.kind) {
    case DueKind::kSyncTimeout:
      return sync_timeout(state().node(due.node), now);
    case DueKind::kRebalance:
      state().node(due.node).rebalance_due = {};
      return rebalance(state().node(due.node), now);
    case DueKind::kProvisioned:
      state().copy(id).due = {};
      state().copy(id).state = InstanceState::kReplicating;
      parts_.note_copy(id);
      return aim(id, now);
    case DueKind::kCaughtUp:
      return caught_up(id, now);
    case DueKind::kSynced:
      return synced(id, now);
    case DueKind::kPromoted:
      return promoted(id, now);
    case DueKind::kConnectable:
    case DueKind::kRecovered:
    case DueKind::kBootstrapped:
    case DueKind::kJoined:
    case DueKind::kLossNoticed:
    case DueKind::kHeartbeat:
    case DueKind::kAttached:
    case DueKind::kCreateDatabases:
      break;
  }
  SIM_UNREACHABLE();
}

}  // namespace sdbtwin::singlestore
