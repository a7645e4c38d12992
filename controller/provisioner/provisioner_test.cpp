#include "controller/provisioner/provisioner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "controller/provisioner/test_samples.h"
#include "model/api/core.h"
#include "model/api/policy.h"
#include "model/cluster/server/api_server.h"
#include "sim/engine/simulation.h"

namespace sdbtwin::provisioner {
namespace {

using namespace std::chrono_literals;

class ServingDatabase final : public sql::DatabaseClient {
 public:
  sim::Task<sql::Answer> query(sql::Endpoint, sql::Credentials, sql::Statement,
                               sim::Duration) override {
    co_return std::vector<sql::CheckRow>();
  }
};

template <class T>
struct Hosted final : sim::Actor {
  explicit Hosted(std::unique_ptr<T> part) : hosted(std::move(part)) {}
  std::unique_ptr<T> hosted;
};

// Effective writes, by who sent them.
class Writes final : public sim::TraceObserver {
 public:
  void on_event(const sim::TraceEvent& event) override {
    const auto* write = event.get_if<cluster::ObjectWritten>();
    if (write != nullptr && write->kind != api::Kind::kEvent) ++by_actor[std::string(write->actor)];
  }
  std::map<std::string, int> by_actor;
};

// An API server and a Provisioner over it; the test plays user, PetSet controller and database.
class ProvisionerTest : public ::testing::Test {
 protected:
  ProvisionerTest() {
    simulation_.trace().add_observer(writes_);
    apply(namespace_demo());
    apply(sample_version("8.7.10"));
    apply(sample_version("8.9.3"));
    apply(sample_license());
    simulation_
        .add_process("kube-apiserver",
                     [this](sim::Runtime& runtime) {
                       return std::make_unique<cluster::ApiServer>(runtime, store_, endpoint_);
                     })
        .start();
    provisioner_ = &simulation_.add_process("provisioner", [this](sim::Runtime& runtime) {
      auto made = make_provisioner(runtime, endpoint_.client_for(runtime, "provisioner"),
                                   std::make_unique<ServingDatabase>(), ProvisionerOptions{});
      return std::make_unique<Hosted<kit::Operator>>(std::move(made));
    });
    provisioner_->start();
    user_ = endpoint_.client_for(simulation_.runtime(), "user");
  }
  ~ProvisionerTest() override { user_.reset(); }

  static std::shared_ptr<api::Object> namespace_demo() {
    auto space = std::make_shared<api::Namespace>();
    space->metadata.name = "demo";
    return space;
  }
  // Before the server runs.
  void apply(std::shared_ptr<api::Object> object) {
    object->metadata.uid.clear();
    object->metadata.resource_version = 0;
    const store::RequestContext context{"bootstrap", simulation_.now()};
    SIM_ASSERT(store_.apply(api::Request::create(object), context).result.ok());
  }
  void send(api::Request request) {
    const auto call = [](api::Client* client, api::Request what) -> sim::Task<void> {
      const auto answer = co_await client->call(std::move(what));
      EXPECT_TRUE(answer.ok()) << (answer.ok() ? "" : answer.error().message);
    };
    simulation_.runtime().spawn(call(user_.get(), std::move(request)));
  }
  void create_database() {
    auto database = sample_database();
    database->metadata.uid.clear();
    database->metadata.resource_version = 0;
    database->metadata.finalizers.edit().clear();
    send(api::Request::create(database));
  }
  template <class T>
  std::shared_ptr<const T> get(const std::string& name) {
    return api::as_if<T>(store_.get(api::ObjectRef(T::kKind, "demo", name)));
  }
  std::shared_ptr<const api::Singlestore> database() { return get<api::Singlestore>("sample"); }
  void run_for(sim::Duration duration) { simulation_.run_until(simulation_.now() + duration); }

