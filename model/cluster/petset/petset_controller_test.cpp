// Goal: the PetSet controller, through caches, queue and API server, does what kubernetes.md
// sections 1.3-1.9 say. Method: whole cluster in virtual time without jitter; effective writes and
// objects are judged, not calls.
#include "model/cluster/machinery_fixture.h"

namespace sdbtwin::cluster {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

class PetSetControllerTest : public MachineryTest {
 protected:
  std::vector<std::string> pods() { return cluster.names(api::Kind::kPod); }
  std::vector<std::string> revisions() { return cluster.names(api::Kind::kControllerRevision); }
  api::ObjectRef ref(const std::string& name = "web") {
    return api::ObjectRef(api::Kind::kPetSet, "demo", name);
  }
  void set_image(const std::string& image) {
    const auto patched = cluster.ask(api::Request::patch(
        ref(), api::PatchType::kJson,
        api::Value::parse(R"([{"op":"replace","path":"/spec/template/spec/containers/0/image",)"
                          R"("value":")" +
                          image + R"("}])")
            .value()));
    ASSERT_TRUE(patched.ok()) << patched.error().message;
  }
  std::string image_of(const std::string& pod) {
    const auto found = cluster.pod(pod);
    return found ? found->spec->containers.at(0).image : "";
  }
};

TEST_F(PetSetControllerTest, OrderedReadyMakesOnePodAfterTheOther) {
  create_set({});
  run_until_ready("web", 3);
  EXPECT_THAT(pods(), ElementsAre("web-0", "web-1", "web-2"));
  std::vector<std::string> created;
  for (const std::string& write : cluster.writes_by("petset-controller")) {
    if (write.starts_with("create ") && !write.starts_with("create Event"))
      created.push_back(write);
  }
  ASSERT_EQ(created.size(), 7U);
  EXPECT_THAT(created[0], testing::StartsWith("create ControllerRevision web-"));
  created.erase(created.begin());
  EXPECT_THAT(created, ElementsAre("create PersistentVolumeClaim data-web-0", "create Pod web-0",
                                   "create PersistentVolumeClaim data-web-1", "create Pod web-1",
                                   "create PersistentVolumeClaim data-web-2", "create Pod web-2"));
  const auto set = cluster.set("web");
  EXPECT_EQ(set->status->available_replicas, 3);
  EXPECT_EQ(set->status->updated_replicas, 3);
  EXPECT_EQ(set->status->current_revision, set->status->update_revision);
}

TEST_F(PetSetControllerTest, TheRevisionHasTheNameThatTheRealControllerGives) {
  // The first template of the recorded run of names.
  create_set({.replicas = 0,
              .pod = R"("automountServiceAccountToken":false,)"
                     R"("containers":[{"name":"main","image":"example/web:v1"}],)"
                     R"("restartPolicy":"")",
              .storage = ""});
  cluster.run_for(5s);
  EXPECT_THAT(revisions(), ElementsAre("web-5949944bbd"));
}

TEST_F(PetSetControllerTest, ParallelMakesAllPodsAtOnce) {
  create_set({.more = R"("podManagementPolicy":"Parallel")"});
  cluster.run_until([&] { return pods().size() == 3; }, 1s);
  run_until_ready("web", 3);
}

TEST_F(PetSetControllerTest, ARollingUpdateReplacesPodsFromTheTopOneAtATime) {
  create_set({});
  run_until_ready("web", 3);
  set_image("example/web:v2");
  for (const char* name : {"web-2", "web-1", "web-0"}) {
    cluster.run_until([&] { return image_of(name) == "example/web:v2"; });
    cluster.run_until([&] { return cluster.ready(name); });
  }
  cluster.run_until([&] {
    const auto set = cluster.set("web");
    return set->status->current_revision == set->status->update_revision;
  });
  EXPECT_EQ(cluster.set("web")->status->current_replicas, 3);
}

TEST_F(PetSetControllerTest, OnDeleteChangesAPodOnlyWhenSomebodyDeletesIt) {
  create_set({.more = R"("updateStrategy":{"type":"OnDelete"})"});
  run_until_ready("web", 3);
  set_image("example/web:v2");
  cluster.run_for(1min);
  EXPECT_EQ(image_of("web-0"), "example/web:v1");
  ASSERT_TRUE(
      cluster.ask(api::Request::remove(api::ObjectRef(api::Kind::kPod, "demo", "web-0"))).ok());
  cluster.run_until([&] { return cluster.ready("web-0"); });
  EXPECT_EQ(image_of("web-0"), "example/web:v2");
  EXPECT_EQ(image_of("web-1"), "example/web:v1");
  const auto set = cluster.set("web");
  EXPECT_NE(set->status->current_revision, set->status->update_revision);
  EXPECT_EQ(set->status->updated_replicas, 1);
}

