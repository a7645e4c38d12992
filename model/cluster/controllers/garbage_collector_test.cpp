// Goal: dependents follow their owners as kubernetes.md 4.9 says. Method: whole cluster in virtual
// time without jitter; ownership is a PetSet's, or written by hand on ConfigMaps.
#include "model/cluster/machinery_fixture.h"

namespace sdbtwin::cluster {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class GarbageCollectorTest : public MachineryTest {
 protected:
  static api::ObjectRef set_ref() { return api::ObjectRef(api::Kind::kPetSet, "demo", "web"); }
  static api::ObjectRef map_ref(const std::string& name) {
    return api::ObjectRef(api::Kind::kConfigMap, "demo", name);
  }
  void remove(api::ObjectRef ref, api::Propagation propagation = api::Propagation::kUnset) {
    api::DeleteOptions options;
    options.propagation = propagation;
    ASSERT_TRUE(cluster.ask(api::Request::remove(std::move(ref), options)).ok());
  }
  std::string create_map(const std::string& name, const std::string& owners = "") {
    const auto made =
        cluster.apply_json(R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":")" + name +
                           R"(","namespace":"demo","ownerReferences":[)" + owners + "]}}");
    return made->metadata.uid;
  }
  static std::string owner(const std::string& name, const std::string& uid, bool blocks = false,
                           const std::string& api_version = "v1",
                           const std::string& kind = "ConfigMap") {
    return R"({"apiVersion":")" + api_version + R"(","kind":")" + kind + R"(","name":")" + name +
           R"(","uid":")" + uid + R"(","blockOwnerDeletion":)" + (blocks ? "true" : "false") + "}";
  }
  bool exists(const std::string& map) { return cluster.store.get(map_ref(map)) != nullptr; }
};

TEST_F(GarbageCollectorTest, InTheBackgroundTheSetGoesAtOnceAndItsPodsInParallel) {
  create_set({});
  run_until_ready("web", 3);
  remove(set_ref());
  EXPECT_EQ(cluster.set("web"), nullptr);
  cluster.run_until(
      [&] {
        for (const char* pod : {"web-0", "web-1", "web-2"}) {
          const auto found = cluster.pod(pod);
          if (found && !api::is_deleting(found->metadata)) return false;
        }
        return true;
      },
      3s);
  cluster.run_until([&] { return cluster.names(api::Kind::kPod).empty(); });
  cluster.run_for(5s);
  EXPECT_THAT(cluster.names(api::Kind::kControllerRevision), IsEmpty());
  EXPECT_EQ(cluster.names(api::Kind::kPersistentVolumeClaim).size(), 3U);  // no owners
}

TEST_F(GarbageCollectorTest, InTheForegroundTheSetStaysUntilItsPodsAreGone) {
  cluster.application.set_habit("main", {.stops_after = 20s});
  create_set({.replicas = 2});
  run_until_ready("web", 2);
  remove(set_ref(), api::Propagation::kForeground);
  cluster.run_for(10s);
  ASSERT_NE(cluster.set("web"), nullptr);
  EXPECT_TRUE(api::is_deleting(cluster.set("web")->metadata));
  cluster.run_until([&] { return cluster.names(api::Kind::kPod).empty(); });
  cluster.run_until([&] { return cluster.set("web") == nullptr; }, 10s);
}

TEST_F(GarbageCollectorTest, OrphansLoseTheirOwnerAndLive) {
  create_set({.replicas = 2});
  run_until_ready("web", 2);
  remove(set_ref(), api::Propagation::kOrphan);
  cluster.run_until([&] { return cluster.set("web") == nullptr; }, 10s);
  cluster.run_for(30s);
  for (const char* pod : {"web-0", "web-1"}) {
    ASSERT_TRUE(cluster.ready(pod));
    EXPECT_THAT(*cluster.pod(pod)->metadata.owner_references, IsEmpty());
  }
}

TEST_F(GarbageCollectorTest, ADependentWithASecondOwnerKeepsThatOne) {
  const std::string one = create_map("one");
  const std::string two = create_map("two");
  create_map("child", owner("one", one) + "," + owner("two", two));
  cluster.run_for(2s);
  remove(map_ref("one"));
  cluster.run_until(
      [&] { return cluster.store.get(map_ref("child"))->metadata.owner_references->size() == 1; },
      5s);
  EXPECT_EQ(cluster.store.get(map_ref("child"))->metadata.owner_references->front().uid, two);
  remove(map_ref("two"));
  cluster.run_until([&] { return !exists("child"); }, 5s);
}

TEST_F(GarbageCollectorTest, AnOwnerOfTheRightNameWithAnotherUidIsGone) {
  create_map("one");
  create_map("child", owner("one", "another-uid"));
  cluster.run_until([&] { return !exists("child"); }, 5s);
  EXPECT_TRUE(exists("one"));
}

