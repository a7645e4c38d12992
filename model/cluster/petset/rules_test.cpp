// Goal: what the real PetSet controller was seen to do and is easy to get wrong (kubernetes.md
// 1.9), against our API server. Method: no kubelets; the test writes what a kubelet would, so that
// each state lasts as long as it has to be looked at. One rule a test.

#include "model/cluster/machinery_fixture.h"
#include "model/cluster/server/interceptor.h"

namespace sdbtwin::cluster {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

class PetSetRules : public MachineryTest {
 protected:
  PetSetRules() : MachineryTest(TestClusterOptions{.kubelets = false}) {}

  // By the hand of a kubelet.
  void status(const std::string& pod, const std::string& phase, bool ready) {
    const api::Value condition = api::Value::object(
        {{"type", "Ready"},
         {"status", ready ? "True" : "False"},
         {"lastTransitionTime", api::to_string(api::ClusterTime::at(cluster.simulation.now()))}});
    const api::Value body = api::Value::object(
        {{"status",
          api::Value::object({{"phase", phase}, {"conditions", api::Value::array({condition})}})}});
    ASSERT_TRUE(
        cluster.ask(api::Request::patch_status(ref(pod), api::PatchType::kStrategicMerge, body))
            .ok())
        << pod;
  }
  void bring_up(const std::string& set, int replicas) {
    for (int ordinal = 0; ordinal < replicas; ++ordinal) {
      const std::string pod = set + "-" + std::to_string(ordinal);
      cluster.run_until([&] { return cluster.pod(pod) != nullptr; });
      cluster.run_until([&] { return !cluster.pod(pod)->spec->node_name.empty(); });
      status(pod, "Running", true);
    }
    cluster.run_for(3s);
  }
  void end_pod(const std::string& pod) {
    status(pod, "Succeeded", false);
    cluster.run_for(50ms);
    force(pod);
  }
  void force(const std::string& pod) {
    api::Request request = api::Request::remove(ref(pod), api::DeleteOptions::with_grace(0));
    ASSERT_TRUE(cluster.ask(std::move(request)).ok());
  }
  void remove(const std::string& pod) {
    ASSERT_TRUE(cluster.ask(api::Request::remove(ref(pod))).ok());
  }
  void change(const std::string& spec) {
    ASSERT_TRUE(cluster.merge(api::ref_of(*cluster.set("web")), R"({"spec":)" + spec + "}").ok());
  }
  void set_image(const std::string& image) {
    change(R"({"template":{"spec":{"containers":[{"name":"main","image":")" + image + R"("}]}}})");
  }
  static api::ObjectRef ref(const std::string& pod) {
    return api::ObjectRef(api::Kind::kPod, "demo", pod);
  }
  std::vector<std::string> pods() const { return cluster.names(api::Kind::kPod); }
  std::string image_of(const std::string& pod) const {
    return cluster.pod(pod)->spec->containers[0].image;
  }
  std::vector<std::string> writes() const {
    std::vector<std::string> kept;
    for (const std::string& write : cluster.writes_by("petset-controller")) {
      if (write.find("Event") == std::string::npos && write.find("/status") == std::string::npos)
        kept.push_back(write);
    }
    return kept;
  }
  // Reasons of the set's Events.
  std::vector<std::string> reasons() {
    cluster.run_for(3s);
    std::vector<std::string> found;
    for (const api::ObjectPtr& object : cluster.store.list(api::Kind::kEvent, "demo"))
      found.push_back(api::as<api::Event>(object)->reason);
    return found;
  }
};

TEST_F(PetSetRules, AFailedPodThatNobodyDeletesIsReplacedAtOnce) {
  create_set({.replicas = 2, .storage = ""});
  bring_up("web", 2);
  cluster.forget_writes();
  status("web-0", "Failed", false);
  cluster.run_for(1s);
  // Terminal, so the server removes it in the same request: its grace becomes 0, and it is gone.
  EXPECT_THAT(writes(), ElementsAre("delete Pod web-0", "delete Pod web-0", "create Pod web-0"));
  EXPECT_EQ(cluster.pod("web-0")->status->phase, api::PodPhase::kPending);
  EXPECT_THAT(reasons(), Contains("RecreatingFailedPod"));
}

TEST_F(PetSetRules, APodThatEndsSlowlyIsDeletedAndPostedInVainUntilItIsGone) {
  create_set({.replicas = 2, .storage = ""});
  bring_up("web", 2);
  remove("web-1");
  status("web-1", "Succeeded", false);
  cluster.run_for(5s);
  EXPECT_EQ(cluster.set("web")->status->replicas, 1);  // left out while it cannot be replaced
  EXPECT_EQ(cluster.pod("web-1")->metadata.deletion_grace_period_seconds, 30);
  cluster.forget_writes();
  force("web-1");
  cluster.run_for(5s);
  EXPECT_THAT(writes(), ElementsAre("create Pod web-1"));
}

// Holds the answer of the next deletion; delays what the controller's caches would see of pods.
class StalePods final : public RequestInterceptor {
 public:
  Verdict after_apply(const CallInfo& call, const api::Result<api::Response>&) override {
    const bool deletes = call.request.verb == api::Verb::kDelete &&
                         call.client.user == "petset-controller" && held == 0;
    if (!deletes) return Verdict::proceed();
    held = call.id;
    return Verdict::held();
  }
  Verdict before_deliver(const WatchInfo& watch, const api::WatchEvent&) override {
    const bool pods =
        watch.client.user == "petset-controller" && watch.request.kind == api::Kind::kPod;
    return pods && stale ? Verdict::delayed(2s) : Verdict::proceed();
  }
  uint64_t held = 0;
  bool stale = false;
};

TEST_F(PetSetRules, FromAStaleCacheItDeletesItsOwnFreshReplacement) {
  // Its deletions name no uid. Method: the old pod goes between the DELETE and the POST of one
  // pass; the cache still shows it, terminal, when the status write wakes the next pass.
  create_set({.replicas = 2, .storage = ""});
  bring_up("web", 2);
  remove("web-1");
  cluster.run_for(1s);
  StalePods race;
  cluster.endpoint.add_interceptor(race);
  status("web-1", "Succeeded", false);
  cluster.run_until([&] { return race.held != 0; });
  race.stale = true;
  force("web-1");
  cluster.forget_writes();
  cluster.endpoint.release(race.held);
  cluster.run_for(1s);
  race.stale = false;
  ASSERT_GE(writes().size(), 2U);
  EXPECT_EQ(writes()[0], "create Pod web-1");
  EXPECT_EQ(writes()[1], "delete Pod web-1");
  cluster.run_for(1min);
  cluster.endpoint.remove_interceptor(race);
}

TEST_F(PetSetRules, CurrentReplicasCountsDownForEachPodThatTheUpdateDeletesEvenBelowZero) {
  create_set({.replicas = 1, .more = R"("podManagementPolicy":"Parallel")", .storage = ""});
  bring_up("web", 1);
  set_image("example/web:v2");
  cluster.run_for(1s);
  end_pod("web-0");
  cluster.run_for(1s);
  status("web-0", "Running", false);
  cluster.run_for(1s);
  std::vector<int32_t> seen;
  set_image("example/web:v3");
  cluster.run_until(
      [&] {
        seen.push_back(cluster.set("web")->status->current_replicas);
        return seen.back() == -1;
      },
      5s);
}

TEST_F(PetSetRules, AReleasedPodStandsInTheWayOfItsReplacementUntilTheNextRetry) {
  create_set({.replicas = 2, .storage = ""});
  bring_up("web", 2);
  ASSERT_TRUE(cluster.merge(ref("web-1"), R"({"metadata":{"labels":{"app":"other"}}})").ok());
  cluster.run_for(3s);
  EXPECT_THAT(*cluster.pod("web-1")->metadata.owner_references, IsEmpty());
  EXPECT_EQ(cluster.set("web")->status->replicas, 1);
  const std::string uid = cluster.pod("web-1")->metadata.uid;
  force("web-1");  // nobody's pod: its removal wakes nobody, a retry finds the name free
  cluster.run_until([&] { return cluster.pod("web-1") != nullptr; }, 10s);
  EXPECT_NE(cluster.pod("web-1")->metadata.uid, uid);
}

TEST_F(PetSetRules, AnUnavailablePodKeepsAScaleDownWaitingWithoutAnythingToWakeIt) {
  // One of one available: the pass after the scaling asks for no other, and web-1 stays.
  create_set({.replicas = 2, .more = R"("minReadySeconds":4)", .storage = ""});
  cluster.run_for(1s);
  status("web-0", "Running", true);
  cluster.run_for(10s);
  status("web-1", "Running", true);
  cluster.run_for(10s);
  status("web-0", "Running", false);
  cluster.run_for(20s);
  cluster.run_until([&] { return cluster.simulation.now().time_since_epoch() % 1s < 300ms; });
  status("web-0", "Running", true);
  cluster.run_for(500ms);
  change(R"({"replicas":1})");
  cluster.run_for(2s);
  EXPECT_THAT(pods(), ElementsAre("web-0", "web-1"));
  EXPECT_EQ(cluster.set("web")->status->available_replicas, 1);
}

TEST_F(PetSetRules, AMissingPlacementPolicyLeavesARevisionAndNothingElse) {
  create_set({.replicas = 2, .more = R"("podPlacementPolicy":{"name":"none"})", .storage = ""});
  cluster.run_for(5s);
  EXPECT_THAT(pods(), IsEmpty());
  EXPECT_EQ(cluster.names(api::Kind::kControllerRevision).size(), 1U);
  EXPECT_EQ(cluster.set("web")->status->observed_generation, 0);
  EXPECT_THAT(reasons(), IsEmpty());
}

TEST_F(PetSetRules, MovingTheStartMakesTheLowestPodFirstThenTakesTheHighest) {
  create_set({.replicas = 2, .more = R"("ordinals":{"start":2})", .storage = ""});
  cluster.run_for(1s);
  status("web-2", "Running", true);
  cluster.run_for(1s);
  status("web-3", "Running", true);
  cluster.run_for(1s);
  change(R"({"ordinals":{"start":1}})");
  cluster.run_for(1s);
  EXPECT_THAT(pods(), ElementsAre("web-1", "web-2", "web-3"));
  EXPECT_FALSE(api::is_deleting(cluster.pod("web-3")->metadata));
  status("web-1", "Running", true);
  cluster.run_for(1s);
  EXPECT_TRUE(api::is_deleting(cluster.pod("web-3")->metadata));
}

TEST_F(PetSetRules, AnAddedClaimTemplateMakesTheClaimButCannotChangeThePod) {
  create_set({.replicas = 2, .storage = ""});
  bring_up("web", 2);
  cluster.forget_writes();
  change(R"({"volumeClaimTemplates":[{"metadata":{"name":"data"},"spec":{"accessModes":)"
         R"(["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}}}]})");
  cluster.run_for(3s);
  EXPECT_THAT(writes(), ElementsAre("create PersistentVolumeClaim data-web-0"));
  EXPECT_THAT(reasons(), Contains("FailedUpdate"));
}

