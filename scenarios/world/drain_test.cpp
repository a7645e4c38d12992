// Goal: a drain does what `kubectl drain` does (kubernetes.md 4.10). Method: the machinery with
// plain applications in virtual time, and a PetSet with a disruption budget.
#include "scenarios/world/drain.h"

#include <fmt/format.h>

#include "model/api/policy.h"
#include "model/cluster/machinery_fixture.h"

namespace sdbtwin::scenarios {
namespace {

using cluster::MachineryTest;
using cluster::SetText;
using testing::HasSubstr;
using namespace std::chrono_literals;

class DrainTest : public MachineryTest {
 protected:
  void create_ready_set(int replicas, int max_unavailable) {
    create_set(SetText{.replicas = replicas, .storage = ""});
    run_until_ready("web", replicas);
    cluster.apply_json(fmt::format(
        R"({{"apiVersion":"policy/v1","kind":"PodDisruptionBudget","metadata":{{"name":"web",)"
        R"("namespace":"demo"}},"spec":{{"maxUnavailable":{},"selector":{{"matchLabels":)"
        R"({{"app":"web"}}}}}}}})",
        max_unavailable));
    cluster.run_for(5s);
  }
  void begin(DrainAction what) {
    sim::Runtime& user = cluster.process("user").runtime();
    client_ = cluster.endpoint.client_for(user, "drainer");
    user.spawn(keep(user, *client_, std::move(what)));
  }
  std::string drain_to_end(DrainAction what, sim::Duration limit = 10min) {
    begin(std::move(what));
    cluster.run_until([&] { return outcome.has_value(); }, limit);
    return outcome.value_or("not at its end");
  }
  DrainAction of_pod(const std::string& pod) {
    DrainAction what;
    what.node = node_of(pod);
    return what;
  }
  std::string node_of(const std::string& pod) {
    const auto found = cluster.pod(pod);
    return found == nullptr ? "" : found->spec->node_name;
  }
  void create_pod(const std::string& name, const std::string& meta, const std::string& node) {
    cluster.apply_json(fmt::format(
        R"({{"apiVersion":"v1","kind":"Pod","metadata":{{"name":"{}","namespace":"demo"{}}},)"
        R"("spec":{{"nodeName":"{}","containers":[{{"name":"main","image":"example/web:v1"}}]}}}})",
        name, meta, node));
    cluster.run_until([&] { return cluster.ready(name); });
  }

  std::optional<std::string> outcome;

 private:
  sim::Task<void> keep(sim::Runtime& runtime, api::Client& client, DrainAction what) {
    std::string result = co_await drain(runtime, client, std::move(what));
    outcome = std::move(result);
  }
  std::unique_ptr<api::Client> client_;
};

TEST_F(DrainTest, CordonsEvictsAndWaitsUntilEachPodIsGone) {
  create_ready_set(2, 1);
  const std::string node = node_of("web-0");
  const std::string uid = cluster.pod("web-0")->metadata.uid;
  EXPECT_EQ(drain_to_end(of_pod("web-0")), "");
  const auto drained =
      api::as<api::Node>(cluster.store.get(api::ObjectRef(api::Kind::kNode, "", node)));
  EXPECT_TRUE(drained->spec->unschedulable);
  const auto pod = cluster.pod("web-0");
  EXPECT_TRUE(pod == nullptr || pod->metadata.uid != uid);
  EXPECT_THAT(cluster.writes_by("drainer"), testing::Contains(HasSubstr("Pod/eviction web-0")));
  run_until_ready("web", 2);
  EXPECT_NE(node_of("web-0"), node);
}

TEST_F(DrainTest, AfterA429ItTriesAgainEachFiveSecondsAndRespectsDisruptionsAllowed) {
  create_ready_set(2, 1);
  // Another pod of the budget is unavailable: nothing may be disrupted.
  cluster.application.set_habit("main", {.stops_after = 20s});
  ASSERT_TRUE(
      cluster.ask(api::Request::evict(api::ObjectRef(api::Kind::kPod, "demo", "web-1"))).ok());
  begin(of_pod("web-0"));
  const auto allowed = [&] {
    const auto budget = api::as<api::PodDisruptionBudget>(
        cluster.store.get(api::ObjectRef(api::Kind::kPodDisruptionBudget, "demo", "web")));
    return budget->status->disruptions_allowed;
  };
  const std::string uid = cluster.pod("web-0")->metadata.uid;
  cluster.run_until([&] {
    const auto pod = cluster.pod("web-0");
    if (pod == nullptr || pod->metadata.uid != uid || api::is_deleting(pod->metadata)) return true;
    EXPECT_EQ(pod->metadata.uid, uid);
    return false;
  });
  EXPECT_TRUE(cluster.ready("web-1")) << "not before the other one was back";
  EXPECT_EQ(allowed(), 0);
  cluster.run_until([&] { return outcome.has_value(); });
  EXPECT_EQ(*outcome, "");
}

TEST_F(DrainTest, UntilTheTimeout) {
  create_ready_set(2, 0);
  DrainAction what = of_pod("web-0");
  what.timeout = 1min;
  const sim::Time begin = cluster.simulation.now();
  EXPECT_THAT(drain_to_end(what), HasSubstr("global timeout reached"));
  EXPECT_GE(cluster.simulation.now() - begin, 1min);
  EXPECT_LE(cluster.simulation.now() - begin, 61s);
  EXPECT_TRUE(cluster.ready("web-0"));
}

TEST_F(DrainTest, PodsOfADaemonSetAndMirrorPodsStay) {
  create_pod("daemon",
             R"(,"ownerReferences":[{"apiVersion":"apps/v1","kind":"DaemonSet","name":"d",)"
             R"("uid":"u","controller":true}])",
             "node-0");
  create_pod("mirror", R"(,"annotations":{"kubernetes.io/config.mirror":"x"})", "node-0");
  DrainAction what;
  what.node = "node-0";
  EXPECT_EQ(drain_to_end(what), "");
  EXPECT_EQ(cluster.writes_by("drainer").size(), 1U) << "the cordon";
}

TEST_F(DrainTest, APodWithoutAControllerNeedsForce) {
  create_pod("lonely", "", "node-0");
  DrainAction what;
  what.node = "node-0";
  EXPECT_THAT(drain_to_end(what), HasSubstr("cannot delete Pods that declare no controller"));
  EXPECT_TRUE(cluster.ready("lonely"));
  what.force = true;
  outcome.reset();
  EXPECT_EQ(drain_to_end(what), "");
  EXPECT_EQ(cluster.pod("lonely"), nullptr);
}

}  // namespace
}  // namespace sdbtwin::scenarios
