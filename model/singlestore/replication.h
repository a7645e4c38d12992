// The copies of the partitions: recovery from disk, streams, commits that wait, failover, attach.
//
// Does what it is told at the instant it is told; decides nothing about nodes (see Membership).
// Between calls nothing happens: positions are linear, and what will happen next is in the agenda.
// Guarantees: a partition has at most one master on record; a copy becomes master only when it has
// all that was acknowledged (it was SYNC and nothing was committed since), or its data are the only
// ones and it was the master.
#pragma once

#include "model/singlestore/parts.h"

namespace sdbtwin::singlestore {

class Replication {
 public:
  explicit Replication(Parts& parts) : parts_(parts) {}

  // The process of `node` has begun to read its disk. Returns when it has read all of it.
  sim::Time begin_recovery(Node& node, sim::Time now);
  void finish_recovery(Node& node, sim::Time now);

  // The node's copies cannot be reached any more; `process_gone`: they stopped as well.
  void contact_lost(Node& node, bool process_gone, sim::Time now);
  // The same process can be reached again.
  void contact_back(Node& node, sim::Time now);

  // The master aggregator has given the leaf up: promote replicas that are in sync, detach its own.
  void fail_over(Node& leaf, sim::Time now);
  // The master aggregator takes the leaf back (3.5). Precondition: it is on record as online.
  void attach(Node& leaf, sim::Time now);

  // Clients can, or cannot, reach an aggregator.
  void writes_changed(sim::Time now);

  // A master aggregator is there again: masters that should go back may do so.
  void master_back(sim::Time now);

  // Precondition: the cluster is complete. Partitions go round over the leaves (1.4, 1.6).
  void create_database(const UserDatabase& wanted, sim::Time now);

  void run(const Due& due, sim::Time now);

 private:
  void refresh(const CopyId& id, sim::Time now);
  void update_rate(const CopyId& id, sim::Time now);

  CopyId slave_of(const CopyId& id) const;
  void stop_stream(const CopyId& slave, sim::Time now);
  void start_stream(const CopyId& slave, sim::Time now);
  void resume_stream(const CopyId& slave, sim::Time now);
  void provision(const CopyId& slave, sim::Time now);
  void aim(const CopyId& slave, sim::Time now);
  void caught_up(const CopyId& slave, sim::Time now);
  void synced(const CopyId& slave, sim::Time now);

  bool may_be_promoted(const CopyId& id) const;
  void promote(const CopyId& id, sim::Time now);
  void promoted(const CopyId& id, sim::Time now);
  void attach_master(const CopyId& id, sim::Time now);
  void attach_slave(const CopyId& id, sim::Time now);
  void sync_timeout(Node& node, sim::Time now);

  void consider_rebalance(Node& leaf, sim::Time now);
  void rebalance(Node& leaf, sim::Time now);
  void swap_master(const CopyId& id, sim::Time now);

  void add_copy(const CopyId& id, std::int64_t position, sim::Time now);
  void cancel(Copy& copy) { parts_.agenda.cancel(copy.due); }
  void later(const CopyId& id, DueKind kind, sim::Time at);

  ClusterState& state() { return parts_.state; }
  const ClusterState& state() const { return parts_.state; }

  Parts& parts_;
};

}  // namespace sdbtwin::singlestore
