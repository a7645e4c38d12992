// Cluster: the composition root of a simulated run. Owns and wires everything: simulation, API
// server, machinery, nodes, database, operators, user, faults. It decides nothing.
//
// Processes are rebuilt by their factories with new connections; the world that outlives them (the
// store, nodes, disks, the network to the API server) belongs to the Cluster. Two clusters in two
// threads share only the immutable scenario.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "controller/kit/leadership.h"
#include "controller/kit/operator.h"
#include "faults/environment.h"
#include "faults/injector.h"
#include "faults/registry_outage.h"
#include "faults/trigger_watcher.h"
#include "invariants/invariant.h"
#include "model/cluster/node/disk_array.h"
#include "model/cluster/node/image_registry.h"
#include "model/cluster/node/node_machine.h"
#include "model/cluster/server/api_server.h"
#include "model/cluster/timing/timings.h"
#include "model/singlestore/fleet.h"
#include "model/store/store.h"
#include "scenarios/spec/scenario.h"
#include "scenarios/world/planners.h"
#include "scenarios/world/user.h"
#include "sim/engine/simulation.h"

namespace sdbtwin::scenarios {

class Cluster final : public invariants::Truth {
 public:
  // The processes are added, and none but the database's has been started. `observer` sees the
  // whole trace, from the first event, before everybody else. `scenario` outlives the cluster.
  Cluster(const Scenario& scenario, std::uint64_t seed, Planners planners = {},
          sim::TraceObserver* observer = nullptr);
  ~Cluster();
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;

  sim::Simulation& simulation() { return simulation_; }
  const store::Store& store() const { return store_; }
  faults::Injector& injector() { return injector_; }
  singlestore::Fleet& fleet() { return *fleet_; }
  // Sends the user the actions that come due; to be added as an observer.
  faults::TriggerWatcher& action_watcher() { return action_watcher_; }

  // All processes start, and the user sets up the cluster.
  void start();
  const User& user() const { return *user_; }

  const singlestore::TruthHistory* history(std::string_view namespace_, std::string_view database,
                                           std::string_view pod) const override;
  const singlestore::ClusterState* state(std::string_view namespace_,
                                         std::string_view database) const override;
  const singlestore::ClientLog* clients(std::string_view namespace_,
                                        std::string_view database) const override;

 private:
  void add_api_server();
  void add_database();
  void add_nodes();
  void add_machinery();
  void add_operators();
  void add_user();
  sim::Process& add(std::string_view name, sim::ProcessMain main);
  std::unique_ptr<api::Client> connect(sim::Runtime& runtime);
  // Replicas of an operator share the user, as they share a service account.
  std::unique_ptr<api::Client> connect_as(sim::Runtime& runtime, std::string_view user);

  using MakeOperator = std::function<std::unique_ptr<kit::Operator>(
      sim::Runtime& runtime, std::unique_ptr<kit::Leadership> leadership)>;
  void add_replicas(std::string_view name, const OperatorSettings& settings,
                    const MakeOperator& make);
  std::unique_ptr<kit::Leadership> leadership_of(sim::Runtime& runtime, std::string_view name,
                                                 const OperatorSettings& settings);

  const Scenario& scenario_;
  Planners planners_;
  // The world. Destroyed after the processes, which ~Cluster ends first.
  store::Store store_;
  cluster::ApiEndpoint endpoint_;
  cluster::Timings timings_;
  cluster::ImageTable images_;
  faults::RegistryOutage registry_;
  sim::Simulation simulation_;
  faults::Environment environment_;
  faults::Injector injector_;
  faults::TriggerWatcher action_watcher_;
  singlestore::Fleet* fleet_ = nullptr;  // the actor of its process
  std::unique_ptr<cluster::DiskArray> disks_;
  std::vector<std::unique_ptr<cluster::NodeMachine>> machines_;
  User* user_ = nullptr;  // the actor of its process
};

}  // namespace sdbtwin::scenarios
