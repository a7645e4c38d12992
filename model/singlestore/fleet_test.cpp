// The fleet as the containers' application, and statements over its client, in a simulation.
#include "model/singlestore/fleet.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "model/singlestore/events.h"
#include "model/singlestore/fake_container_host.h"
#include "model/sql/client.h"
#include "sim/engine/simulation.h"

namespace sdbtwin::singlestore {
namespace {

using namespace std::chrono_literals;
using sql::SqlErrorKind;
using testing::ElementsAre;

// Keeps the QueryAnswered events.
class QueryLog final : public sim::TraceObserver {
 public:
  void on_event(const sim::TraceEvent& event) override {
    if (const auto* query = event.get_if<QueryAnswered>()) queries.push_back({*query, event.time});
  }
  struct Entry {
    QueryAnswered query;
    sim::Time answered;
  };
  std::vector<Entry> queries;
};

class FleetWorld {
 public:
  explicit FleetWorld(FleetSettings settings, std::uint64_t seed = 1) : simulation(seed) {
    simulation.trace().add_observer(log);
    database = &simulation.add_process(
        "singlestore", [settings](sim::Runtime& runtime) -> std::unique_ptr<sim::Actor> {
          return std::make_unique<Fleet>(runtime, settings);
        });
    asker = &simulation.add_process(
        "asker", [](sim::Runtime&) -> std::unique_ptr<sim::Actor> { return nullptr; });
    database->start();
    asker->start();
    client = fleet().client_for(asker->runtime(), "asker");
  }

  Fleet& fleet() { return *static_cast<Fleet*>(database->actor()); }
  void run_for(sim::Duration duration) { simulation.run_until(simulation.now() + duration); }

  // Starts both containers of the pod; the ids are those of the two instances.
  void start_pod(const std::string& pod, const std::string& cluster_name = "demo",
                 const std::string& volume = {}) {
    for (const char* container : {"singlestore", "singlestore-coordinator"}) {
      auto instance = container_of(++last_id, pod, container, cluster_name);
      if (!volume.empty()) instance.volumes.front().volume = volume;
      if (!password.empty()) instance.env["ROOT_PASSWORD"] = password;
      ids[pod].push_back(last_id);
      fleet().started(instance, host);
    }
  }
  void kill_pod(const std::string& pod) {
    for (const std::uint64_t id : ids[pod]) fleet().killed(id);
    ids[pod].clear();
  }
  void bring_up(const std::string& cluster_name, int leaves) {
    start_pod(cluster_name + "-aggregator-0", cluster_name);
    for (int i = 0; i < leaves; ++i)
      start_pod(cluster_name + "-leaf-" + std::to_string(i), cluster_name);
    run_for(60s);
  }

  template <class S>
  sql::Rows<typename S::Row> ask(const std::string& host_name, const S& statement,
                                 sim::Duration timeout = 10s) {
    std::optional<sql::Rows<typename S::Row>> result;
    asker->runtime().spawn(ask_into(*client, host_name, credentials, statement, timeout, result));
    EXPECT_TRUE(simulation.run_until([&result] { return result.has_value(); },
                                     simulation.now() + timeout + 1s));
    return std::move(*result);
  }

  template <class S>
  static sim::Task<void> ask_into(sql::DatabaseClient& client, std::string host_name,
                                  sql::Credentials credentials, S statement, sim::Duration timeout,
                                  std::optional<sql::Rows<typename S::Row>>& result) {
    sql::Endpoint endpoint(host_name);
    auto rows = co_await sql::query_rows(client, endpoint, credentials, statement, timeout);
    result.emplace(std::move(rows));
  }

