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
  for (const CopyId& id : node.copies) refresh(id, now);
  return now + time_for(read, settings.rates.recovery);
}

void Replication::finish_recovery(Node& node, sim::Time now) {
  for (const CopyId& id : node.copies) {
    Copy& copy = state().copy(id);
    copy.state = state().instance_state(copy, now);
    parts_.note_copy(id);
    refresh(id, now);
  }
}

// ---- contact ----

void Replication::contact_lost(Node& node, bool process_gone, sim::Time now) {
  for (const CopyId& id : node.copies) {
    Partition& partition = state().partition(id);
    Copy& copy = state().copy(id);
    const CopyId slave = slave_of(id);
    bool cut_off = false;  // from the others, and had gone on as a master
    if (slave.copy >= 0) lose_stream(slave, now);
    if (process_gone) {
      if (copy.role == InstanceRole::kMaster) {
        // Nobody is left who waits for the replica; it keeps its place on record.
        partition.stalled = false;
        if (slave.copy >= 0) cancel(state().copy(slave));
      }
      if (state().copy(id).due && !partition.stalled) cancel(copy);
      cut_off = copy.serving && copy.role == InstanceRole::kSlave;
      copy.serving = false;
      copy.position.continue_at(now, 0);
      copy.state = InstanceState::kOffline;
      parts_.note_copy(id);
    }
    refresh(id, now);
    if (cut_off) note_losses(id, now);
  }
}

void Replication::contact_back(Node& node, sim::Time now) {
  for (const CopyId& id : node.copies) {
    Copy& copy = state().copy(id);
    if (copy.state == InstanceState::kTransition && !copy.due) promoted(id, now);
    const CopyId slave = slave_of(id);
    if (slave.copy >= 0) recondition(slave, now);
    refresh(id, now);
  }
}

void Replication::link_changed(Node& leaf, Node& peer, sim::Time now) {
  for (const CopyId& id : leaf.copies) {
    const Copy* other = state().other(id);
    if (other == nullptr || other->node != peer.index) continue;
    recondition(slave_of(id), now);
    refresh(id, now);
  }
}

// ---- commits that wait ----

// A replica that was in sync does not answer: commits wait for it (2.3).
void Replication::silent(const CopyId& slave, sim::Time now) {
  Partition& partition = state().partition(slave);
  partition.stalled = true;
  later(slave, DueKind::kReplicaSilent, now + parts_.settings.timings.sync_timeout);
}

// They go on without it, once the record says so.
void Replication::demote(const CopyId& slave, sim::Time now) {
  Partition& partition = state().partition(slave);
  if (!partition.stalled) return;
  if (!state().answers_master(state().node(partition.master_copy().node))) return;
  Copy& copy = state().copy(slave);
  partition.stalled = false;
  if (copy.sync == PartitionSync::kSync) {
    cancel(copy);
    if (copy.streaming) freeze(slave, now);
    copy.sync = PartitionSync::kAsync;
    parts_.note_copy(slave);
  }
  refresh(slave, now);
}

// The copy takes reads and writes from now on; told so by the master aggregator.
void Replication::serve(const CopyId& master, sim::Time now) {
  Partition& partition = state().partition(master);
  state().copy(master).serving = true;
  partition.offline = false;
  partition.stalled = false;
  const CopyId slave = slave_of(master);
  if (slave.copy < 0) return;
  Copy& copy = state().copy(slave);
  if (!copy.streaming && copy.sync == PartitionSync::kSync) {
    // It does not wait for a replica that is not there.
    copy.sync = PartitionSync::kAsync;
    parts_.note_copy(slave);
  }
  if (state().attached(copy)) start_stream(slave, now);
}

// ---- failover and attach ----

bool Replication::may_be_promoted(const CopyId& id) const {
  const Copy& copy = state().copy(id);
  if (!state().has_data(copy) || !state().attached(copy)) return false;
  if (!state().answers_master(state().node(copy.node))) return false;
  if (copy.state == InstanceState::kProvisioning) return false;
  return copy.sync == PartitionSync::kSync || !is_sync(id);
}

void Replication::fail_over(Node& leaf, sim::Time now) {
  parts_.agenda.cancel(leaf.rebalance_due);
  for (const CopyId& id : leaf.copies) {
    Partition& partition = state().partition(id);
    const CopyId slave = slave_of(id);
    if (state().copy(id).role == InstanceRole::kMaster) {
      partition.offline = true;
      if (slave.copy >= 0 && may_be_promoted(slave)) promote(slave, now);
    } else if (state().answers_master(state().node(partition.master_copy().node))) {
      // Its master drops it.
      lose_stream(id, now);
      demote(id, now);
    }
    refresh(id, now);
  }
}

