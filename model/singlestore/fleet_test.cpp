// The fleet as the containers' application, and statements over its client, in a simulation.
#include "model/singlestore/fleet_world.h"

namespace sdbtwin::singlestore {
namespace {

using sql::SqlErrorKind;
using testing::ElementsAre;

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
// Goal: after a forced deletion the process of the old pod may live on (kubernetes.md 3.4, 3.5). It
// has no part in the database any more, and its end is not that of its successor. Method: a second
// pod of the same name on another disk.
TEST(Fleet, TheNameLeadsToTheLaterOfTwoPodsAndTheEarlierLivesOnUnreached) {
  FleetWorld world(FleetSettings{});
  world.bring_up("demo", 1);
  const std::vector<std::uint64_t> old = std::exchange(world.ids["demo-leaf-0"], {});
  world.start_pod("demo-leaf-0", "demo", "another-disk");
  world.run_for(60s);
  EXPECT_TRUE(world.host.exits.empty());  // both run
  const Node* leaf = world.fleet().find("ns", "demo")->state().find_pod("demo-leaf-0");
  EXPECT_EQ(leaf->volume, "another-disk");
  EXPECT_TRUE(leaf->running());
  for (const std::uint64_t id : old) world.fleet().killed(id);
  world.run_for(1s);
  EXPECT_TRUE(leaf->running());
  EXPECT_TRUE(leaf->coordinator);
}

// Method: a second pod of the same name on the same disk, before and after the first has gone.
TEST(Fleet, AProcessWhoseDataDirectoryAnEarlierOneHoldsEndsAtOnce) {
  FleetWorld world(FleetSettings{});
  world.bring_up("demo", 1);
  const Node* leaf = world.fleet().find("ns", "demo")->state().find_pod("demo-leaf-0");
  const std::string volume = leaf->volume;
  const std::vector<std::uint64_t> old = std::exchange(world.ids["demo-leaf-0"], {});
  for (int attempt = 1; attempt <= 2; ++attempt) {
    world.start_pod("demo-leaf-0", "demo", volume);
    world.run_for(5s);
    ASSERT_EQ(world.host.exits.size(), static_cast<std::size_t>(attempt));
    EXPECT_EQ(world.host.exits.rbegin()->second, 1);
    EXPECT_FALSE(leaf->running());  // the name leads to a pod in which nothing listens
  }
  for (const std::uint64_t id : old) world.fleet().killed(id);
  world.start_pod("demo-leaf-0", "demo", volume);
  world.run_for(60s);
  EXPECT_EQ(world.host.exits.size(), 2U);
  EXPECT_TRUE(leaf->running());
}

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

}  // namespace
}  // namespace sdbtwin::singlestore