TEST_F(PetSetRules, AChangedSelectorReleasesAllPodsAndBlocksOnTheirNames) {
  create_set({.replicas = 2, .storage = ""});
  bring_up("web", 2);
  cluster.forget_writes();
  change(R"({"selector":{"matchLabels":{"app":"new"}},)"
         R"("template":{"metadata":{"labels":{"app":"new"}}}})");
  cluster.run_for(3s);
  ASSERT_GE(writes().size(), 3U);
  EXPECT_EQ(writes()[0], "patch Pod web-0");
  EXPECT_EQ(writes()[1], "patch Pod web-1");
  EXPECT_THAT(writes()[2], testing::StartsWith("create ControllerRevision web-"));
  EXPECT_EQ(writes().size(), 3U);
}

TEST_F(PetSetRules, ADeletedClaimOfAPendingPodComesBackWithTheNextPassOnly) {
  create_set({.replicas = 1, .pod = R"("schedulerName":"nobody")"});
  cluster.run_for(2s);
  const api::ObjectRef claim(api::Kind::kPersistentVolumeClaim, "demo", "data-web-0");
  ASSERT_TRUE(cluster.ask(api::Request::remove(claim)).ok());
  cluster.run_for(5s);
  EXPECT_EQ(cluster.claim("data-web-0"), nullptr);  // claims wake nobody
  ASSERT_TRUE(cluster.merge(ref("web-0"), R"({"metadata":{"annotations":{"a":"b"}}})").ok());
  cluster.run_for(1s);
  EXPECT_NE(cluster.claim("data-web-0"), nullptr);
}

