// Deletion: grace of pods, finalizers, preconditions, propagation (kubernetes.md 3.4, 4.4).
#include "model/store/store_fixture.h"

namespace sdbtwin::store {
namespace {

using api::DeleteOptions;
using api::Request;
using testing::ElementsAre;
using testing::HasSubstr;

api::Timestamp stamp(sim::Time time) { return api::ClusterTime::at(time); }

std::vector<DeltaType> types(const std::vector<Delta>& deltas) {
  std::vector<DeltaType> result;
  for (const Delta& delta : deltas) result.push_back(delta.type);
  return result;
}

class RemovePodTest : public StoreTest {
 protected:
  ApplyResult remove(DeleteOptions options = {}) {
    return apply(Request::remove(pod_ref("p"), std::move(options)));
  }
};

TEST_F(RemovePodTest, ARunningPodStaysUntilItsGracePeriodIsOver) {
  // Goal: rule 2: deletionTimestamp = now + period, generation + 1, one MODIFIED, object stays.
  create_pod("p");
  const std::int64_t generation = pod("p")->metadata.generation;
  const ApplyResult removed = remove();
  EXPECT_THAT(types(removed.deltas), ElementsAre(DeltaType::kModified));
  ASSERT_NE(pod("p"), nullptr);
  EXPECT_EQ(pod("p")->metadata.deletion_timestamp, stamp(now + 30s));
  EXPECT_EQ(pod("p")->metadata.deletion_grace_period_seconds, 30);
  EXPECT_EQ(pod("p")->metadata.generation, generation + 1);
  EXPECT_EQ(removed.result->code, 200);
  EXPECT_EQ(removed.result->object, get(pod_ref("p")));
}

TEST_F(RemovePodTest, ASecondDeleteWithoutOptionsChangesNothing) {
  create_pod("p");
  remove();
  now += 5s;
  const ApplyResult again = remove();
  EXPECT_TRUE(again.result.ok());
  EXPECT_EQ(again.result->code, 200);
  EXPECT_TRUE(again.deltas.empty());
  EXPECT_EQ(pod("p")->metadata.deletion_timestamp, stamp(sim::Time{40s}));
}

TEST_F(RemovePodTest, AShorterPeriodIsCountedFromTheFirstRequestAndALongerOneIsIgnored) {
  create_pod("p");
  remove();
  now += 5s;
  EXPECT_TRUE(remove(DeleteOptions::with_grace(60)).deltas.empty());
  EXPECT_TRUE(remove(DeleteOptions::with_grace(30)).deltas.empty());
  const std::int64_t generation = pod("p")->metadata.generation;
  EXPECT_EQ(remove(DeleteOptions::with_grace(10)).deltas.size(), 1u);
  EXPECT_EQ(pod("p")->metadata.deletion_timestamp, stamp(sim::Time{20s}));
  EXPECT_EQ(pod("p")->metadata.deletion_grace_period_seconds, 10);
  EXPECT_EQ(pod("p")->metadata.generation, generation) << "counted once";
}

TEST_F(RemovePodTest, ForceRemovesTheObjectAtOnceWhateverRunsOnTheNode) {
  // Watchers see MODIFIED with grace 0, then DELETED with the deleting revision.
  create_pod("p");
  make_running("p", true);
  remove();
  const ApplyResult forced = remove(DeleteOptions::with_grace(0));
  EXPECT_THAT(types(forced.deltas), ElementsAre(DeltaType::kModified, DeltaType::kDeleted));
  EXPECT_EQ(forced.deltas[0].object->metadata.deletion_grace_period_seconds, 0);
  EXPECT_EQ(forced.deltas[1].object->metadata.resource_version, store.revision());
  EXPECT_EQ(api::as<api::Pod>(forced.result->object)->status->phase, api::PodPhase::kRunning);
  EXPECT_EQ(forced.result->object->metadata.resource_version, store.revision());
  EXPECT_EQ(pod("p"), nullptr);
}

TEST_F(RemovePodTest, APodWithoutNodeOrInATerminalPhaseGoesNow) {
  create_pod("p", /*bound=*/false);
  EXPECT_EQ(types(remove().deltas).back(), DeltaType::kDeleted);

  for (const api::PodPhase phase : {api::PodPhase::kSucceeded, api::PodPhase::kFailed}) {
    create_pod("p");
    write_pod_status("p", [phase](api::PodStatus& status) { status.phase = phase; });
    EXPECT_EQ(types(remove(DeleteOptions::with_grace(100)).deltas).back(), DeltaType::kDeleted);
  }
}

TEST_F(RemovePodTest, ANegativePeriodMeansOneSecond) {
  create_pod("p");
  remove(DeleteOptions::with_grace(-5));
  EXPECT_EQ(pod("p")->metadata.deletion_grace_period_seconds, 1);
}

TEST_F(RemovePodTest, FinalizersKeepAPodAfterItsGraceHasBeenConfirmed) {
  // Rule 6: after the kubelet's DELETE with grace 0 the object remains until its finalizers go.
  create_pod("p");
  must(Request::update(edited<api::Pod>(
      pod_ref("p"), [](api::Pod& next) { api::add_finalizer(next.metadata, "ex.com/x"); })));
  remove();
  remove(DeleteOptions::with_grace(0));
  ASSERT_NE(pod("p"), nullptr);
  EXPECT_EQ(pod("p")->metadata.deletion_grace_period_seconds, 0);

  const ApplyResult cleared = apply(Request::update(edited<api::Pod>(
      pod_ref("p"), [](api::Pod& next) { api::remove_finalizer(next.metadata, "ex.com/x"); })));
  EXPECT_THAT(types(cleared.deltas), ElementsAre(DeltaType::kDeleted));
  EXPECT_EQ(pod("p"), nullptr);
}

TEST_F(RemovePodTest, ClearingFinalizersDuringTheGracePeriodDoesNotRemoveThePod) {
  create_pod("p");
  must(Request::update(edited<api::Pod>(
      pod_ref("p"), [](api::Pod& next) { api::add_finalizer(next.metadata, "ex.com/x"); })));
  remove();
  must(Request::update(edited<api::Pod>(
      pod_ref("p"), [](api::Pod& next) { api::remove_finalizer(next.metadata, "ex.com/x"); })));
  EXPECT_NE(pod("p"), nullptr);
}

TEST_F(RemovePodTest, DeletionDoesNotTouchReadiness) {
  // Section 7, row 21.
  create_pod("p");
  make_running("p", true);
  remove();
  EXPECT_TRUE(api::is_pod_ready(*pod("p")));
}

TEST_F(RemovePodTest, PreconditionsThatDoNotHoldAreConflicts) {
  create_pod("p");
  api::ApiError error = refused(Request::remove(pod_ref("p"), DeleteOptions::with_uid("other")));
  EXPECT_EQ(error.code, 409);
  EXPECT_EQ(error.message,
            "Operation cannot be fulfilled on Pod \"p\": the UID in the precondition (other) does "
            "not match the UID in record (" +
                pod("p")->metadata.uid +
                "). The object might have been deleted and then recreated");
  DeleteOptions options;
  options.resource_version = 1;
  error = refused(Request::remove(pod_ref("p"), options));
  EXPECT_THAT(error.message, HasSubstr("the ResourceVersion in the precondition (1)"));

  options = DeleteOptions::with_uid(pod("p")->metadata.uid);
  options.resource_version = pod("p")->metadata.resource_version;
  EXPECT_TRUE(remove(options).result.ok());
}

// --- Other kinds --------------------------------------------------------------------------------

TEST_F(StoreTest, AnObjectWithoutFinalizersIsGoneWithOneRevisionAndAStatusAnswer) {
  create_config_map("a");
  const std::uint64_t revision = store.revision();
  const ApplyResult removed = apply(Request::remove(map_ref("a")));
  EXPECT_EQ(removed.result->object, nullptr) << "a Status, not the object";
  EXPECT_THAT(types(removed.deltas), ElementsAre(DeltaType::kDeleted));
  EXPECT_EQ(store.revision(), revision + 1);
  EXPECT_EQ(refused(Request::remove(map_ref("a"))).message, "configmaps \"a\" not found");
}

TEST_F(StoreTest, FinalizersTurnADeleteIntoAMark) {
  // As recorded: deletionTimestamp now, grace 0, the object is the answer; again: no change; the
  // last finalizer's removal answers the version it had and removes the object.
  create(R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"f","namespace":"demo",
             "finalizers":["ex.com/x"]}})");
  const api::Response marked = must(Request::remove(map_ref("f")));
  ASSERT_NE(marked.object, nullptr);
  EXPECT_EQ(marked.object->metadata.deletion_timestamp, stamp(now));
  EXPECT_EQ(marked.object->metadata.deletion_grace_period_seconds, 0);
  const std::uint64_t version = store.revision();
  now += 5s;
  EXPECT_EQ(must(Request::remove(map_ref("f"))).object, marked.object);
  EXPECT_EQ(store.revision(), version);

