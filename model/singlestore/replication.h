// The copies of the partitions: recovery from disk, streams, commits that wait, failover, attach.
//
// Does what it is told at the instant it is told; decides nothing about nodes (see Membership).
// Between calls nothing happens: positions are linear, and what will happen next is in the agenda.
// Guarantees: a partition has one master on record. With synchronous replication a copy becomes
// master only when it has all that was acknowledged: it is SYNC on record, and a master commits
// without a SYNC replica only after the master aggregator has recorded it as ASYNC (2.3; that this
// needs the master aggregator is [us]: a record that lags behind would promote a stale copy). With
// asynchronous replication any copy with data may become master, and what it lacks is lost (3.13).
#pragma once

#include <string>
#include <vector>

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
  // Packets between the two leaves are dropped, or pass again.
  void link_changed(Node& leaf, Node& peer, sim::Time now);

  // The master aggregator has given the leaf up: promote replicas, detach its own.
  void fail_over(Node& leaf, sim::Time now);
  // The master aggregator hears the leaf: commits that wait for a decision have it.
  void heard(Node& leaf, sim::Time now);
  // And it had given it up: the leaf learns who is master now.
  void told(Node& leaf, sim::Time now);
  // The master aggregator takes the leaf back (3.5). Precondition: it is on record as online.
  void attach(Node& leaf, sim::Time now);

  // Which aggregators clients can reach, or what those know, has changed.
  void routes_changed(sim::Time now);
  // Which of its copies' masters the aggregators reach has changed.
  void routes_changed(Node& leaf, sim::Time now);

  // A master aggregator is there again: what waited for it goes on.
  void master_back(sim::Time now);

  // A disturbance of streams has come or gone: those that match, as "app_0 leaf-0>leaf-1". Empty:
  // it matches none.
  std::vector<std::string> matching(const StreamPattern& pattern) const;
  void conditions_changed(const StreamPattern& pattern, sim::Time now);

  // Precondition: the cluster is complete. Partitions go round over the leaves (1.4, 1.6).
  void create_database(const UserDatabase& wanted, sim::Time now);
  // All data are given up: a new cluster begins. To be followed by the end of the databases.
  void abandon(sim::Time now);

  void run(const Due& due, sim::Time now);

 private:
  void refresh(const CopyId& id, sim::Time now);
  void update_rate(const CopyId& id, sim::Time now);
  bool acknowledges(const CopyId& id, const Carriers& carriers) const;
  std::int64_t limit(const CopyId& master, std::int64_t rate) const;
  OutageCause outage_cause(const CopyId& any_copy, const Carriers& carriers) const;
  void observe(const CopyId& id, const Carriers& carriers, sim::Time now);
  void note_losses(const CopyId& any_copy, sim::Time now);

  CopyId slave_of(const CopyId& id) const;
  StreamCondition condition(const CopyId& slave) const;
  bool can_connect(const CopyId& slave) const;
  bool is_sync(const CopyId& id) const;
  void recondition(const CopyId& slave, sim::Time now);
  void stop_stream(const CopyId& slave, sim::Time now);
  void lose_stream(const CopyId& slave, sim::Time now);
  void start_stream(const CopyId& slave, sim::Time now);
  void resume_stream(const CopyId& slave, sim::Time now);
  void provision(const CopyId& slave, sim::Time now);
  void receive(const CopyId& slave, sim::Time now);
  void aim(const CopyId& slave, sim::Time now);
  void freeze(const CopyId& slave, sim::Time now);
  void caught_up(const CopyId& slave, sim::Time now);
  void synced(const CopyId& slave, sim::Time now);

  void silent(const CopyId& slave, sim::Time now);
  void demote(const CopyId& slave, sim::Time now);
  void serve(const CopyId& master, sim::Time now);

  bool may_be_promoted(const CopyId& id) const;
  void promote(const CopyId& id, sim::Time now);
  void promote_late(const CopyId& id, sim::Time now);
  void promoted(const CopyId& id, sim::Time now);
  void attach_master(const CopyId& id, sim::Time now);
  void attach_slave(const CopyId& id, sim::Time now);

  void consider_rebalance(Node& leaf, sim::Time now);
  void rebalance(Node& leaf, sim::Time now);
  void swap_master(const CopyId& id, sim::Time now);

  int partner(const std::vector<int>& leaves, int leaf, int ordinal) const;
  void add_copy(const CopyId& id, std::int64_t position, sim::Time now);
  void cancel(Copy& copy) { parts_.agenda.cancel(copy.due); }
  void later(const CopyId& id, DueKind kind, sim::Time at);

  ClusterState& state() { return parts_.state; }
  const ClusterState& state() const { return parts_.state; }

  Parts& parts_;
};

}  // namespace sdbtwin::singlestore
