// For tests of the machinery: an API server, all control-plane processes, three nodes with
// kubelets, plain applications, and a user who writes through a client of his own. Nothing has
// jitter unless a test asks for it. Time passes only in run_for(), run_until() and the user's
// requests.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/api/client.h"
#include "model/api/core.h"
#include "model/api/petset.h"
#include "model/api/pod.h"
#include "model/api/storage.h"
#include "model/cluster/machinery.h"
#include "model/cluster/petset/defaults.h"
#include "model/cluster/plain_application.h"
#include "model/cluster/server/api_server.h"
#include "sim/engine/simulation.h"

namespace sdbtwin::cluster {

using namespace std::chrono_literals;

struct TestClusterOptions {
  uint64_t seed = 1;
  bool jitter = false;
  int nodes = 3;
  bool kubelets = true;
  bool heartbeats = false;
  int64_t petset_resync_minutes = 0;
};

class TestCluster : public sim::TraceObserver {
 public:
  explicit TestCluster(const TestClusterOptions& options = TestClusterOptions{});
  ~TestCluster();

  // Effect: all processes run, and namespace "demo", the nodes and class `standard` exist.
  void start();

  // The user's requests; each is waited for.
  api::Result<api::Response> ask(api::Request request);
  api::ObjectPtr apply_json(std::string_view json);  // creates; fails the test when refused
  api::Result<api::Response> merge(api::ObjectRef ref, std::string_view json);

  // Truth.
  std::shared_ptr<const api::Pod> pod(const std::string& name) const;
  std::shared_ptr<const api::PetSet> set(const std::string& name) const;
  std::shared_ptr<const api::PersistentVolumeClaim> claim(const std::string& name) const;
  std::shared_ptr<const api::Node> node(const std::string& name) const;
  std::vector<std::string> names(api::Kind kind) const;  // in "demo", or cluster-wide
  bool ready(const std::string& pod_name) const;
  NodeMachine& machine_of(const std::string& pod_name);

  void run_for(sim::Duration duration);
  // Fails the test when it does not hold within `limit`.
  void run_until(const std::function<bool()>& done, sim::Duration limit = 10min);
  sim::Duration time_until(const std::function<bool()>& done, sim::Duration limit = 10min);
  sim::Process& process(std::string_view name);

  // Effective writes so far, "create Pod web-0" (with "/status" for a subresource), by an actor.
  std::vector<std::string> writes_by(std::string_view actor) const;
  void forget_writes() { writes_.clear(); }

  sim::Simulation simulation;
  Timings timings;
  store::Store store;
  ApiEndpoint endpoint;
  PlainApplication application;
  DiskArray disks;
  ImageTable images;
  PetSetDefaulter defaulter;
  std::vector<std::unique_ptr<NodeMachine>> machines;

 private:
  struct Write {
    std::string actor;
    std::string text;
  };
  void on_event(const sim::TraceEvent& event) override;
  void bootstrap(const std::shared_ptr<api::Object>& object);

  std::unique_ptr<api::Client> user_;
  std::vector<Write> writes_;
};

// A PetSet as JSON. `more` is put into its spec, `pod` into the pod's spec.
struct SetText {
  std::string name = "web";
  int replicas = 3;
  std::string image = "example/web:v1";
  std::string more;
  std::string pod;
  std::string storage = "1Gi";  // "": no claims
};
std::string to_json(const SetText& text);

class MachineryTest : public testing::Test {
 protected:
  explicit MachineryTest(const TestClusterOptions& options = TestClusterOptions{})
      : cluster(options) {
    cluster.start();
  }

  void create_set(const SetText& text) { cluster.apply_json(to_json(text)); }
  bool all_ready(const std::string& set_name, int replicas) {
    const auto set = cluster.set(set_name);
    return set && set->status->ready_replicas == replicas && set->status->replicas == replicas &&
           set->status->observed_generation == set->metadata.generation;
  }
  void run_until_ready(const std::string& set_name, int replicas) {
    cluster.run_until([&] { return all_ready(set_name, replicas); });
  }

  TestCluster cluster;
};

}  // namespace sdbtwin::cluster