  QueryLog log;
  FakeContainerHost host;
  std::uint64_t last_id = 0;
  std::map<std::string, std::vector<std::uint64_t>> ids;
  std::string password;
  sql::Credentials credentials{"root", "secret"};
  sim::Simulation simulation;
  sim::Process* database = nullptr;
  sim::Process* asker = nullptr;
  std::unique_ptr<sql::DatabaseClient> client;
};

const std::string kMaster = "demo-aggregator-0.demo-pods.ns.svc";

TEST(PodRole, FollowsFromNameAndLabels) {
  const auto leaf = pod_role("demo-leaf-12", {});
  ASSERT_TRUE(leaf.has_value());
  EXPECT_EQ(leaf->cluster, "demo");
  EXPECT_EQ(leaf->kind, NodeKind::kLeaf);
  EXPECT_EQ(leaf->ordinal, 12);
  const auto suffixed = pod_role("demo-x-aggregator-0", {{"app.kubernetes.io/instance", "demo"}});
  EXPECT_EQ(suffixed->cluster, "demo");
  EXPECT_EQ(suffixed->kind, NodeKind::kAggregator);
  EXPECT_FALSE(pod_role("demo-0", {}).has_value());
  EXPECT_FALSE(pod_role("demo-leaf-", {}).has_value());
  EXPECT_FALSE(pod_role("demo-leaf-1x", {}).has_value());
}

// Goal: from containers to rows: the whole path. Method: start pods, ask SHOW LEAVES at the master
// aggregator and over the service.
TEST(Fleet, ContainersBecomeAClusterThatAnswers) {
  FleetWorld world(FleetSettings{});
  world.bring_up("demo", 2);
  const auto leaves = world.ask(kMaster, sql::ShowLeaves());
  ASSERT_TRUE(leaves.ok());
  ASSERT_EQ(leaves->size(), 2u);
  EXPECT_EQ((*leaves)[0].host, "demo-leaf-0.demo-pods.ns.svc");
  EXPECT_EQ((*leaves)[0].state, sql::NodeState::kOnline);
  EXPECT_TRUE(world.ask("demo.ns.svc", sql::WriteCheck()).ok());
  EXPECT_TRUE(world.ask("demo.ns.svc.cluster.local", sql::ReadCheck()).ok());
}

// Goal: a query leaves one event, with the window in which its rows were true.
TEST(Fleet, AQueryIsTracedWithItsWindow) {
  FleetWorld world(FleetSettings{});
  world.bring_up("demo", 1);
  const sim::Time sent = world.simulation.now();
  ASSERT_TRUE(world.ask(kMaster, sql::ShowLeaves()).ok());
  ASSERT_EQ(world.log.queries.size(), 1u);
  const auto& [query, answered] = world.log.queries.front();
  EXPECT_EQ(query.client, "asker");
  EXPECT_EQ(query.statement, "leaves");
  EXPECT_EQ(query.host, kMaster);
  EXPECT_EQ(query.sent, sent);
  EXPECT_EQ(query.outcome, "ok");
  EXPECT_EQ(query.rows, 1);
  EXPECT_GE(answered - sent, 1ms);
  EXPECT_LE(answered - sent, 4ms);
}

// Goal: refused, unknown and silent are told apart. Method: a pod whose memsqld does not run, a pod
// that never was, a pod whose packets are dropped.
TEST(Fleet, RefusedUnknownAndSilentHostsAreToldApart) {
  FleetWorld world(FleetSettings{});
  world.bring_up("demo", 1);
  const std::string leaf = "demo-leaf-0.demo-pods.ns.svc";
  const auto kind_at = [&world](const std::string& host) {
    const auto rows = world.ask(host, sql::Ping(), 5s);
    return rows.ok() ? SqlErrorKind::kOther : rows.error().kind;
  };
  EXPECT_EQ(kind_at("nobody.demo-pods.ns.svc"), SqlErrorKind::kUnknownHost);
  ASSERT_TRUE(world.fleet().crash("ns", "demo-leaf-0", 139));
  world.run_for(1ms);
  EXPECT_EQ(world.host.exits.begin()->second, 139);
  EXPECT_EQ(kind_at(leaf), SqlErrorKind::kRefused);
  world.kill_pod("demo-leaf-0");
  EXPECT_EQ(kind_at(leaf), SqlErrorKind::kUnknownHost);
  world.fleet().black_hole_pod("ns", "demo-aggregator-0", true);
  const sim::Time sent = world.simulation.now();
  EXPECT_EQ(kind_at(kMaster), SqlErrorKind::kTimeout);
  EXPECT_EQ(world.simulation.now() - sent, 5s);
  world.fleet().black_hole_pod("ns", "demo-aggregator-0", false);
  EXPECT_TRUE(world.ask(kMaster, sql::Ping()).ok());
}

TEST(Fleet, AProcessThatStillStartsRefuses) {
  FleetWorld world(FleetSettings{});
  world.start_pod("demo-aggregator-0");
  EXPECT_EQ(world.ask(kMaster, sql::Ping()).error().kind, SqlErrorKind::kRefused);
  world.run_for(2s);
  EXPECT_TRUE(world.ask(kMaster, sql::Ping()).ok());
}

TEST(Fleet, AnAnswerThatTakesTooLongIsATimeout) {
  FleetSettings settings;
  settings.defaults.timings.one_way = sim::Distribution::constant(3s);
  FleetWorld world(settings);
  world.bring_up("demo", 1);
  EXPECT_EQ(world.ask(kMaster, sql::Ping(), 5s).error().kind, SqlErrorKind::kTimeout);
  EXPECT_TRUE(world.ask(kMaster, sql::Ping(), 7s).ok());
}

TEST(Fleet, AWrongPasswordIsDenied) {
  FleetWorld world(FleetSettings{});
  world.password = "secret";
  world.bring_up("demo", 1);
  EXPECT_TRUE(world.ask(kMaster, sql::Ping()).ok());
  world.credentials = sql::Credentials("root", "guess");
  EXPECT_EQ(world.ask(kMaster, sql::Ping()).error().kind, SqlErrorKind::kAccessDenied);
}

// Goal: by default neither container ends on SIGTERM, so the grace is used up (6.2, 6.3); the
// database serves until SIGKILL. With a stop time set, it ends by itself with code 0.
TEST(Fleet, SigtermIsIgnoredUnlessAStopTimeIsSet) {
  FleetWorld world(FleetSettings{});
  world.bring_up("demo", 1);
  const auto ids = world.ids["demo-leaf-0"];
  for (const std::uint64_t id : ids) world.fleet().sigterm(id);
  world.run_for(29s);
  EXPECT_TRUE(world.host.exits.empty());
  EXPECT_TRUE(world.ask(kMaster, sql::ReadCheck()).ok());
  world.kill_pod("demo-leaf-0");
  EXPECT_FALSE(world.ask(kMaster, sql::ReadCheck()).ok());

  FleetSettings quick;
  quick.defaults.stop.engine = 2s;
  FleetWorld other(quick);
  other.bring_up("demo", 1);
  const std::uint64_t engine = other.ids["demo-leaf-0"].front();
  const sim::Time sent = other.simulation.now();
  other.fleet().sigterm(engine);
  other.fleet().sigterm(engine);  // once is enough
  other.simulation.run_until([&] { return !other.host.exits.empty(); }, sent + 10s);
  EXPECT_EQ(other.simulation.now() - sent, 2s);
  EXPECT_EQ(other.host.exits.at(engine), 0);
}

// Goal: containers that are nothing to the database just run, and end when asked.
TEST(Fleet, OtherContainersEndOnSigterm) {
  FleetWorld world(FleetSettings{});
  auto instance = container_of(77, "web-0", "nginx", "");
  world.fleet().started(instance, world.host);
  world.fleet().sigterm(77);
  EXPECT_TRUE(world.host.exits.empty());  // not from within the call
  world.run_for(1ms);
  EXPECT_EQ(world.host.exits.at(77), 143);
}

// Goal: the node hears when the process begins to accept connections, as probes are not polled.
TEST(Fleet, TheHostHearsWhenTheProcessIsConnectable) {
  FleetWorld world(FleetSettings{});
  world.start_pod("demo-aggregator-0");
  EXPECT_TRUE(world.host.changes.empty());
  world.run_for(2s);
  EXPECT_THAT(world.host.changes, ElementsAre(world.ids["demo-aggregator-0"].front()));
}

// Goal: data are the disk's, not the pod's. Method: a pod of the same name on the same volume keeps
// its rows; on another volume it does not serve its partitions.
TEST(Fleet, DataFollowTheVolume) {
  FleetWorld world(FleetSettings{});
  world.bring_up("demo", 2);
  world.kill_pod("demo-leaf-1");
  world.run_for(20s);
  world.start_pod("demo-leaf-1");
  world.run_for(20s);
  EXPECT_TRUE(world.ask(kMaster, sql::ReadCheck()).ok());
  world.kill_pod("demo-leaf-1");
  world.run_for(20s);
  world.start_pod("demo-leaf-1", "demo", "pv-new");
  world.run_for(60s);
  EXPECT_EQ(world.ask(kMaster, sql::ReadCheck()).error().kind, SqlErrorKind::kDatabaseOffline);
}

// Goal: two clusters share nothing but the process. Method: take down a leaf of one.
TEST(Fleet, ClustersAreIndependent) {
  FleetWorld world(FleetSettings{});
  world.bring_up("demo", 1);
  world.bring_up("other", 1);
  world.kill_pod("demo-leaf-0");
  world.run_for(10s);
  EXPECT_FALSE(world.ask("demo.ns.svc", sql::ReadCheck()).ok());
  EXPECT_TRUE(world.ask("other.ns.svc", sql::ReadCheck()).ok());
  EXPECT_EQ(world.fleet().clusters().size(), 2u);
  EXPECT_EQ(world.fleet().find("ns", "demo")->state().find_pod("demo-leaf-0")->recorded,
            sql::NodeState::kOffline);
}

// Goal: a dead asker is no matter to the database, and a killed one leaves nothing behind.
TEST(Fleet, AClientThatDiesWithAQueryUnderWayIsForgotten) {
  FleetWorld world(FleetSettings{});
  world.bring_up("demo", 1);
  std::optional<sql::Rows<sql::CheckRow>> result;
  world.asker->runtime().spawn(
      FleetWorld::ask_into(*world.client, kMaster, world.credentials, sql::Ping(), 10s, result));
  world.simulation.step();
  world.asker->kill();
  world.run_for(20s);
  EXPECT_FALSE(result.has_value());
  EXPECT_TRUE(world.log.queries.empty());
}

// Goal: dropping a Kubernetes node's packets hits the pods on it.
TEST(Fleet, ABlackHoledKubernetesNodeSilencesItsPods) {
  FleetWorld world(FleetSettings{});
  world.bring_up("demo", 1);
  world.fleet().black_hole_node("node-of-demo-leaf-0", true);
  const auto ping = world.ask("demo-leaf-0.demo-pods.ns.svc", sql::Ping(), 1s);
  EXPECT_EQ(ping.error().kind, SqlErrorKind::kTimeout);
  world.fleet().black_hole_node("node-of-demo-leaf-0", false);
  EXPECT_TRUE(world.ask("demo-leaf-0.demo-pods.ns.svc", sql::Ping(), 1s).ok());
}

// Goal: same seed, same run; another seed, another one.
TEST(Fleet, RunsAreReproducible) {
  const auto digest = [](std::uint64_t seed) {
    FleetWorld world(FleetSettings{}, seed);
    world.bring_up("demo", 2);
    world.kill_pod("demo-leaf-0");
    world.run_for(10s);
    world.start_pod("demo-leaf-0");
    world.run_for(60s);
    return world.simulation.trace().digest();
  };
  EXPECT_EQ(digest(3), digest(3));
  EXPECT_NE(digest(3), digest(4));
}

// Goal: a commit that waits for a silent replica is answered when the replica is demoted, after 5
// s, and not before; a client with less patience has a timeout.
TEST(Fleet, AWriteWaitsForASilentReplicaAndIsAnswered) {
  FleetSettings settings;
  settings.defaults.redundancy = 2;
  FleetWorld world(settings);
  world.bring_up("demo", 2);
  ASSERT_TRUE(world.fleet().cut_link("ns", "demo-leaf-0", "demo-leaf-1", true));
  EXPECT_FALSE(world.fleet().cut_link("ns", "demo-leaf-0", "demo-leaf-7", true));
  const sim::Time cut = world.simulation.now();
  const auto impatient = world.ask(kMaster, sql::WriteCheck(), 2s);
  ASSERT_FALSE(impatient.ok());
  EXPECT_EQ(impatient.error().kind, SqlErrorKind::kTimeout);
  EXPECT_TRUE(world.ask(kMaster, sql::ReadCheck()).ok());
  ASSERT_TRUE(world.ask(kMaster, sql::WriteCheck()).ok());
  EXPECT_GE(world.simulation.now(), cut + 5s);
  EXPECT_LT(world.simulation.now(), cut + 5s + 10ms);
}

// Goal: a read through an aggregator that does not reach a leaf has no answer until the leaf has
// failed over.
TEST(Fleet, AReadWaitsForALeafBehindABlackHole) {
  FleetSettings settings;
  settings.defaults.redundancy = 2;
  FleetWorld world(settings);
  world.bring_up("demo", 2);
  world.fleet().black_hole_pod("ns", "demo-leaf-0", true);
  const auto answer = world.ask(kMaster, sql::ReadCheck(), 10s);
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().kind, SqlErrorKind::kTimeout);
  world.run_for(25s);
  EXPECT_TRUE(world.ask(kMaster, sql::ReadCheck()).ok());
}

// Goal: an aggregator that ends takes the statements that wait in it with it.
TEST(Fleet, AWriteThatWaitsIsLostWithItsAggregator) {
  FleetSettings settings;
  settings.defaults.redundancy = 2;
  FleetWorld world(settings);
  world.bring_up("demo", 2);
  world.fleet().black_hole_pod("ns", "demo-leaf-0", true);
  std::optional<sql::Rows<sql::CheckRow>> result;
  world.asker->runtime().spawn(FleetWorld::ask_into(*world.client, kMaster, world.credentials,
                                                    sql::WriteCheck(), 20s, result));
  world.run_for(1s);
  EXPECT_FALSE(result.has_value());
  world.kill_pod("demo-aggregator-0");
  world.run_for(1s);
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->error().kind, SqlErrorKind::kConnectionLost);
}

