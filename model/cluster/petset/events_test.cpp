// Goal: which event wakes the PetSet controller for which set (kubernetes.md 1.3), and what its
// loop comes to. Method: the machinery of a whole cluster; PetSetSynced says which sets were looked
// at. Names begin with the rows of the catalogue (docs/PETSET_CATALOGUE.md).

#include <set>

#include "model/cluster/machinery_fixture.h"
#include "model/cluster/petset/petset_controller.h"

namespace sdbtwin::cluster {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class PetSetEventsTest : public MachineryTest, public sim::TraceObserver {
 protected:
  PetSetEventsTest() : MachineryTest(TestClusterOptions{.kubelets = false}) {
    cluster.simulation.trace().add_observer(*this);
  }
  ~PetSetEventsTest() override { cluster.simulation.trace().remove_observer(*this); }

  void on_event(const sim::TraceEvent& event) override {
    if (const auto* synced = event.get_if<PetSetSynced>()) synced_.insert(synced->set);
  }
  // The sets that are looked at because of what `act` does.
  std::vector<std::string> woken_by(const std::function<void()>& act) {
    cluster.run_for(5s);
    synced_.clear();
    act();
    cluster.run_for(2s);
    return {synced_.begin(), synced_.end()};
  }
  void idle_set(const std::string& name, const std::string& labels) {
    cluster.apply_json(
        R"({"apiVersion":"apps.k8s.appscode.com/v1","kind":"PetSet","metadata":{"name":")" + name +
        R"(","namespace":"demo"},"spec":{"replicas":0,"serviceName":"s",)"
        R"("selector":{"matchLabels":)" +
        labels + R"(},"template":{"metadata":{"labels":)" + labels +
        R"(},"spec":{"containers":[{"name":"main","image":"example/web:v1"}]}}}})");
  }
  void pod(const std::string& name, const std::string& labels, const std::string& owner = "") {
    std::string owners;
    if (!owner.empty()) {
      const std::string uid = cluster.set(owner) ? cluster.set(owner)->metadata.uid : "nobody";
      owners = R"(,"ownerReferences":[{"apiVersion":"apps.k8s.appscode.com/v1","kind":"PetSet",)"
               R"("controller":true,"name":")" +
               owner + R"(","uid":")" + uid + R"("}])";
    }
    cluster.apply_json(R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":")" + name +
                       R"(","namespace":"demo","labels":)" + labels + owners +
                       R"(},"spec":{"schedulerName":"nobody",)"
                       R"("containers":[{"name":"main","image":"example/web:v1"}]}})");
  }
  void patch_pod(const std::string& name, const std::string& body) {
    ASSERT_TRUE(cluster.merge(api::ObjectRef(api::Kind::kPod, "demo", name), body).ok());
  }
  void remove_pod(const std::string& name) {
    api::Request request = api::Request::remove(api::ObjectRef(api::Kind::kPod, "demo", name),
                                                api::DeleteOptions::with_grace(0));
    ASSERT_TRUE(cluster.ask(std::move(request)).ok());
  }
  void set_ready(const std::string& name) {
    const std::string body =
        R"({"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}})";
    const api::Value value = api::Value::parse(body).value();
    ASSERT_TRUE(cluster
                    .ask(api::Request::patch_status(api::ObjectRef(api::Kind::kPod, "demo", name),
                                                    api::PatchType::kStrategicMerge, value))
                    .ok());
    cluster.run_for(1s);
  }
  std::vector<std::string> pods() const { return cluster.names(api::Kind::kPod); }

  std::set<std::string> synced_;
};

constexpr const char* kA = R"({"app":"a"})";
constexpr const char* kB = R"({"app":"b"})";

TEST_F(PetSetEventsTest, SC09SC12SC18APodsEventsWakeItsOwner) {
  idle_set("one", kA);
  idle_set("two", kB);
  EXPECT_THAT(woken_by([&] { pod("one-7", kA, "one"); }), ElementsAre("demo/one"));
  create_set({.name = "web", .replicas = 1, .pod = R"("schedulerName":"nobody")", .storage = ""});
  EXPECT_THAT(woken_by([&] { patch_pod("web-0", R"({"metadata":{"annotations":{"a":"b"}}})"); }),
              ElementsAre("demo/web"));
  pod("one-8", kB);
  EXPECT_THAT(woken_by([&] { remove_pod("one-8"); }), IsEmpty());  // nobody's
}

TEST_F(PetSetEventsTest, SC10SC21AnOrphanWakesEverySetThatSelectsIt) {
  idle_set("one", kA);
  idle_set("two", kA);
  idle_set("three", kB);
  EXPECT_THAT(woken_by([&] { pod("x-0", kA); }), ElementsAre("demo/one", "demo/two"));
}

TEST_F(PetSetEventsTest, SC13APodOfAnUnknownOwnerWakesNobody) {
  idle_set("one", kA);
  EXPECT_THAT(woken_by([&] { pod("x-0", kA, "unknown"); }), IsEmpty());
}

TEST_F(PetSetEventsTest, SC14ANoOpWriteOfAPodWakesNobody) {
  idle_set("one", kA);
  pod("other-0", R"({"app":"a","x":"y"})");
  EXPECT_THAT(woken_by([&] { patch_pod("other-0", R"({"metadata":{"labels":{"x":"y"}}})"); }),
              IsEmpty());
}