  // What the PetSet controller would report.
  void make_ready(const std::string& name) {
    auto next = api::copy(*get<api::PetSet>(name));
    next->status.edit().ready_replicas = next->spec->replicas.value_or(1);
    send(api::Request::update_status(next));
    run_for(1s);
  }
  void provision() {
    create_database();
    run_for(10s);
    make_ready("sample-aggregator");
    make_ready("sample-leaf");
    run_for(5s);
  }
  std::vector<std::string> condition_types() {
    std::vector<std::string> types;
    for (const auto& condition : database()->status->conditions) types.push_back(condition.type);
    return types;
  }

  store::Store store_;
  cluster::ApiEndpoint endpoint_;
  sim::Simulation simulation_{1};
  Writes writes_;
  sim::Process* provisioner_ = nullptr;
  std::unique_ptr<api::Client> user_;
};

// Goal: a database becomes Ready, with KubeDB's conditions in their order. Method: the whole
// operator over a real API server; the test reports ready pods.
TEST_F(ProvisionerTest, BringsADatabaseToReadyWithTheRecordedConditions) {
  provision();
  EXPECT_EQ(database()->status->phase, api::DatabasePhase::kReady);
  EXPECT_EQ(condition_types(),
            (std::vector<std::string>{"ProvisioningStarted", "ReplicaReady", "AcceptingConnection",
                                      "Ready", "Provisioned"}));
  const auto& replicas = database()->status->conditions[1];
  EXPECT_EQ(replicas.message, "All leaf replicas are ready for Singlestore demo/sample");
  EXPECT_TRUE(api::has_finalizer(database()->metadata, "kubedb.com"));
}

// Goal: a settled database costs no write. Method: an hour of health checks.
TEST_F(ProvisionerTest, WritesNothingOnceSettled) {
  provision();
  run_for(10s);
  const int before = writes_.by_actor["provisioner"];
  run_for(1h);
  EXPECT_EQ(writes_.by_actor["provisioner"], before);
}

// Goal: a child that somebody deletes is made again. Method: delete the primary service.
TEST_F(ProvisionerTest, MakesADeletedChildAgain) {
  provision();
  send(api::Request::remove(api::ObjectRef(api::Kind::kService, "demo", "sample")));
  run_for(2s);
  EXPECT_NE(get<api::Service>("sample"), nullptr);
}

// Goal: what the licence gives is waited for, and its arrival is enough. Method: the secret comes a
// minute later.
TEST_F(ProvisionerTest, GoesOnWhenTheLicenceArrives) {
  send(api::Request::remove(api::ObjectRef(api::Kind::kSecret, "demo", "license")));
  run_for(1s);
  create_database();
  run_for(60s);
  EXPECT_EQ(get<api::PetSet>("sample-aggregator"), nullptr);
  EXPECT_TRUE(api::is_condition_false(database()->status->conditions, kit::kDependencyReady));
  send(api::Request::create(sample_license()));
  run_for(10s);
  EXPECT_NE(get<api::PetSet>("sample-leaf"), nullptr);
}

// Goal: a Provisioner that dies at any time, and one that is born to any state, come to the same
// end. Method: killed 2, 4, ... 118 ms after the creation, while it writes; restarted at once.
class ProvisionerCrashTest : public ProvisionerTest, public ::testing::WithParamInterface<int> {};

TEST_P(ProvisionerCrashTest, ComesToTheSameEndWhereverItDies) {
  create_database();
  run_for(GetParam() * 2ms);
  provisioner_->kill();
  provisioner_->restart(10ms);
  run_for(10s);
  make_ready("sample-aggregator");
  make_ready("sample-leaf");
  run_for(5s);
  EXPECT_EQ(database()->status->phase, api::DatabasePhase::kReady);
  EXPECT_EQ(database()->status->conditions.size(), 5U);
  EXPECT_NE(get<api::PodDisruptionBudget>("sample-leaf"), nullptr);
  EXPECT_NE(get<api::AppBinding>("sample"), nullptr);
}

INSTANTIATE_TEST_SUITE_P(EveryTwoMilliseconds, ProvisionerCrashTest, ::testing::Range(1, 60));

}  // namespace
}  // namespace sdbtwin::provisioner
