// All SingleStore clusters of a run, and the containers in which they run.
//
// The actor of the process `singlestore`: it is the server side of every database node. A pod's
// `singlestore` container is a memsqld, its `singlestore-coordinator` lets the node join; other
// containers just run. Which cluster, role and ordinal a pod is follows from its name and labels.
// Guarantees: clusters are independent; what a node wrote stays on its PersistentVolume and is gone
// with it; a container that ends reports so from an event of this process.
// Two pods of one name can run at once, when one was deleted by force. The name leads to the later
// one: the earlier process lives on, and nobody reaches it. A process whose data directory another
// one holds ends at once.
// Ownership: owns the clusters; borrows the hosts while their containers run. The process must not
// be killed in a run: nodes die by their containers.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "model/cluster/node/application.h"
#include "model/singlestore/database_cluster.h"
#include "model/singlestore/disturbance.h"
#include "model/singlestore/settings.h"
#include "model/sql/client.h"
#include "sim/core/channel.h"
#include "sim/core/runtime.h"
#include "sim/core/task.h"
#include "sim/core/timer.h"
#include "sim/engine/process.h"

namespace sdbtwin::singlestore {

struct FleetSettings {
  Settings defaults;
  std::map<std::string, Settings> by_cluster;  // "<namespace>/<name>"

  const Settings& of(const std::string& namespace_, const std::string& name) const;
};

// A statement on its way to the database and back.
struct Call {
  Call(sql::Endpoint to, sql::Credentials as, sql::Statement what)
      : endpoint(std::move(to)), credentials(std::move(as)), statement(std::move(what)) {}

  sql::Endpoint endpoint;
  sql::Credentials credentials;
  sql::Statement statement;
  sim::Duration there{};
  sim::Duration back{};
  std::uint64_t pick = 0;  // chooses among a service's endpoints
  sim::Time deadline{};    // of its client
  sim::Channel<sql::Answer> reply;
};

class Fleet;

// A way to the fleet that tells when it is gone.
struct FleetLink {
  Fleet* fleet = nullptr;
};

// The cluster and node that a pod of this name runs; nullopt: not a node of a cluster.
struct PodRole {
  std::string cluster;
  NodeKind kind = NodeKind::kLeaf;
  int ordinal = 0;
};
std::optional<PodRole> pod_role(std::string_view pod,
                                const std::map<std::string, std::string>& labels);

class Fleet final : public sim::Actor, public cluster::Application {
 public:
  Fleet(sim::Runtime& runtime, FleetSettings settings);
  ~Fleet() override;
  Fleet(const Fleet&) = delete;
  Fleet& operator=(const Fleet&) = delete;

  // A connection for the process of `client_runtime`, which outlives it. `name` stands in the
  // trace.
  std::unique_ptr<sql::DatabaseClient> client_for(sim::Runtime& client_runtime, std::string name);

  // The truth, for judges and faults. Clusters exist from the first container on; pointers stay
  // valid as long as the fleet.
  const DatabaseCluster* find(const std::string& namespace_, const std::string& name) const;
  std::vector<const DatabaseCluster*> clusters() const;

  // Faults. The memsqld of the pod ends by itself with this exit code; false: none runs.
  bool crash(const std::string& namespace_, const std::string& pod, int exit_code);
  // Packets to and from the pod, or all pods of the Kubernetes node, are dropped or pass again.
  void black_hole_pod(const std::string& namespace_, const std::string& pod, bool dropped);
  void black_hole_node(const std::string& kubernetes_node, bool dropped);
  // Packets between two pods of one cluster, and only those, are dropped in both directions, or
  // pass again. Lasts over restarts of the pods. False: one is not known (try again later), or
  // nothing changes.
  bool cut_link(const std::string& namespace_, const std::string& pod, const std::string& other,
                bool cut);

  // Faults that last until they are healed by their id. nullopt: nothing matches now (try again
  // later). `touched` says what was.
  std::optional<std::uint64_t> disturb(const StreamDisturbance& what, std::string& touched);
  std::optional<std::uint64_t> drift(const LogicalDrift& what, std::string& touched);
  std::optional<std::uint64_t> grow_disk(const DiskGrowth& what, std::string& touched);
  bool heal_disturbance(std::uint64_t id);

  // cluster::Application.
  void started(const cluster::ContainerInstance& instance, cluster::ContainerHost& host) override;
  void sigterm(std::uint64_t instance_id) override;
  void killed(std::uint64_t instance_id) override;
  cluster::ProbeOutcome probe(std::uint64_t instance_id, const api::Probe& probe) const override;

  // For clients: takes a statement that is sent now.
  void submit(std::shared_ptr<Call> call);

 private:
  enum class ContainerKind { kEngine, kCoordinator, kOther };
  class Member;

  struct Container {
    ContainerKind kind = ContainerKind::kOther;
    Member* member = nullptr;  // null: not of a database
    NodeIdentity identity;
    std::string pod_key;
    cluster::ContainerHost* host = nullptr;
    std::string volume;       // of an engine
    bool locked_out = false;  // it will find its data directory locked
    bool ending = false;      // has had its SIGTERM and will end by itself
  };
  struct Pod {
    Member* member = nullptr;
    std::string name;
    std::string kubernetes_node;
    int containers = 0;
    std::uint64_t engine = 0;       // instance id; 0: none runs
    std::uint64_t coordinator = 0;  // likewise
    bool black_holed = false;       // by name
  };
  // Where a statement arrives.
  struct Route {
    enum class Kind { kUnknownHost, kRefused, kSilent, kNode };
    Kind kind = Kind::kUnknownHost;
    Member* member = nullptr;
    const Node* node = nullptr;
  };

  Member& member_of(const std::string& namespace_, const std::string& name);
  void start_engine(Container& container, const cluster::ContainerInstance& instance);
  void gone(std::uint64_t instance_id);
  void end(std::uint64_t instance_id, int exit_code);
  sim::Task<void> end_later(std::uint64_t instance_id, sim::Duration delay, int exit_code);
  void apply_black_hole(const Pod& pod);

  sim::Task<void> serve(std::shared_ptr<Call> call);
  sim::Task<void> deliver(std::shared_ptr<Call> call, sql::Answer answer);
  bool waits_at(const Call& call, const Route& to) const;
  void release(std::vector<std::shared_ptr<Call>>& parked);
  sql::Answer answer_call(const Call& call, const Route& to) const;
  Route route(const Call& call) const;
  Route service_route(Member& member, std::uint64_t pick) const;
  Route node_route(Member& member, const Node& node) const;

  Member* find_member(const std::string& namespace_, const std::string& name) const;
  template <class Fault>
  std::optional<std::uint64_t> apply(Member* member, Fault fault);

  sim::Runtime& runtime_;
  FleetSettings settings_;
  std::shared_ptr<FleetLink> link_;
  std::map<std::string, std::unique_ptr<Member>> members_;  // "<namespace>/<name>"
  std::map<std::string, Member*, std::less<>> services_;    // "<name>.<namespace>.svc"
  std::map<std::string, Member*, std::less<>> hosts_;       // "<pod>.<name>-pods.<namespace>.svc"
  std::map<std::uint64_t, Container> containers_;
  std::map<std::string, Pod> pods_;  // "<namespace>/<pod>"
  std::set<std::string> black_holed_nodes_;
  std::uint64_t last_fault_ = 0;
  std::map<std::uint64_t, Member*> lasting_;  // faults to heal
};

}  // namespace sdbtwin::singlestore
