// One SingleStore cluster: the database inside the pods of one Singlestore object.
//
// A state machine over time, without a clock: its owner tells it what happens to processes and asks
// when it wants to be woken. Nothing ticks; between two calls everything is constant or linear.
// Guarantees: equal calls give equal states and events; what a node has on its disk survives its
// process and is gone with its disk. Owner: Fleet. Must never: know of pods' readiness, images
// other than their version, or who asks.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/singlestore/events.h"
#include "model/singlestore/membership.h"
#include "model/singlestore/parts.h"
#include "model/singlestore/replication.h"
#include "model/singlestore/settings.h"
#include "model/singlestore/state.h"
#include "sim/core/rng.h"
#include "sim/core/time.h"

namespace sdbtwin::singlestore {

// Which node a pod runs.
struct NodeIdentity {
  NodeKind kind = NodeKind::kLeaf;
  int ordinal = 0;
  std::string pod;
  std::string host;
};

// With what its process is started.
struct ProcessStart {
  std::string volume;    // identity of the disk; a new disk is empty
  std::string version;   // of the engine
  std::string password;  // of root; empty: any is accepted
  sim::Duration until_connectable{};
};

class DatabaseCluster {
 public:
  DatabaseCluster(std::string namespace_, std::string name, Settings settings, sim::Rng rng,
                  Journal& journal);
  DatabaseCluster(const DatabaseCluster&) = delete;
  DatabaseCluster& operator=(const DatabaseCluster&) = delete;

  // Each is one instant in the life of a pod. Precondition of all: run_due(now) was called, or
  // nothing is due before `now`. start: the node's process is down.
  void start(const NodeIdentity& identity, const ProcessStart& with, sim::Time now);
  void stop(std::string_view pod, sim::Time now);
  void set_coordinator(const NodeIdentity& identity, bool runs, sim::Time now);
  // Packets to and from the pod are dropped (or pass again); its process goes on.
  void set_black_holed(std::string_view pod, bool dropped, sim::Time now);

  std::optional<sim::Time> next_due() const { return parts_.agenda.next(); }
  void run_due(sim::Time now);

  const ClusterState& state() const { return parts_.state; }
  const Settings& settings() const { return settings_; }

 private:
  Node& node_of(const NodeIdentity& identity);
  Node& known_node(std::string_view pod);
  void connectable(Node& node, sim::Time now);
  void recovered(Node& node, sim::Time now);

  Settings settings_;
  Parts parts_;
  Replication replication_;
  Membership membership_;
};

}  // namespace sdbtwin::singlestore