TEST_F(PetSetControllerTest, ATerminatingPodInATerminalPhaseIsDeletedAndPostedUntilItIsGone) {
  // 1.6 a1 and the recorded slow end: DELETE without effect, POST refused with AlreadyExists,
  // Event.
  create_set({.replicas = 1});
  run_until_ready("web", 1);
  const std::string old_uid = cluster.pod("web-0")->metadata.uid;
  ASSERT_TRUE(
      cluster.ask(api::Request::remove(api::ObjectRef(api::Kind::kPod, "demo", "web-0"))).ok());
  cluster.run_until([&] { return cluster.ready("web-0"); });
  EXPECT_NE(cluster.pod("web-0")->metadata.uid, old_uid);
  bool recreating = false;
  for (const api::ObjectPtr& object : cluster.store.list(api::Kind::kEvent, "demo")) {
    const auto event = api::as<api::Event>(object);
    recreating = recreating || event->reason == "RecreatingTerminatedPod";
  }
  EXPECT_TRUE(recreating);
}

TEST_F(PetSetControllerTest, ScalingDownGoesFromTheTopAndKeepsTheClaims) {
  create_set({});
  run_until_ready("web", 3);
  ASSERT_TRUE(cluster.merge(ref(), R"({"spec":{"replicas":1}})").ok());
  run_until_ready("web", 1);
  EXPECT_THAT(pods(), ElementsAre("web-0"));
  EXPECT_THAT(cluster.names(api::Kind::kPersistentVolumeClaim),
              ElementsAre("data-web-0", "data-web-1", "data-web-2"));
}

TEST_F(PetSetControllerTest, ARollbackReusesTheOldRevisionUnderANewNumber) {
  create_set({.replicas = 1});
  run_until_ready("web", 1);
  const std::string first = cluster.set("web")->status->update_revision;
  set_image("example/web:v2");
  run_until_ready("web", 1);
  set_image("example/web:v1");
  cluster.run_until([&] { return cluster.set("web")->status->update_revision == first; });
  const auto revision = api::as<api::ControllerRevision>(
      cluster.store.get(api::ObjectRef(api::Kind::kControllerRevision, "demo", first)));
  EXPECT_EQ(revision->revision, 3);
  EXPECT_EQ(revisions().size(), 2U);
}

TEST_F(PetSetControllerTest, OldRevisionsGoBeyondTheHistoryLimit) {
  create_set({.replicas = 0, .more = R"("revisionHistoryLimit":2)", .storage = ""});
  cluster.run_for(2s);
  for (int version = 2; version <= 7; ++version) {
    set_image("example/web:v" + std::to_string(version));
    cluster.run_for(2s);
    EXPECT_LE(revisions().size(), 4U);  // limit + the live ones
  }
}

TEST_F(PetSetControllerTest, OrphansThatMatchByLabelAndNameAreAdopted) {
  cluster.apply_json(
      R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"web-0","namespace":"demo",)"
      R"("labels":{"app":"web"}},)"
      R"("spec":{"containers":[{"name":"main","image":"example/web:v1"}]}})");
  cluster.apply_json(
      R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"other-0","namespace":"demo",)"
      R"("labels":{"app":"web"}},)"
      R"("spec":{"containers":[{"name":"main","image":"example/web:v1"}]}})");
  create_set({.replicas = 1, .storage = ""});
  cluster.run_until([&] { return api::controller_of(cluster.pod("web-0")->metadata) != nullptr; });
  cluster.run_for(5s);
  EXPECT_EQ(api::controller_of(cluster.pod("other-0")->metadata), nullptr);
}

TEST_F(PetSetControllerTest, APodWhoseLabelsNoLongerMatchIsReleased) {
  create_set({.replicas = 1, .storage = ""});
  run_until_ready("web", 1);
  const api::ObjectRef pod(api::Kind::kPod, "demo", "web-0");
  ASSERT_TRUE(cluster.merge(pod, R"({"metadata":{"labels":{"app":"free"}}})").ok());
  cluster.run_until([&] { return api::controller_of(cluster.pod("web-0")->metadata) == nullptr; });
}

TEST_F(PetSetControllerTest, StatusWritesGoOnAfterAConflict) {
  // The cache lags behind: PUT of /status answers 409 and is tried again (1.5).
  create_set({});
  for (int round = 0; round < 40; ++round) {
    cluster.run_for(500ms);
    const std::string body =
        R"({"metadata":{"annotations":{"round":")" + std::to_string(round) + R"("}}})";
    ASSERT_TRUE(cluster.merge(ref(), body).ok());
  }
  run_until_ready("web", 3);
}

TEST_F(PetSetControllerTest, AKilledControllerGoesOnFromWhatIsWritten) {
  create_set({});
  cluster.run_until([&] { return pods().size() == 2; });
  cluster.process("petset-controller").kill();
  cluster.run_for(1min);
  EXPECT_EQ(pods().size(), 2U);
  cluster.process("petset-controller").start();
  run_until_ready("web", 3);
}

TEST_F(PetSetControllerTest, NothingIsWrittenWhileNothingChanges) {
  // Goal: no hot loop. Method: an hour of rest after the set is ready.
  create_set({});
  run_until_ready("web", 3);
  cluster.run_for(1min);
  cluster.forget_writes();
  const uint64_t before = cluster.simulation.events_processed();
  cluster.run_for(1h);
  EXPECT_THAT(cluster.writes_by("petset-controller"), IsEmpty());
  EXPECT_LT(cluster.simulation.events_processed() - before, 100U);
}

}  // namespace
}  // namespace sdbtwin::cluster
