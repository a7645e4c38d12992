// Replication's view on clients: how fast they can write to which copy, what they see of a
// partition, and what of their acknowledged writes is lost.
#include <algorithm>

#include "model/singlestore/replication.h"
#include "sim/core/assert.h"

namespace sdbtwin::singlestore {

using sql::InstanceState;
using sql::PartitionSync;

// Something that concerns the partition's service has changed.
void Replication::refresh(const CopyId& id, sim::Time now) {
  parts_.note_service(id);
  update_rate(id, now);
  for (const Copy& copy : state().partition(id).copies) parts_.touch(copy.node);
}

bool Replication::acknowledges(const CopyId& id, const Carriers& carriers) const {
  return carriers.by_copy[static_cast<std::size_t>(id.copy)] > 0 && state().commits(id);
}

// Synchronous commits are as fast as their replica.
std::int64_t Replication::limit(const CopyId& master, std::int64_t rate) const {
  const CopyId slave = slave_of(master);
  if (state().disturbances.empty() || slave.copy < 0 || slave.copy == master.copy) return rate;
  const Copy& copy = state().copy(slave);
  if (!is_sync(master) || !copy.streaming || !copy.caught_up) return rate;
  const std::int64_t replica = condition(slave).rate;
  return replica == 0 ? rate : std::min(rate, replica);
}

void Replication::update_rate(const CopyId& id, sim::Time now) {
  Partition& partition = state().partition(id);
  const Carriers carriers = state().carriers(id);
  const int copies = static_cast<int>(partition.copies.size());
  int takers = 0;  // aggregators whose writes are acknowledged
  for (int c = 0; c < copies; ++c) {
    const CopyId copy{id.database, id.ordinal, c};
    if (acknowledges(copy, carriers)) takers += carriers.by_copy[static_cast<std::size_t>(c)];
  }
  for (int c = 0; c < copies; ++c) {
    const CopyId writer{id.database, id.ordinal, c};
    Copy& copy = state().copy(writer);
    if (c != partition.master && !copy.serving) continue;
    const std::int64_t part = carriers.by_copy[static_cast<std::size_t>(c)];
    const bool takes = acknowledges(writer, carriers);
    const std::int64_t rate = takes ? limit(writer, partition.write_rate * part / takers) : 0;
    if (copy.position.rate != rate) copy.position.continue_at(now, rate);
  }
  const CopyId slave = slave_of(id);
  if (slave.copy >= 0) {
    const Copy& copy = state().copy(slave);
    const std::int64_t rate = partition.master_copy().position.rate;
    const bool follows = copy.streaming && copy.state == InstanceState::kReplicating;
    if (follows && !copy.caught_up && partition.aimed_at != rate) aim(slave, now);
    if (follows && copy.caught_up && copy.sync == PartitionSync::kAsync &&
        condition(slave).rate < rate) {
      freeze(slave, now);
      aim(slave, now);
    }
    partition.aimed_at = rate;
  }
  observe(id, carriers, now);
}

void Replication::routes_changed(sim::Time now) {
  for (int d = 0; d < static_cast<int>(state().databases.size()); ++d) {
    const auto& partitions = state().databases[static_cast<std::size_t>(d)].partitions;
    for (const Partition& partition : partitions) {
      update_rate(CopyId{d, partition.ordinal, 0}, now);
    }
  }
}

void Replication::routes_changed(Node& leaf, sim::Time now) {
  for (const CopyId& id : leaf.copies) update_rate(id, now);
}

// ---- what clients see ----

// Why nobody can use the partition's master.
OutageCause Replication::outage_cause(const CopyId& any_copy, const Carriers& carriers) const {
  if (carriers.by_copy[0] + carriers.by_copy[1] > 0) return OutageCause::kNone;
  if (state().usable_aggregators == 0) return OutageCause::kNoAggregator;
  const Copy& master = state().partition(any_copy).master_copy();
  const Node& leaf = state().node(master.node);
  if (master.state == InstanceState::kUnrecoverable) return OutageCause::kDataLost;
  if (master.state == InstanceState::kTransition) return OutageCause::kPromotion;
  if (leaf.process == ProcessState::kDown) return OutageCause::kMasterDown;
  if (master.serving) return OutageCause::kUnreachable;
  return leaf.recovered ? OutageCause::kAttaching : OutageCause::kRecovering;
}

void Replication::observe(const CopyId& id, const Carriers& carriers, sim::Time now) {
  const Partition& partition = state().partition(id);
  const int log = state().databases[static_cast<std::size_t>(id.database)].clients;
  ClientView view;
  view.read = outage_cause(id, carriers);
  bool writable = false;
  for (int c = 0; c < static_cast<int>(partition.copies.size()); ++c) {
    const Copy& copy = partition.copies[static_cast<std::size_t>(c)];
    ClientView::Writer& writer = view.writers[static_cast<std::size_t>(c)];
    writer.acknowledges = acknowledges(CopyId{id.database, id.ordinal, c}, carriers);
    writer.node = copy.node;
    writer.term = copy.history.last_term();
    writer.position = copy.position;
    writable = writable || writer.acknowledges;
  }
  const bool waits = view.read == OutageCause::kNone && !writable;
  view.write = waits ? OutageCause::kReplicaSilent : view.read;
  parts_.note_clients(log, id, view, now);
}

void Replication::note_losses(const CopyId& any_copy, sim::Time now) {
  const Partition& partition = state().partition(any_copy);
  const int log = state().databases[static_cast<std::size_t>(any_copy.database)].clients;
  const Copy* keeper = state().keeper(partition);
  const std::int64_t end = keeper == nullptr ? 0 : state().position(partition, *keeper, now);
  parts_.note_losses(log, any_copy.ordinal, keeper == nullptr ? LogHistory{} : keeper->history, end,
                     now);
}

void Replication::abandon(sim::Time now) {
  for (Database& database : state().databases) {
    for (const Partition& partition : database.partitions) {
      ClientView view;
      view.read = OutageCause::kDataLost;
      view.write = OutageCause::kDataLost;
      const int d = static_cast<int>(&database - state().databases.data());
      parts_.note_clients(database.clients, CopyId{d, partition.ordinal, 0}, view, now);
      parts_.note_losses(database.clients, partition.ordinal, LogHistory{}, 0, now);
    }
  }
}

}  // namespace sdbtwin::singlestore
