// One SingleStore cluster: the database inside the pods of one Singlestore object.
//
// A state machine over time, without a clock: its owner tells it what happens to processes and asks
// when it wants to be woken. Nothing ticks; between two calls everything is constant or linear.
// Guarantees: equal calls give equal states and events; what a node has on its disk survives its
// process and is gone with its disk. Owner: Fleet. Must never: know of pods' readiness, images
// other than their version, or who asks.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/singlestore/disturbance.h"
#include "model/singlestore/events.h"
#include "model/singlestore/membership.h"
#include "model/singlestore/parts.h"
#include "model/singlestore/replication.h"
#include "model/singlestore/settings.h"
#include "model/singlestore/state.h"
#include "model/singlestore/workload.h"
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

  // Packets between the two pods are dropped (or pass again), in both directions. False: one of
  // them is not known, or nothing changes.
  bool set_link_cut(std::string_view pod, std::string_view other, bool cut, sim::Time now);

  // Faults that last until heal(id). `id` is above 0 and was never used in this cluster. Each says
  // what it touched; false: it matches nothing that is there, and has no effect.
  bool disturb(std::uint64_t id, const StreamDisturbance& what, std::string& touched,
               sim::Time now);
  bool drift(std::uint64_t id, const LogicalDrift& what, std::string& touched, sim::Time now);
  bool grow_disk(std::uint64_t id, const DiskGrowth& what, std::string& touched, sim::Time now);
  // False: no such fault lasts (what it had touched may be gone with its disk).
  bool heal(std::uint64_t id, sim::Time now);

  std::optional<sim::Time> next_due() const { return parts_.agenda.next(); }
  void run_due(sim::Time now);

  const ClusterState& state() const { return parts_.state; }
  const Settings& settings() const { return settings_; }
  // What clients were told.
  const ClientLog& clients() const { return parts_.clients; }
  // What of a partition's acknowledged writes is in no log that is left, now. Empty for one that
  // does not exist.
  std::vector<AcknowledgedWrites> lost(std::string_view database, int ordinal, sim::Time now) const;

 private:
  Node& node_of(const NodeIdentity& identity);
  Node& known_node(std::string_view pod);
  void connectable(Node& node, sim::Time now);
  void conditions_changed(const StreamPattern& streams, sim::Time now);
  void recovered(Node& node, sim::Time now);

  Settings settings_;
  Parts parts_;
  Replication replication_;
  Membership membership_;
};

}  // namespace sdbtwin::singlestore