// Goal: lasting faults have ids, each is healed once, and one that matches nothing is not there.
TEST(Fleet, FaultsAreHealedByTheirIds) {
  FleetSettings settings;
  settings.defaults.redundancy = 2;
  FleetWorld world(settings);
  std::string touched;
  StreamDisturbance broken;
  broken.streams.namespace_ = "ns";
  broken.streams.cluster = "demo";
  EXPECT_FALSE(world.fleet().disturb(broken, touched).has_value());
  world.bring_up("demo", 2);
  const auto first = world.fleet().disturb(broken, touched);
  ASSERT_TRUE(first.has_value());
  EXPECT_THAT(touched, testing::HasSubstr("app_0 demo-leaf-0>demo-leaf-1"));
  LogicalDrift drift;
  drift.copy.namespace_ = "ns";
  drift.copy.cluster = "demo";
  drift.copy.database = "app";
  drift.rows = 5;
  const auto second = world.fleet().drift(drift, touched);
  ASSERT_TRUE(second.has_value());
  DiskGrowth growth;
  growth.namespace_ = "ns";
  growth.pod = "demo-leaf-1";
  growth.bytes = 1;
  const auto third = world.fleet().grow_disk(growth, touched);
  ASSERT_TRUE(third.has_value());
  EXPECT_THAT((std::vector<std::uint64_t>{*first, *second, *third}), ElementsAre(1, 2, 3));
  const ClusterState& state = world.fleet().find("ns", "demo")->state();
  EXPECT_EQ(state.disturbances.size() + state.drifts.size(), 2u);
  for (const std::uint64_t id : {*first, *second, *third}) {
    EXPECT_TRUE(world.fleet().heal_disturbance(id));
    EXPECT_FALSE(world.fleet().heal_disturbance(id));
  }
  EXPECT_EQ(state.disturbances.size() + state.drifts.size(), 0u);
}

}  // namespace
}  // namespace sdbtwin::singlestore