  const auto finalizers = [](std::vector<api::Value> names) {
    return api::Value::object(
        {{"metadata", api::Value::object({{"finalizers", api::Value(std::move(names))}})}});
  };
  const api::ApiError error = refused(
      Request::patch(map_ref("f"), api::PatchType::kMerge, finalizers({"ex.com/x", "ex.com/y"})));
  EXPECT_EQ(error.code, 422);
  EXPECT_THAT(error.message, HasSubstr("metadata.finalizers: Forbidden: no new finalizers can be "
                                       "added if the object is being deleted, found new "
                                       "finalizers []string{\"ex.com/y\"}"));

  const ApplyResult cleared =
      apply(Request::patch(map_ref("f"), api::PatchType::kMerge, finalizers({})));
  EXPECT_EQ(cleared.result->code, 200);
  EXPECT_EQ(cleared.result->object->metadata.resource_version, version);
  EXPECT_TRUE(cleared.result->object->metadata.finalizers->empty());
  ASSERT_THAT(types(cleared.deltas), ElementsAre(DeltaType::kDeleted));
  EXPECT_EQ(cleared.deltas[0].object->metadata.resource_version, version + 1);
  EXPECT_EQ(cleared.deltas[0].object->metadata.finalizers->size(), 1u) << "the last stored state";
  EXPECT_EQ(get(map_ref("f")), nullptr);
}