void Replication::promote(const CopyId& id, sim::Time now) {
  Partition& partition = state().partition(id);
  Copy& copy = state().copy(id);
  const CopyId former_id{id.database, id.ordinal, partition.master};
  SIM_ASSERT(partition.master != id.copy);
  stop_stream(id, now);
  Copy& former = partition.master_copy();
  cancel(former);
  cancel(copy);
  partition.stalled = false;
  former.role = InstanceRole::kSlave;
  former.sync = PartitionSync::kAsync;
  if (former.serving && state().answers_master(state().node(former.node))) {
    former.serving = false;
    former.position.continue_at(now, 0);
  }
  partition.master = id.copy;
  partition.offline = true;
  partition.term += 1;
  copy.role = InstanceRole::kMaster;
  copy.sync = PartitionSync::kEmpty;
  copy.state = InstanceState::kTransition;
  copy.position.continue_at(now, 0);
  copy.history.cut(copy.position.base);
  copy.history.begin_term(partition.term, copy.position.base);
  later(id, DueKind::kPromoted, now + parts_.settings.timings.promote);
  parts_.note_copy(former_id);
  parts_.note_copy(id);
  note_losses(id, now);
}

void Replication::promoted(const CopyId& id, sim::Time now) {
  Copy& copy = state().copy(id);
  copy.due = {};
  if (!state().node(copy.node).in_contact()) return;  // tried again by contact_back
  copy.state = InstanceState::kOnline;
  parts_.note_copy(id);
  serve(id, now);
  refresh(id, now);
}

// It could not be asked when its partition's master was lost.
void Replication::promote_late(const CopyId& id, sim::Time now) {
  const Copy& master = state().partition(id).master_copy();
  const bool given_up = state().node(master.node).recorded == sql::NodeState::kOffline;
  const bool lost = given_up || master.state == InstanceState::kUnrecoverable;
  if (!lost || !may_be_promoted(id)) return;
  promote(id, now);
  refresh(id, now);
}

void Replication::heard(Node& leaf, sim::Time now) {
  for (const CopyId& id : leaf.copies) {
    if (state().partition(id).offline && state().copy(id).role == InstanceRole::kSlave) {
      promote_late(id, now);
    }
    if (state().copy(id).role != InstanceRole::kMaster || !state().partition(id).stalled) continue;
    const CopyId slave = slave_of(id);
    const Copy& waited_for = state().copy(slave);
    if (!waited_for.due || waited_for.sync != PartitionSync::kSync) demote(slave, now);
  }
}

void Replication::told(Node& leaf, sim::Time now) {
  for (const CopyId& id : leaf.copies) {
    Copy& copy = state().copy(id);
    if (copy.role == InstanceRole::kMaster || !copy.serving) continue;
    copy.serving = false;
    copy.position.continue_at(now, 0);
    refresh(id, now);
    note_losses(id, now);
  }
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
  if (copy.state == InstanceState::kTransition && copy.due) return;  // on its way
  if (state().has_data(copy)) {
    copy.state = InstanceState::kOnline;
    return serve(id, now);
  }
  // Its disk is another one. Nobody else may have all that was acknowledged.
  copy.state = InstanceState::kUnrecoverable;
  if (slave.copy >= 0 && may_be_promoted(slave)) return promote(slave, now);
  note_losses(id, now);
}

void Replication::attach_slave(const CopyId& id, sim::Time now) {
  Copy& copy = state().copy(id);
  if (copy.streaming) return;  // nobody had told either end to stop
  // What it had is gone with its disk.
  if (!state().has_data(copy)) copy.sync = PartitionSync::kAsync;
  const Partition& partition = state().partition(id);
  const Copy& master = partition.master_copy();
  const Node& leaf = state().node(master.node);
  if (state().serves(partition)) return start_stream(id, now);
  // A master that answers and still serves is about to be attached itself.
  const bool returns = master.serving && state().answers_master(leaf);
  const bool useless = master.state == InstanceState::kUnrecoverable;
  const bool absent = !state().attached(master) && !returns;
  if (may_be_promoted(id) && (absent || useless)) return promote(id, now);
  copy.state = state().has_data(copy) ? InstanceState::kPending : InstanceState::kOffline;
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
  if (due.kind == DueKind::kRebalance) {
    state().node(due.node).rebalance_due = {};
    return rebalance(state().node(due.node), now);
  }
  state().copy(id).due = {};
  switch (due.kind) {
    case DueKind::kReplicaSilent:
      return demote(id, now);
    case DueKind::kProvisioned:
      state().copy(id).state = InstanceState::kReplicating;
      parts_.note_copy(id);
      return aim(id, now);
    case DueKind::kCaughtUp:
      return caught_up(id, now);
    case DueKind::kSynced:
      return synced(id, now);
    case DueKind::kPromoted:
      return promoted(id, now);
    case DueKind::kRebalance:
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