TEST_F(PetSetRules, AClaimThatBelongsToTheSetIsNotCollectedBecauseItsReferenceNamesNoResource) {
  const std::string both = R"("persistentVolumeClaimRetentionPolicy":)"
                           R"({"whenDeleted":"Delete","whenScaled":"Delete"})";
  create_set({.replicas = 2, .more = both, .pod = R"("schedulerName":"nobody")"});
  cluster.run_for(1s);
  status("web-0", "Running", true);
  cluster.run_for(1s);
  status("web-1", "Running", true);
  cluster.run_for(1s);
  const auto& owners = *cluster.claim("data-web-1")->metadata.owner_references;
  ASSERT_EQ(owners.size(), 1U);
  EXPECT_EQ(owners[0].api_version, "apps/v1");
  change(R"({"replicas":1})");
  cluster.run_for(1min);
  EXPECT_EQ(cluster.claim("data-web-1"), nullptr);  // owned by its pod meanwhile
  ASSERT_TRUE(cluster.ask(api::Request::remove(api::ref_of(*cluster.set("web")))).ok());
  cluster.run_for(1min);
  EXPECT_THAT(pods(), IsEmpty());
  EXPECT_NE(cluster.claim("data-web-0"), nullptr);
}

TEST_F(PetSetRules, ASetThatIsMadeAgainAdoptsWhatItsNamesakeLeft) {
  create_set({.replicas = 2, .storage = ""});
  bring_up("web", 2);
  api::DeleteOptions orphan;
  orphan.propagation = api::Propagation::kOrphan;
  ASSERT_TRUE(cluster.ask(api::Request::remove(api::ref_of(*cluster.set("web")), orphan)).ok());
  cluster.run_for(5s);
  EXPECT_THAT(pods(), ElementsAre("web-0", "web-1"));
  force("web-1");
  cluster.forget_writes();
  create_set({.replicas = 2, .storage = ""});
  cluster.run_for(2s);
  ASSERT_EQ(writes().size(), 3U);
  EXPECT_THAT(writes()[0], testing::StartsWith("patch ControllerRevision web-"));
  EXPECT_EQ(writes()[1], "patch Pod web-0");
  EXPECT_EQ(writes()[2], "create Pod web-1");
}

