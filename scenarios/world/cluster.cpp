#include "scenarios/world/cluster.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "controller/kit/lease_leadership.h"
#include "controller/ops_manager/ops_manager.h"
#include "controller/provisioner/provisioner.h"
#include "faults/node_name.h"
#include "model/cluster/machinery.h"
#include "scenarios/spec/catalogue.h"
#include "scenarios/world/node_failures.h"
#include "scenarios/world/processes.h"
#include "scenarios/world/world_settings.h"

namespace sdbtwin::scenarios {
namespace {

// An operator as the memory of a process.
class HostedOperator final : public sim::Actor {
 public:
  explicit HostedOperator(std::unique_ptr<kit::Operator> hosted) : hosted_(std::move(hosted)) {}

 private:
  std::unique_ptr<kit::Operator> hosted_;
};

// From the exit of an operator's process until its container runs again. [us]
constexpr sim::Duration kContainerRestart = std::chrono::seconds(2);

std::unique_ptr<sim::Actor> host(std::unique_ptr<kit::Operator> hosted) {
  return std::make_unique<HostedOperator>(std::move(hosted));
}

store::StoreOptions store_options(std::uint64_t seed) {
  store::StoreOptions options;
  options.seed = seed;
  return options;
}

ops_manager::OpsManagerOptions ops_manager_options(const PolicySettings& policy) {
  ops_manager::OpsManagerOptions options;
  options.gates.max_lag = policy.max_lag;
  options.gates.tolerance_percent = policy.size_tolerance_percent;
  options.gates.rows_floor = policy.size_floor_rows;
  options.gates.bytes_floor = policy.size_floor_bytes;
  options.order = policy.order;
  return options;
}

}  // namespace

Cluster::Cluster(const Scenario& scenario, std::uint64_t seed, Planners planners,
                 sim::TraceObserver* observer)
    : scenario_(scenario),
      planners_(std::move(planners)),
      store_(store_options(seed)),
      endpoint_(latency_of(scenario.cluster)),
      timings_(timings_of(scenario.cluster)),
      images_(images_of(scenario)),
      registry_(images_),
      simulation_(seed),
      environment_{
          .simulation = &simulation_, .api = &endpoint_, .store = &store_, .registry = &registry_},
      injector_(environment_, scenario.faults),
      action_watcher_(environment_) {
  if (observer != nullptr) simulation_.trace().add_observer(*observer);
  // The definitions of what is not built in are there before anybody asks.
  for (const Manifest* manifest : all_objects(scenario_))
    store_.registry().learn(*manifest->object);
  endpoint_.add_interceptor(action_watcher_);
  endpoint_.add_interceptor(injector_);
  add_api_server();
  add_database();
  add_nodes();
  add_machinery();
  add_operators();
  add_user();
}

Cluster::~Cluster() {
  // What runs in processes refers to the world: it goes first, the newest process before the older.
  const auto& processes = simulation_.processes();
  for (auto process = processes.rbegin(); process != processes.rend(); ++process) {
    if ((*process)->alive()) (*process)->kill();
  }
  endpoint_.remove_interceptor(injector_);
  endpoint_.remove_interceptor(action_watcher_);
}

sim::Process& Cluster::add(std::string_view name, sim::ProcessMain main) {
  return simulation_.add_process(std::string(name), std::move(main));
}

std::unique_ptr<api::Client> Cluster::connect(sim::Runtime& runtime) {
  return connect_as(runtime, runtime.name());
}

std::unique_ptr<api::Client> Cluster::connect_as(sim::Runtime& runtime, std::string_view user) {
  return endpoint_.rest_client_for(runtime, std::string(user));
}

void Cluster::add_api_server() {
  add(kApiServer, [this](sim::Runtime& runtime) {
    return std::make_unique<cluster::ApiServer>(runtime, store_, endpoint_);
  });
}

void Cluster::add_database() {
  sim::Process& process = add(kSinglestore, [this](sim::Runtime& runtime) {
    auto fleet = std::make_unique<singlestore::Fleet>(runtime, fleet_settings_of(scenario_));
    fleet_ = fleet.get();
    return fleet;
  });
  // Nodes and disks are built on it.
  process.start();
  environment_.fleet = fleet_;
}

void Cluster::add_nodes() {
  disks_ = std::make_unique<cluster::DiskArray>(*fleet_);
  environment_.disks = disks_.get();
  for (std::int32_t i = 0; i < scenario_.cluster.nodes; ++i) {
    auto machine = std::make_unique<cluster::NodeMachine>(simulation_.runtime(), node_name(i), i,
                                                          *fleet_, *disks_);
    if (scenario_.cluster.images_cached) {
      for (const auto& version : versions_of(scenario_)) {
        machine->add_image(version->spec->db.image);
        machine->add_image(version->spec->standalone.image);
        machine->add_image(version->spec->coordinator.image);
        machine->add_image(version->spec->init_container.image);
      }
    }
    cluster::KubeletOptions kubelet;
    kubelet.heartbeats = has_heartbeats(scenario_);
    kubelet.registration = node_of(scenario_, i);
    cluster::add_kubelet(simulation_, endpoint_, *machine, *disks_, registry_, timings_, kubelet);
    environment_.machines.push_back(machine.get());
    machines_.push_back(std::move(machine));
  }
}

void Cluster::add_machinery() {
  cluster::MachineryOptions options;
  options.heartbeats = has_heartbeats(scenario_);
  cluster::add_control_plane(simulation_, endpoint_, *disks_, timings_, options);
}

std::unique_ptr<kit::Leadership> Cluster::leadership_of(sim::Runtime& runtime,
                                                        std::string_view name,
                                                        const OperatorSettings& settings) {
  if (!settings.leader_election) return nullptr;
  client::LeaderElectionOptions options;
  options.namespace_ = kOperatorNamespace;
  options.name = name;
  options.identity = runtime.name();
  // Whoever has lost ends; its kubelet starts the container again at once (kubernetes.md 3.2).
  const auto on_lost = [this, process = std::string(runtime.name())] {
    simulation_.find(process)->restart(kContainerRestart);
  };
  return std::make_unique<kit::LeaseLeadership>(runtime, connect_as(runtime, name),
                                                std::move(options), on_lost);
}

void Cluster::add_replicas(std::string_view name, const OperatorSettings& settings,
                           const MakeOperator& make) {
  for (std::int32_t i = 0; i < settings.replicas; ++i) {
    add(replica_name(name, i),
        [this, name, settings, make](sim::Runtime& runtime) -> std::unique_ptr<sim::Actor> {
          return host(make(runtime, leadership_of(runtime, name, settings)));
        });
  }
}

void Cluster::add_operators() {
  add_replicas(kProvisioner, scenario_.operators.provisioner,
               [this](sim::Runtime& runtime, std::unique_ptr<kit::Leadership> leadership) {
                 provisioner::ProvisionerOptions options;
                 if (planners_.provisioner) options.planner = planners_.provisioner;
                 options.leadership = std::move(leadership);
                 return provisioner::make_provisioner(
                     runtime, connect_as(runtime, kProvisioner),
                     fleet_->client_for(runtime, std::string(kProvisioner)), std::move(options));
               });
  add_replicas(kOpsManager, scenario_.operators.ops_manager,
               [this](sim::Runtime& runtime, std::unique_ptr<kit::Leadership> leadership) {
                 ops_manager::OpsManagerOptions options = ops_manager_options(scenario_.policy);
                 options.planner = planners_.ops_manager;
                 return ops_manager::make_ops_manager(
                     runtime, connect_as(runtime, kOpsManager),
                     fleet_->client_for(runtime, std::string(kOpsManager)), std::move(options),
                     std::move(leadership));
               });
}

void Cluster::add_user() {
  add(kUserProcess, [this](sim::Runtime& runtime) {
    std::vector<api::ObjectPtr> supplied = supply_defaults(scenario_).objects;
    // A system namespace, which the API server makes.
    if (has_heartbeats(scenario_)) supplied.push_back(make_namespace(cluster::kLeaseNamespace));
    auto user = std::make_unique<User>(
        runtime, connect(runtime), scenario_, std::move(supplied),
        [this](const std::string& text) { return faults::resolve_node(text, environment_); });
    user_ = user.get();
    return user;
  });
}

void Cluster::start() {
  for (const auto& process : simulation_.processes()) {
    if (!process->alive()) process->start();
  }
  for (std::size_t i = 0; i < scenario_.actions.size(); ++i) {
    action_watcher_.arm(scenario_.actions[i].trigger,
                        [this, i](const faults::Instant&) { user_->due(i); });
  }
}

const singlestore::TruthHistory* Cluster::history(std::string_view namespace_,
                                                  std::string_view database,
                                                  std::string_view pod) const {
  const singlestore::ClusterState* found = state(namespace_, database);
  const singlestore::Node* node = found == nullptr ? nullptr : found->find_pod(pod);
  return node == nullptr ? nullptr : &node->history;
}

const singlestore::ClusterState* Cluster::state(std::string_view namespace_,
                                                std::string_view database) const {
  const singlestore::DatabaseCluster* found =
      fleet_->find(std::string(namespace_), std::string(database));
  return found == nullptr ? nullptr : &found->state();
}

const singlestore::ClientLog* Cluster::clients(std::string_view namespace_,
                                               std::string_view database) const {
  const singlestore::DatabaseCluster* found =
      fleet_->find(std::string(namespace_), std::string(database));
  return found == nullptr ? nullptr : &found->clients();
}

}  // namespace sdbtwin::scenarios
