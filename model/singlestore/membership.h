// What the master aggregator does about the nodes: bootstrap, join, heartbeat, give up, take back.
//
// Reacts to changes of nodes; heartbeats that change nothing are not events. All of it needs an
// active master aggregator: while that is down, the record is frozen and nothing fails over, joins
// or attaches (reference/singlestore.md 3.9). Joining needs the pod's coordinator (6.11).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "model/singlestore/parts.h"
#include "model/singlestore/replication.h"

namespace sdbtwin::singlestore {

class Membership {
 public:
  Membership(Parts& parts, Replication& replication) : parts_(parts), replication_(replication) {}

  // The node's process, recovery, coordinator or contact has changed: draw the consequences.
  void node_changed(Node& node, sim::Time now);

  // A disturbance of metadata streams has come or gone: the pods that match.
  std::vector<std::string> matching(const StreamPattern& pattern) const;
  void conditions_changed(const StreamPattern& pattern, sim::Time now);

  void run(const Due& due, sim::Time now);

 private:
  void watch_master(Node& node, sim::Time now);
  void activate(sim::Time now);
  void deactivate(sim::Time now);
  void bootstrap(Node& node, sim::Time now);
  void look_at_all(sim::Time now);

  void look_at(Node& node, sim::Time now);
  void consider_join(Node& node, sim::Time now);
  void join(Node& node, sim::Time now);
  void expect_loss(Node& node, sim::Time now);
  void hear(Node& node, sim::Time now);
  void heard(Node& node, sim::Time now);
  void give_up(Node& node, sim::Time now);
  void begin_attach(Node& node, sim::Time now);
  void take_back(Node& node, sim::Time now);

  void connect_metadata(Node& node, sim::Time now);
  void disconnect_metadata(Node& node, sim::Time now);
  void set_rate(Node& node, std::int64_t rate, sim::Time now);
  void make_stale(Node& node, sim::Time now);
  void set_stale(Node& node, std::shared_ptr<const ClusterRecord> record);
  void count_usable_aggregators(sim::Time now);

  bool complete() const;
  void consider_creation(sim::Time now);
  void create_databases(sim::Time now);

  void expect(Node& node, DueKind kind, sim::Time at);
  bool expects(const Node& node, DueKind kind) const {
    return node.view_due && node.view_kind == kind;
  }
  const Timings& timings() const { return parts_.settings.timings; }
  ClusterState& state() { return parts_.state; }
  const ClusterState& state() const { return parts_.state; }

  Parts& parts_;
  Replication& replication_;
  Agenda::Ticket creation_due_;
  // The record as it was last taken, and for which version of the state.
  std::shared_ptr<const ClusterRecord> taken_;
  std::uint64_t taken_version_ = 0;
};

}  // namespace sdbtwin::singlestore
