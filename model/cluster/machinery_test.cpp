// Goal: the machinery as a whole meets the recorded times, costs in proportion to the number of
// pods, is deterministic, and reaches its end whichever process is killed on the way. Method: whole
// cluster in virtual time; pods like those of the recorded KubeDB cluster.
#include <fmt/format.h>

#include <map>

#include "model/cluster/machinery_fixture.h"

namespace sdbtwin::cluster {
namespace {

// Two containers, an init container, OnDelete, as KubeDB's PetSets are (world: the recorded run).
SetText database_set(const std::string& name, int replicas, const std::string& storage) {
  return SetText{.name = name,
                 .replicas = replicas,
                 .more = R"("updateStrategy":{"type":"OnDelete"})",
                 .pod = R"("initContainers":[{"name":"init","image":"example/web:v1"}],)"
                        R"("containers":[{"name":"database","image":"example/web:v1"},)"
                        R"({"name":"coordinator","image":"example/web:v1"}])",
                 .storage = storage};
}

class CalibrationTest {
 public:
  explicit CalibrationTest(const TestClusterOptions& options) : cluster_(options) {
    cluster_.start();
    // The coordinator does not stop on SIGTERM: the whole grace passes.
    cluster_.application.set_habit("coordinator", {.stops_after = std::nullopt});
  }
  // From the eviction of a ready pod to its replacement's being ready.
  sim::Duration evict_to_ready(const std::string& storage) {
    cluster_.apply_json(to_json(database_set("db", 1, storage)));
    cluster_.run_until([&] { return cluster_.ready("db-0"); });
    cluster_.run_for(10s);
    const std::string uid = cluster_.pod("db-0")->metadata.uid;
    const sim::Time begin = cluster_.simulation.now();
    EXPECT_TRUE(
        cluster_.ask(api::Request::evict(api::ObjectRef(api::Kind::kPod, "demo", "db-0"))).ok());
    cluster_.run_until(
        [&] { return cluster_.ready("db-0") && cluster_.pod("db-0")->metadata.uid != uid; });
    return cluster_.simulation.now() - begin;
  }

