// Replication's streams from a master copy to its slave.
#include <fmt/format.h>

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

bool Replication::is_sync(const CopyId& id) const {
  return state().databases[static_cast<std::size_t>(id.database)].sync_replication;
}

StreamCondition Replication::condition(const CopyId& slave) const {
  return state().stream_condition(slave, parts_.settings.rates.replication);
}

bool Replication::can_connect(const CopyId& slave) const {
  const Node& leaf = state().node(state().copy(slave).node);
  const Node& master = state().node(state().partition(slave).master_copy().node);
  return state().reach(leaf, master) && !condition(slave).broken;
}

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
    copy.drifts.clear();
    copy.position = LinearPosition{0, now, 0};
    copy.state = InstanceState::kOffline;
  } else {
    copy.position = LinearPosition{end, now, 0};
  }
  parts_.note_copy(slave);
}

// As stop_stream(), and commits wait for a replica that was in sync.
void Replication::lose_stream(const CopyId& slave, sim::Time now) {
  const Partition& partition = state().partition(slave);
  Copy& copy = state().copy(slave);
  const bool waits = partition.stalled;
  const Agenda::Ticket until = copy.due;
  const bool was_sync = copy.sync == PartitionSync::kSync;
  const bool was_streaming = copy.streaming;
  stop_stream(slave, now);
  if (!was_streaming || !was_sync || !partition.master_copy().serving) return;
  if (!waits) return silent(slave, now);
  if (until) later(slave, DueKind::kReplicaSilent, until.at);
}

void Replication::start_stream(const CopyId& slave, sim::Time now) {
  const Partition& partition = state().partition(slave);
  Copy& copy = state().copy(slave);
  const Copy& master = partition.master_copy();
  if (copy.streaming) return;
  copy.sync = PartitionSync::kAsync;
  if (!can_connect(slave)) {
    copy.state = state().has_data(copy) ? InstanceState::kReplicating : InstanceState::kOffline;
    return parts_.note_copy(slave);
  }
  const std::int64_t end = copy.position.at(now);
  const std::int64_t common =
      copy.history.common_until(end, master.history, master.position.at(now));
  // Data that the master does not have are discarded with the whole copy (3.5).
  if (!state().has_data(copy) || common < end) return provision(slave, now);
  copy.state = InstanceState::kReplicating;
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
  copy.state = InstanceState::kReplicating;
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
  copy.drifts = master.drifts;
  const RowShape& row = state().databases[static_cast<std::size_t>(slave.database)].row;
  copy.snapshot_bytes = provisioning_bytes(row, end);
  copy.received = LinearPosition{0, now, 0};
  receive(slave, now);
  parts_.note_copy(slave);
}

// The snapshot arrives at the link's rate.
void Replication::receive(const CopyId& slave, sim::Time now) {
  Copy& copy = state().copy(slave);
  cancel(copy);
  copy.received.continue_at(now, condition(slave).rate);
  const std::int64_t left = std::max<std::int64_t>(0, copy.snapshot_bytes - copy.received.base);
  if (copy.received.rate > 0 || left == 0) {
    const sim::Duration time = left == 0 ? sim::Duration(0) : time_for(left, copy.received.rate);
    later(slave, DueKind::kProvisioned, now + time);
  }
}

// The slave downloads at the link's rate until it meets the master, which may write meanwhile.
void Replication::aim(const CopyId& slave, sim::Time now) {
  Copy& copy = state().copy(slave);
  const Copy& master = state().partition(slave).master_copy();
  const bool sync = is_sync(slave);
  cancel(copy);
  copy.caught_up = false;
  copy.position.continue_at(now, condition(slave).rate);
  copy.synced_at = kNever;
  // A replica that does not answer is not in sync, even when it lacks nothing.
  const bool never = sync ? copy.position.rate == 0 : copy.position.rate < master.position.rate;
  const auto meeting = never ? std::nullopt : meeting_time(copy.position, master.position, now);
  if (meeting) {
    copy.synced_at = *meeting;
    if (sync) copy.synced_at += parts_.settings.timings.ready_to_sync;
    later(slave, DueKind::kCaughtUp, *meeting);
  }
  parts_.note_copy(slave);
}