TEST_F(PetSetRules, ADeletedSetTakesItsPodsAndRevisionsWithItAndLeavesItsClaims) {
  create_set({.replicas = 2, .pod = R"("schedulerName":"nobody")"});
  cluster.run_for(1s);
  ASSERT_TRUE(cluster.ask(api::Request::remove(api::ref_of(*cluster.set("web")))).ok());
  cluster.run_for(1min);
  EXPECT_THAT(pods(), IsEmpty());
  EXPECT_THAT(cluster.names(api::Kind::kControllerRevision), IsEmpty());
  EXPECT_NE(cluster.claim("data-web-0"), nullptr);
}

TEST_F(PetSetRules, OnDeleteNeverMovesTheCurrentRevisionAndALaterRollingUpdateDoesAtOnce) {
  create_set({.replicas = 1, .more = R"("updateStrategy":{"type":"OnDelete"})", .storage = ""});
  bring_up("web", 1);
  set_image("example/web:v2");
  remove("web-0");
  end_pod("web-0");
  cluster.run_for(1s);
  status("web-0", "Running", true);
  cluster.run_for(1s);
  EXPECT_NE(cluster.set("web")->status->current_revision,
            cluster.set("web")->status->update_revision);
  change(R"({"updateStrategy":{"type":"RollingUpdate"}})");
  cluster.run_for(1s);
  EXPECT_EQ(cluster.set("web")->status->current_revision,
            cluster.set("web")->status->update_revision);
}