TEST_F(GarbageCollectorTest, AnOwnerOfAKindThatDoesNotExistKeepsItsDependents) {
  // 1.9: a claim's "apps/v1" PetSet.
  create_map("child", owner("web", "some-uid", false, "apps/v1", "PetSet"));
  cluster.run_for(10min);
  EXPECT_TRUE(exists("child"));
}

TEST_F(GarbageCollectorTest, AnOwnerInAnotherNamespaceCountsAsGoneAndAnEventSaysSo) {
  cluster.apply_json(R"({"apiVersion":"v1","kind":"Namespace","metadata":{"name":"other"}})");
  const auto foreign = cluster.apply_json(
      R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"o","namespace":"other"}})");
  cluster.run_for(2s);
  create_map("d", owner("o", foreign->metadata.uid));
  cluster.run_until([&] { return !exists("d"); }, 10s);
  cluster.run_for(2s);
  std::vector<std::string> reasons;
  for (const api::ObjectPtr& object : cluster.store.list(api::Kind::kEvent, "demo")) {
    const auto& event = api::cast<api::Event>(*object);
    if (event.involved_object.name == "d") reasons.push_back(event.reason);
  }
  EXPECT_THAT(reasons, ElementsAre("OwnerRefInvalidNamespace"));
  EXPECT_NE(cluster.store.get(api::ref_of(*foreign)), nullptr);
}

TEST_F(GarbageCollectorTest, WhatIsCollectedIsDeletedWithUidAndVersionAsPreconditions) {
  // A dependent that has changed since it was looked at is looked at again, not deleted.
  create_map("o");
  const std::string uid = "00000000-0000-0000-0000-000000000000";
  struct Late final : RequestInterceptor {
    Verdict before_apply(const CallInfo& call) override {
      const bool it = call.request.verb == api::Verb::kDelete && call.request.ref.key.name == "d";
      if (!it || seen.uid) return Verdict::proceed();
      seen = *call.request.delete_options;
      return Verdict::delayed(1s);
    }
    api::DeleteOptions seen;
  } late;
  cluster.endpoint.add_interceptor(late);
  create_map("d", owner("gone", uid));
  cluster.run_until([&] { return late.seen.uid.has_value(); }, 10s);
  EXPECT_EQ(*late.seen.uid, cluster.store.get(map_ref("d"))->metadata.uid);
  ASSERT_TRUE(cluster.merge(map_ref("d"), R"({"metadata":{"ownerReferences":null}})").ok());
  cluster.run_for(1min);
  EXPECT_TRUE(exists("d")) << "it has no owner any more";
  cluster.endpoint.remove_interceptor(late);
}

TEST_F(GarbageCollectorTest, DeletionGoesDownAllGenerations) {
  const std::string one = create_map("one");
  const std::string two = create_map("two", owner("one", one));
  create_map("three", owner("two", two));
  cluster.run_for(2s);
  remove(map_ref("one"));
  cluster.run_until([&] { return !exists("two") && !exists("three"); }, 10s);
}

TEST_F(GarbageCollectorTest, OnlyBlockingDependentsHoldUpAForegroundDeletion) {
  const std::string one = create_map("one");
  create_map("blocking", owner("one", one, true));
  create_map("free", owner("one", one));
  ASSERT_TRUE(
      cluster.merge(map_ref("blocking"), R"({"metadata":{"finalizers":["example.com/hold"]}})")
          .ok());
  ASSERT_TRUE(
      cluster.merge(map_ref("free"), R"({"metadata":{"finalizers":["example.com/hold"]}})").ok());
  cluster.run_for(2s);
  remove(map_ref("one"), api::Propagation::kForeground);
  cluster.run_for(30s);
  EXPECT_TRUE(exists("one"));
  ASSERT_TRUE(cluster.merge(map_ref("blocking"), R"({"metadata":{"finalizers":null}})").ok());
  cluster.run_until([&] { return !exists("one"); }, 10s);
  EXPECT_TRUE(exists("free"));  // still held by its finalizer, holds up nobody
}

TEST_F(GarbageCollectorTest, ARestartedCollectorFindsWhatWasLeftBehind) {
  const std::string one = create_map("one");
  create_map("child", owner("one", one));
  cluster.run_for(2s);
  cluster.process("garbage-collector").kill();
  remove(map_ref("one"));
  cluster.run_for(1min);
  EXPECT_TRUE(exists("child"));
  cluster.process("garbage-collector").start();
  cluster.run_until([&] { return !exists("child"); }, 10s);
}

}  // namespace
}  // namespace sdbtwin::cluster