TEST_F(PetSetEventsTest, SC16ANewOwnerWakesTheOldOneToo) {
  idle_set("one", kA);
  idle_set("two", kA);
  // Its name is neither's, so neither claims it for itself; both still have to be told.
  const auto owner = [&](const std::string& name) {
    return R"({"metadata":{"ownerReferences":[{"apiVersion":"apps.k8s.appscode.com/v1",)"
           R"("kind":"PetSet","controller":true,"name":")" +
           name + R"(","uid":")" + cluster.set(name)->metadata.uid + R"("}]}})";
  };
  cluster.process("petset-controller").kill();
  pod("x-0", kA, "one");
  cluster.process("petset-controller").start();
  // The start releases it; give it back and move it in one go.
  cluster.run_for(5s);
  EXPECT_THAT(woken_by([&] {
                patch_pod("x-0", owner("one"));
                patch_pod("x-0", owner("two"));
              }),
              ElementsAre("demo/one", "demo/two"));
}

TEST_F(PetSetEventsTest, SC17ALostOwnerWakesEverySetThatSelectsThePod) {
  create_set({.name = "web", .replicas = 1, .pod = R"("schedulerName":"nobody")", .storage = ""});
  idle_set("two", R"({"app":"web"})");
  EXPECT_THAT(woken_by([&] { patch_pod("web-0", R"({"metadata":{"ownerReferences":null}})"); }),
              ElementsAre("demo/two", "demo/web"));
}

TEST_F(PetSetEventsTest, SC18SC20ADeletionWakesTheOwnerAlsoWhenOnlyItsAbsenceIsSeen) {
  create_set({.name = "web", .replicas = 1, .pod = R"("schedulerName":"nobody")", .storage = ""});
  EXPECT_THAT(woken_by([&] { remove_pod("web-0"); }), ElementsAre("demo/web"));
  ApiServer& server = *cluster.endpoint.server();
  EXPECT_THAT(woken_by([&] {
                const std::string uid = cluster.pod("web-0")->metadata.uid;
                server.freeze_cache();
                remove_pod("web-0");
                server.break_watches("petset-controller");
                server.forget_history();
                server.thaw_cache();
                cluster.run_for(10s);
                EXPECT_NE(cluster.pod("web-0")->metadata.uid, uid);
              }),
              ElementsAre("demo/web"));
}

TEST_F(PetSetEventsTest, SC01SC02TheLoopBringsASetUpAndDown) {
  create_set({.pod = R"("schedulerName":"nobody")", .storage = ""});
  for (const char* name : {"web-0", "web-1", "web-2"}) {
    cluster.run_for(1s);
    set_ready(name);
  }
  EXPECT_EQ(cluster.set("web")->status->replicas, 3);
  ASSERT_TRUE(cluster.merge(api::ref_of(*cluster.set("web")), R"({"spec":{"replicas":0}})").ok());
  cluster.run_for(5s);
  EXPECT_EQ(cluster.set("web")->status->replicas, 0);
}

TEST_F(PetSetEventsTest, SC04SC05WhileAPodTerminatesNothingIsAddedThenItComesBackFirst) {
  // Bound, so that its deletion takes its grace.
  create_set({.storage = ""});
  for (const char* name : {"web-0", "web-1", "web-2"}) {
    cluster.run_for(1s);
    set_ready(name);
  }
  ASSERT_TRUE(
      cluster.ask(api::Request::remove(api::ObjectRef(api::Kind::kPod, "demo", "web-0"))).ok());
  ASSERT_TRUE(cluster.merge(api::ref_of(*cluster.set("web")), R"({"spec":{"replicas":5}})").ok());
  cluster.run_for(5s);
  EXPECT_THAT(pods(), ElementsAre("web-0", "web-1", "web-2"));  // SC04
  const std::string uid = cluster.pod("web-0")->metadata.uid;
  remove_pod("web-0");
  cluster.run_for(5s);
  EXPECT_THAT(pods(), ElementsAre("web-0", "web-1", "web-2"));  // SC05
  EXPECT_NE(cluster.pod("web-0")->metadata.uid, uid);
}

TEST_F(PetSetEventsTest, SC06SC08ASetThatIsBeingDeletedMakesAndAdoptsNothing) {
  cluster.process("petset-controller").kill();
  create_set({.replicas = 3, .storage = ""});
  const api::ObjectRef web = api::ref_of(*cluster.set("web"));
  ASSERT_TRUE(cluster.merge(web, R"({"metadata":{"finalizers":["example.com/wait"]}})").ok());
  ASSERT_TRUE(cluster.ask(api::Request::remove(web)).ok());
  cluster.apply_json(
      R"({"apiVersion":"apps/v1","kind":"ControllerRevision","metadata":{"name":"stray",)"
      R"("namespace":"demo","labels":{"app":"web"}},"revision":1,"data":{"a":1}})");
  cluster.process("petset-controller").start();
  cluster.run_for(5s);
  EXPECT_THAT(pods(), IsEmpty());  // SC06
  const auto stray =
      cluster.store.get(api::ObjectRef(api::Kind::kControllerRevision, "demo", "stray"));
  EXPECT_EQ(api::controller_of(stray->metadata), nullptr);  // SC08
}

}  // namespace
}  // namespace sdbtwin::cluster