TEST_F(PetSetRules, ARevisionWhoseNameIsTakenGetsAnotherNameAndKeepsItsHashLabel) {
  create_set({.name = "probe", .replicas = 0, .storage = ""});
  create_set({.replicas = 0, .storage = ""});
  cluster.run_for(1s);
  std::string taken;
  for (const std::string& name : cluster.names(api::Kind::kControllerRevision)) {
    if (name.starts_with("web-")) taken = name;
  }
  ASSERT_TRUE(cluster.ask(api::Request::remove(api::ref_of(*cluster.set("web")))).ok());
  cluster.run_for(5s);
  cluster.apply_json(R"({"apiVersion":"apps/v1","kind":"ControllerRevision","metadata":{"name":")" +
                     taken + R"(","namespace":"demo"},"revision":1,"data":{"other":1}})");
  create_set({.replicas = 0, .storage = ""});
  cluster.run_for(2s);
  const std::string made = cluster.set("web")->status->update_revision;
  EXPECT_NE(made, taken);
  const auto revision =
      cluster.store.get(api::ObjectRef(api::Kind::kControllerRevision, "demo", made));
  EXPECT_EQ("web-" + std::string(api::label_of(revision->metadata, api::kRevisionHashLabel)),
            taken);
}

TEST_F(PetSetRules, APodOfAnOldRevisionKeepsThatRevisionAlive) {
  create_set({.replicas = 1,
              .more = R"("updateStrategy":{"type":"OnDelete"},"revisionHistoryLimit":0)",
              .storage = ""});
  bring_up("web", 1);
  const std::string first = cluster.set("web")->status->update_revision;
  for (int version = 2; version <= 4; ++version) {
    set_image("example/web:v" + std::to_string(version));
    cluster.run_for(1s);
  }
  EXPECT_THAT(cluster.names(api::Kind::kControllerRevision), testing::SizeIs(2));
  EXPECT_THAT(cluster.names(api::Kind::kControllerRevision), Contains(first));
}

TEST_F(PetSetRules, APodThatIsLostInMidRolloutComesBackNew) {
  create_set({.replicas = 3, .storage = ""});
  bring_up("web", 3);
  set_image("example/web:v2");
  cluster.run_for(1s);
  force("web-0");
  cluster.run_for(1s);
  EXPECT_EQ(image_of("web-0"), "example/web:v2");
  EXPECT_EQ(image_of("web-1"), "example/web:v1");
}

TEST_F(PetSetRules, ARevisionThatIsNotInCanonicalFormCannotBeAdoptedAndBlocksTheSet) {
  auto stray = std::make_shared<api::ControllerRevision>();
  stray->metadata.name = "stray";
  stray->metadata.namespace_ = "demo";
  stray->metadata.labels.edit()["app"] = "web";
  stray->revision = 7;
  stray->data = api::RawJson{.bytes = R"({"spec": {"template": {}}})"};
  ASSERT_TRUE(cluster.ask(api::Request::create(stray)).ok());
  create_set({.replicas = 1, .storage = ""});
  cluster.run_for(3s);
  EXPECT_THAT(pods(), IsEmpty());
  EXPECT_THAT(writes(), IsEmpty());
  ASSERT_TRUE(cluster.ask(api::Request::remove(api::ref_of(*stray))).ok());
  cluster.run_for(10s);
  EXPECT_THAT(pods(), ElementsAre("web-0"));
}

TEST_F(PetSetRules, AParallelBatchCreatesItsLastPodFirst) {
  create_set({.replicas = 4, .more = R"("podManagementPolicy":"Parallel")", .storage = ""});
  cluster.run_for(1s);
  std::vector<std::string> made = writes();
  made.erase(made.begin());  // the revision
  EXPECT_THAT(made, ElementsAre("create Pod web-0", "create Pod web-2", "create Pod web-1",
                                "create Pod web-3"));
}

}  // namespace
}  // namespace sdbtwin::cluster