TEST_F(StoreTest, ForegroundAndOrphanWaitForTheGarbageCollector) {
  const std::pair<api::Propagation, std::string> cases[] = {
      {api::Propagation::kForeground, "foregroundDeletion"}, {api::Propagation::kOrphan, "orphan"}};
  for (const auto& [propagation, finalizer] : cases) {
    create_config_map(finalizer == "orphan" ? "o" : "f");
    const api::ObjectRef ref = map_ref(finalizer == "orphan" ? "o" : "f");
    DeleteOptions options;
    options.propagation = propagation;
    must(Request::remove(ref, options));
    ASSERT_NE(get(ref), nullptr);
    EXPECT_THAT(*get(ref)->metadata.finalizers, ElementsAre(finalizer));
    EXPECT_TRUE(api::is_deleting(get(ref)->metadata));
  }
}

TEST_F(StoreTest, BackgroundTakesBackAnEarlierForegroundRequest) {
  create_config_map("f");
  DeleteOptions options;
  options.propagation = api::Propagation::kForeground;
  must(Request::remove(map_ref("f"), options));
  must(Request::remove(map_ref("f")));
  EXPECT_NE(get(map_ref("f")), nullptr) << "without an option the finalizer decides";
  options.propagation = api::Propagation::kBackground;
  must(Request::remove(map_ref("f"), options));
  EXPECT_EQ(get(map_ref("f")), nullptr);
}

TEST_F(StoreTest, MarkingAnObjectAsDeletingCountsAsAGeneration) {
  // Recorded: a Singlestore deleted in the foreground goes from generation 3 to 4.
  create(R"({"apiVersion":"kubedb.com/v1alpha2","kind":"Singlestore",
             "metadata":{"name":"sdb","namespace":"demo","finalizers":["kubedb.com"]},
             "spec":{"version":"8.7.10","licenseSecret":{"name":"lic"}}})");
  const api::ObjectRef ref(api::Kind::kSinglestore, "demo", "sdb");
  must(Request::remove(ref));
  EXPECT_EQ(get(ref)->metadata.generation, 2);
  must(Request::remove(ref));
  EXPECT_EQ(get(ref)->metadata.generation, 2);
}

TEST_F(StoreTest, ACollectionIsDeletedObjectByObject) {
  create_pod("p");
  create_pod("q");
  create_config_map("a");
  const std::uint64_t revision = store.revision();
  must(Request::remove_collection(api::Kind::kPod, "demo", api::ListOptions{}));
  EXPECT_EQ(store.revision(), revision + 2);
  EXPECT_TRUE(api::is_deleting(pod("p")->metadata));
  EXPECT_TRUE(api::is_deleting(pod("q")->metadata));
  EXPECT_NE(get(map_ref("a")), nullptr);
}

TEST_F(StoreTest, ANamespaceIsMarkedAndGoesWhenItsFinalizersHaveGone) {
  const api::ObjectRef ref(api::Kind::kNamespace, "", "demo");
  must(Request::remove(ref));
  const auto marked = api::as<api::Namespace>(get(ref));
  EXPECT_EQ(marked->status->phase, api::NamespacePhase::kTerminating);
  EXPECT_TRUE(api::is_deleting(marked->metadata));
  must(Request::update(edited<api::Namespace>(
      ref, [](api::Namespace& next) { next.spec.edit().finalizers.clear(); })));
  EXPECT_EQ(get(ref), nullptr);
}

TEST_F(StoreTest, SystemNamespacesMayNotBeDeleted) {
  create(R"({"apiVersion":"v1","kind":"Namespace","metadata":{"name":"default"}})");
  EXPECT_EQ(refused(Request::remove(api::ObjectRef(api::Kind::kNamespace, "", "default"))).message,
            "namespaces \"default\" is forbidden: this namespace may not be deleted");
}

}  // namespace
}  // namespace sdbtwin::store