// It is where its master is now, and stays there until it is aimed again.
void Replication::freeze(const CopyId& slave, sim::Time now) {
  Copy& copy = state().copy(slave);
  const std::int64_t end = state().position(state().partition(slave), copy, now);
  copy.caught_up = false;
  copy.synced_at = kNever;
  copy.position = LinearPosition{end, now, 0};
}

void Replication::caught_up(const CopyId& slave, sim::Time now) {
  Copy& copy = state().copy(slave);
  copy.caught_up = true;
  copy.synced_at = now;
  if (is_sync(slave)) {
    copy.sync = PartitionSync::kReady;
    copy.synced_at = now + parts_.settings.timings.ready_to_sync;
    later(slave, DueKind::kSynced, copy.synced_at);
  } else {
    copy.position = LinearPosition{copy.position.at(now), now, 0};  // not before it, see position()
  }
  parts_.note_copy(slave);
  refresh(slave, now);
}

void Replication::synced(const CopyId& slave, sim::Time now) {
  Copy& copy = state().copy(slave);
  copy.sync = PartitionSync::kSync;
  copy.synced_at = now;
  state().partition(slave).stalled = false;
  parts_.note_copy(slave);
  refresh(slave, now);
  consider_rebalance(state().node(copy.node), now);
}

// ---- disturbances and links ----

// What the stream may do has changed, or may have.
void Replication::recondition(const CopyId& slave, sim::Time now) {
  Partition& partition = state().partition(slave);
  Copy& copy = state().copy(slave);
  if (!can_connect(slave)) {
    lose_stream(slave, now);
    return refresh(slave, now);
  }
  const bool master_serves =
      partition.master_copy().serving && state().node(partition.master_copy().node).running();
  if (!copy.streaming && master_serves && state().attached(copy)) resume_stream(slave, now);
  if (!copy.streaming) return refresh(slave, now);
  const bool moves = !condition(slave).stalled();
  if (copy.state == InstanceState::kProvisioning) {
    receive(slave, now);
  } else if (!copy.caught_up) {
    aim(slave, now);
  } else if (copy.sync == PartitionSync::kSync && moves && partition.stalled) {
    partition.stalled = false;
    cancel(copy);
  } else if (copy.sync == PartitionSync::kSync && !moves && !partition.stalled) {
    silent(slave, now);
  } else if (copy.sync == PartitionSync::kReady && !moves) {
    cancel(copy);
    freeze(slave, now);
    copy.sync = PartitionSync::kAsync;
  }
  parts_.note_copy(slave);
  refresh(slave, now);
}

std::vector<std::string> Replication::matching(const StreamPattern& pattern) const {
  std::vector<std::string> found;
  for (int d = 0; d < static_cast<int>(state().databases.size()); ++d) {
    for (const Partition& partition : state().databases[static_cast<std::size_t>(d)].partitions) {
      const CopyId slave = slave_of(CopyId{d, partition.ordinal, 0});
      if (slave.copy < 0 || !state().matches(pattern, slave)) continue;
      found.push_back(fmt::format("{} {}>{}", parts_.partition_name(slave),
                                  state().node(partition.master_copy().node).pod,
                                  state().node(state().copy(slave).node).pod));
    }
  }
  return found;
}

void Replication::conditions_changed(const StreamPattern& pattern, sim::Time now) {
  for (int d = 0; d < static_cast<int>(state().databases.size()); ++d) {
    for (const Partition& partition : state().databases[static_cast<std::size_t>(d)].partitions) {
      const CopyId slave = slave_of(CopyId{d, partition.ordinal, 0});
      if (slave.copy >= 0 && state().matches(pattern, slave)) recondition(slave, now);
    }
  }
}

}  // namespace sdbtwin::singlestore