 private:
  TestCluster cluster_;
};

TEST(Calibration, AnAggregatorIsBackAfter36To39SecondsAndALeafAfter41To44) {
  // The recorded Restart run: 40 s and 45 s on a grid of 5 s; volumes of 1 GiB and 10 GiB.
  const sim::Duration aggregator = CalibrationTest(TestClusterOptions{}).evict_to_ready("1Gi");
  EXPECT_GE(aggregator, 36s);
  EXPECT_LE(aggregator, 39s);
  const sim::Duration leaf = CalibrationTest(TestClusterOptions{}).evict_to_ready("10Gi");
  EXPECT_GE(leaf, 41s);
  EXPECT_LE(leaf, 44s);
}

TEST(Calibration, ChanceRarelyLeavesTheRecordedPollInterval) {
  // With jitter: up to 40 s and 45 s nearly always, never beyond the next poll.
  int late = 0;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    TestClusterOptions options;
    options.seed = seed;
    options.jitter = true;
    const sim::Duration aggregator = CalibrationTest(options).evict_to_ready("1Gi");
    const sim::Duration leaf = CalibrationTest(options).evict_to_ready("10Gi");
    EXPECT_GT(aggregator, 34s) << seed;
    EXPECT_LT(aggregator, 45s) << seed;
    EXPECT_GT(leaf, 39s) << seed;
    EXPECT_LT(leaf, 50s) << seed;
    late += (aggregator > 40s ? 1 : 0) + (leaf > 45s ? 1 : 0);
  }
  EXPECT_LE(late, 4);
}

// A rollout by hand: every pod is deleted once, each after the one before is ready.
struct Cost {
  uint64_t events = 0;
  uint64_t digest = 0;
};
Cost roll(int pods, const TestClusterOptions& options) {
  TestCluster cluster(options);
  cluster.start();
  SetText text = database_set("db", pods, "1Gi");
  text.more += R"(,"podManagementPolicy":"Parallel")";
  cluster.apply_json(to_json(text));
  cluster.run_until(
      [&] {
        const auto set = cluster.set("db");
        return set && set->status->ready_replicas == pods;
      },
      1h);
  cluster.run_for(1min);
  const uint64_t before = cluster.simulation.events_processed();
  for (int ordinal = 0; ordinal < pods; ++ordinal) {
    const std::string pod = fmt::format("db-{}", ordinal);
    const std::string uid = cluster.pod(pod)->metadata.uid;
    EXPECT_TRUE(
        cluster.ask(api::Request::remove(api::ObjectRef(api::Kind::kPod, "demo", pod))).ok());
    cluster.run_until([&] { return cluster.ready(pod) && cluster.pod(pod)->metadata.uid != uid; });
  }
  return Cost{cluster.simulation.events_processed() - before, cluster.simulation.trace().digest()};
}

TEST(Machinery, ARolloutCostsEventsInProportionToItsPods) {
  TestClusterOptions options;
  options.nodes = 10;
  const Cost small = roll(10, options);
  const Cost large = roll(40, options);
  EXPECT_LE(large.events, small.events * 5);
  EXPECT_GE(large.events, small.events * 3);
}

TEST(Machinery, TheSameSeedGivesTheSameTraceAndAnotherSeedAnother) {
  TestClusterOptions options;
  options.jitter = true;
  const Cost one = roll(3, options);
  const Cost again = roll(3, options);
  options.seed = 2;
  const Cost other = roll(3, options);
  EXPECT_EQ(one.digest, again.digest);
  EXPECT_EQ(one.events, again.events);
  EXPECT_NE(one.digest, other.digest);
}

class EachProcess : public MachineryTest, public testing::WithParamInterface<const char*> {};

TEST_P(EachProcess, CanBeKilledAtAnyTimeAndTheSetStillBecomesReady) {
  // Goal: all that counts is written down, or is on the node. Method: kill one process for 5 s at
  // growing times into the creation and the replacement of a pod.
  for (const sim::Duration offset : std::vector<sim::Duration>{50ms, 1s, 3s, 5s, 8s}) {
    const std::string name = fmt::format("set-{}", offset.count() / 1'000'000);
    create_set({.name = name, .replicas = 2});
    cluster.run_for(offset);
    cluster.process(GetParam()).restart(5s);
    cluster.run_until([&] { return all_ready(name, 2); }, 5min);
    ASSERT_TRUE(
        cluster.ask(api::Request::remove(api::ObjectRef(api::Kind::kPod, "demo", name + "-1")))
            .ok());
    cluster.run_for(offset);
    cluster.process(GetParam()).restart(5s);
    cluster.run_for(10s);
    cluster.run_until([&] { return all_ready(name, 2); }, 5min);
  }
}

INSTANTIATE_TEST_SUITE_P(Machinery, EachProcess,
                         testing::Values("kube-apiserver", "petset-controller", "kube-scheduler",
                                         "kubelet/node-0", "kubelet/node-1",
                                         "persistent-volume-binder", "pvc-protection-controller",
                                         "garbage-collector", "disruption-controller",
                                         "attachdetach-controller"));

TEST(Machinery, NoTwoContainersOfOneNameRunAtOnceUnlessAPodWasForced) {
  // Goal: a graceful replacement never doubles a process. Method: after every event of a run with
  // deletions and kills of the controller, count running containers per pod and name.
  TestClusterOptions options;
  options.jitter = true;
  TestCluster cluster(options);
  cluster.start();
  cluster.apply_json(to_json(database_set("db", 3, "1Gi")));
  const auto look = [&] {
    std::map<std::string, int> count;
    for (const std::string& running : cluster.application.running()) {
      EXPECT_EQ(++count[running], 1) << running;
    }
    return false;
  };
  for (int round = 0; round < 15; ++round) {
    cluster.simulation.run_until(look, cluster.simulation.now() + 1min);
    cluster.process("petset-controller").restart(3s);
    const std::string pod = fmt::format("db-{}", round % 3);
    ASSERT_TRUE(
        cluster.ask(api::Request::remove(api::ObjectRef(api::Kind::kPod, "demo", pod))).ok());
  }
  EXPECT_GE(cluster.application.started_count, 30);
}

}  // namespace
}  // namespace sdbtwin::cluster
