// For the tests of this folder: a namespace with one database, an API server, pods that are
// scripted instead of modelled, and a database that answers what a test says.
//
// An evicted pod is gone after kStop and its successor, made from the PetSet's template of that
// moment, is ready `ready_after` after the eviction. Nothing else happens by itself.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "controller/kit/operator.h"
#include "controller/ops_manager/ops_manager.h"
#include "model/api/ops_request.h"
#include "model/api/petset.h"
#include "model/api/pod.h"
#include "model/api/singlestore.h"
#include "model/cluster/server/api_server.h"
#include "model/sql/client.h"
#include "model/store/store.h"
#include "sim/core/channel.h"
#include "sim/engine/simulation.h"

namespace sdbtwin::ops_manager {

using namespace std::chrono_literals;

inline const std::string kNamespace = "demo";
inline const std::string kDatabase = "sdb-sample";
inline const std::string kRequest = "ops";

// What the database says. Healthy, redundancy 1, unless a test changes it.
struct DatabaseScript {
  bool answers = true;
  bool synced = true;         // app_0 of each leaf is online
  std::int64_t rows = 1'000;  // of app_0 of each leaf
};

class FakeCluster : public sim::TraceObserver {
 public:
  explicit FakeCluster(OpsManagerOptions options = {});
  ~FakeCluster();

  // Effect: the request exists, from now on.
  void ask(
      api::OpsRequestType type, const std::function<void(api::SinglestoreOpsRequest&)>& edit =
                                    [](api::SinglestoreOpsRequest&) {});
  void run_for(sim::Duration duration) { simulation.run_until(simulation.now() + duration); }
  // Until the request has one of its final phases, or for two hours.
  bool run_to_end();
  bool run_until(const std::function<bool()>& done, sim::Duration limit);

  std::shared_ptr<const api::SinglestoreOpsRequest> request(const std::string& name = kRequest);
  std::shared_ptr<const api::Singlestore> database();
  std::shared_ptr<const api::PetSet> petset(const std::string& role);
  std::shared_ptr<const api::Pod> pod(const std::string& suffix);  // "leaf-0"; null: not there
  // Effect: a user sends it. It must succeed.
  void act(api::Request request);

  bool is_resumed();                               // no pause, no stamps
  std::string condition(const std::string& type);  // "True", "False", or "" when absent
  std::string message(const std::string& type);

  // Called for each effective write of the Ops-manager, at its instant.
  std::function<void(const cluster::ObjectWritten&)> on_write;

  DatabaseScript script;
  sim::Duration ready_after_leaf = 43s;  // both on the 5 s grid of the recorded run
  sim::Duration ready_after_aggregator = 38s;
  bool petsets_observed = true;        // the PetSet controller runs
  std::vector<std::string> evictions;  // pods, in order
  std::vector<std::string> restarts;   // images that pods came back with, in order

  sim::Simulation simulation{1};
  store::Store store;
  cluster::ApiEndpoint endpoint;
  sim::Process* ops_manager = nullptr;

 private:
  static constexpr sim::Duration kStop = std::chrono::seconds(30);

  void on_event(const sim::TraceEvent& event) override;
  // Past the API server: nobody is told. For what is read from the server only, and before the
  // start.
  api::Result<api::Response> apply(const api::Request& request);
  void bootstrap();
  void create(std::shared_ptr<api::Object> object);
  std::shared_ptr<api::PetSet> make_petset(const std::string& role, std::int32_t replicas);
  void create_pod(const std::string& petset, const std::string& name, bool ready);
  void set_ready(const std::string& name);
  sim::Task<void> observe(std::string petset);
  sim::Task<void> observe_changes(sim::Runtime& runtime);
  sim::Task<void> run_machine(sim::Runtime& runtime);
  sim::Task<void> replace(sim::Runtime& runtime, std::string petset, std::string pod);

  OpsManagerOptions options_;
  sim::Channel<std::string> evicted_;  // names of pods
  sim::Channel<std::string> changed_;  // names of PetSets
  sim::Runtime* machine_ = nullptr;
  std::unique_ptr<api::Client> client_;  // of the machine and of the user
};

}  // namespace sdbtwin::ops_manager
