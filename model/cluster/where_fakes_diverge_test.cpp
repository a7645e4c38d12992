// Goal: none of the places where fakes of Kubernetes are known to diverge from it (kubernetes.md
// section 7, one test for each row, by its number) is one of ours. Method: the whole machinery in
// virtual time, asked through clients as anybody else asks it.
#include "model/api/codec.h"
#include "model/api/errors.h"
#include "model/api/policy.h"
#include "model/client/informer.h"
#include "model/client/rest_client.h"
#include "model/cluster/machinery_fixture.h"

namespace sdbtwin::cluster {
namespace {

using testing::ElementsAre;

class WhereFakesDiverge : public MachineryTest {
 protected:
  static api::ObjectRef pod_ref(const std::string& name) {
    return api::ObjectRef(api::Kind::kPod, "demo", name);
  }
  static api::ObjectRef map_ref(const std::string& name) {
    return api::ObjectRef(api::Kind::kConfigMap, "demo", name);
  }
  api::ObjectPtr create_map(const std::string& name) {
    return cluster.apply_json(R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":")" +
                              name + R"(","namespace":"demo"},"data":{"k":"v"}})");
  }
  void create_ready_pod(const std::string& name) {
    cluster.apply_json(R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":")" + name +
                       R"(","namespace":"demo","labels":{"app":"x"}},"spec":{"containers":[)" +
                       R"({"name":"main","image":"example/web:v1"}]}})");
    cluster.run_until([&] { return cluster.ready(name); });
  }
  api::Result<api::Response> remove(const api::ObjectRef& ref, api::DeleteOptions options = {}) {
    return cluster.ask(api::Request::remove(ref, std::move(options)));
  }
  sim::Process& kubelet_of(const std::string& pod) {
    return cluster.process(kubelet_name(cluster.pod(pod)->spec->node_name));
  }
  sim::Runtime& user() { return cluster.process("user").runtime(); }

  // A watch of the user's, and the names it saw: "ADDED a".
  struct Watched {
    std::unique_ptr<api::Client> client;
    std::vector<std::string> seen;
    std::optional<api::ApiError> error;
  };
  void watch(api::Kind kind, std::optional<std::uint64_t> version, Watched& into) {
    into.client = cluster.endpoint.client_for(user(), "user");
    api::WatchRequest request(kind, "demo");
    request.resource_version = version;
    user().spawn(read(*into.client, std::move(request), into));
  }

 private:
  static sim::Task<void> read(api::Client& client, api::WatchRequest request, Watched& into) {
    api::Result<std::unique_ptr<api::WatchStream>> stream =
        co_await client.watch(std::move(request));
    if (!stream) {
      into.error = stream.error();
      co_return;
    }
    while (true) {
      const api::Result<api::WatchEvent> event = co_await (*stream)->next();
      if (!event) {
        into.error = event.error();
        co_return;
      }
      std::string text(api::to_string(event->type));
      if (event->object != nullptr) text += " " + event->object->metadata.name;
      into.seen.push_back(std::move(text));
    }
  }
};

// Fails what it is told to, at the point it is told.
class OneFault final : public RequestInterceptor {
 public:
  std::string user = "user";
  bool lose_answers = false;
  std::optional<api::Kind> delayed_kind;

  Verdict after_apply(const CallInfo& call, const api::Result<api::Response>&) override {
    const bool hit = lose_answers && call.client.user == user && call.request.is_write();
    return hit ? Verdict::lost() : Verdict::proceed();
  }
  Verdict before_deliver(const WatchInfo& watch, const api::WatchEvent&) override {
    const bool hit = delayed_kind == watch.request.kind && watch.client.user == user;
    return hit ? Verdict::delayed(5s) : Verdict::proceed();
  }
};

TEST_F(WhereFakesDiverge, Row1PhaseOfANewPodIsPending) {
  const api::ObjectPtr pod = cluster.apply_json(
      R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","namespace":"demo"},
          "spec":{"containers":[{"name":"main","image":"example/web:v1"}]}})");
  EXPECT_EQ(api::as<api::Pod>(pod)->status->phase, api::PodPhase::kPending);
}

TEST_F(WhereFakesDiverge, Row2DeletingAPodTakesItsTime) {
  create_ready_pod("p");
  cluster.application.set_habit("main", {.stops_after = 7s});
  ASSERT_TRUE(remove(pod_ref("p")).ok());
  cluster.run_for(5s);
  ASSERT_NE(cluster.pod("p"), nullptr);
  EXPECT_TRUE(api::is_deleting(cluster.pod("p")->metadata));
  EXPECT_THAT(cluster.application.running(), ElementsAre("p/main"));
  cluster.run_until([&] { return cluster.pod("p") == nullptr; }, 10s);
}

TEST_F(WhereFakesDiverge, Row3ATerminalPhaseComesBeforeTheLastDelete) {
  create_ready_pod("p");
  ASSERT_TRUE(remove(pod_ref("p")).ok());
  cluster.run_until([&] {
    const auto pod = cluster.pod("p");
    return pod != nullptr && api::is_pod_terminal(*pod);
  });
  EXPECT_TRUE(api::is_deleting(cluster.pod("p")->metadata));
}

TEST_F(WhereFakesDiverge, Row4ASecondDeleteIsNoForce) {
  create_ready_pod("p");
  cluster.application.set_habit("main", {.stops_after = std::nullopt});
  ASSERT_TRUE(remove(pod_ref("p")).ok());
  const std::uint64_t version = cluster.pod("p")->metadata.resource_version;
  ASSERT_TRUE(remove(pod_ref("p")).ok());
  ASSERT_NE(cluster.pod("p"), nullptr);
  EXPECT_EQ(cluster.pod("p")->metadata.resource_version, version);
}

TEST_F(WhereFakesDiverge, Row5AWriteThatChangesNothingIsNone) {
  const api::ObjectPtr map = create_map("a");
  Watched watched;
  watch(api::Kind::kConfigMap, map->metadata.resource_version, watched);
  const api::Result<api::Response> same = cluster.ask(api::Request::update(map->clone()));
  cluster.run_for(1s);
  EXPECT_EQ(same->object->metadata.resource_version, map->metadata.resource_version);
  EXPECT_EQ(cluster.store.get(map_ref("a")), map);
  EXPECT_THAT(watched.seen, ElementsAre());
}

TEST_F(WhereFakesDiverge, Row6GenerationCountsTheSpecOnly) {
  create_set({});
  run_until_ready("web", 3);
  EXPECT_EQ(cluster.set("web")->metadata.generation, 1) << "after many status writes";
  const api::ObjectRef ref(api::Kind::kPetSet, "demo", "web");
  ASSERT_TRUE(cluster.merge(ref, R"({"metadata":{"labels":{"a":"b"}}})").ok());
  EXPECT_EQ(cluster.set("web")->metadata.generation, 1);
  ASSERT_TRUE(cluster.merge(ref, R"({"spec":{"replicas":2}})").ok());
  EXPECT_EQ(cluster.set("web")->metadata.generation, 2);
}

TEST_F(WhereFakesDiverge, Row7VersionsAreCheckedOnUpdateAndRefusedOnCreate) {
  const api::ObjectPtr map = create_map("a");
  auto first = api::copy(api::cast<api::ConfigMap>(*map));
  first->data.edit()["k"] = "1";
  auto second = api::copy(api::cast<api::ConfigMap>(*map));
  second->data.edit()["k"] = "2";
  EXPECT_TRUE(cluster.ask(api::Request::update(first)).ok());
  EXPECT_TRUE(api::is(cluster.ask(api::Request::update(second)), api::Reason::kConflict));
  auto fresh = api::copy(*first);
  fresh->metadata.name = "b";
  EXPECT_EQ(cluster.ask(api::Request::create(fresh)).error().code, 500);
}

TEST_F(WhereFakesDiverge, Row8PreconditionsOfADeleteHold) {
  const api::ObjectPtr map = create_map("a");
  EXPECT_TRUE(api::is(remove(map_ref("a"), api::DeleteOptions::with_uid("another")),
                      api::Reason::kConflict));
  api::DeleteOptions version;
  version.resource_version = map->metadata.resource_version + 1;
  EXPECT_TRUE(api::is(remove(map_ref("a"), version), api::Reason::kConflict));
  EXPECT_TRUE(remove(map_ref("a"), api::DeleteOptions::with_uid(map->metadata.uid)).ok());
}

TEST_F(WhereFakesDiverge, Row9StatusAndSpecHaveAnEndpointEach) {
  create_set({});
  run_until_ready("web", 3);
  auto both = api::copy(*cluster.set("web"));
  both->spec.edit().replicas = 2;
  both->status.edit().replicas = 99;
  ASSERT_TRUE(cluster.ask(api::Request::update(both)).ok());
  EXPECT_EQ(cluster.set("web")->spec->replicas, 2);
  EXPECT_NE(cluster.set("web")->status->replicas, 99);
  both = api::copy(*cluster.set("web"));
  both->spec.edit().replicas = 1;
  both->status.edit().replicas = 98;
  const api::Result<api::Response> written = cluster.ask(api::Request::update_status(both));
  ASSERT_TRUE(written.ok());
  EXPECT_EQ(api::as<api::PetSet>(written->object)->status->replicas, 98);
  EXPECT_EQ(api::as<api::PetSet>(written->object)->spec->replicas, 2);
}

TEST_F(WhereFakesDiverge, Row10FinalizersHoldADeletedObject) {
  cluster.apply_json(R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a",
      "namespace":"demo","finalizers":["ex.com/a"]}})");
  ASSERT_TRUE(remove(map_ref("a")).ok());
  ASSERT_NE(cluster.store.get(map_ref("a")), nullptr);
  EXPECT_TRUE(api::is_deleting(cluster.store.get(map_ref("a"))->metadata));
  EXPECT_EQ(cluster.merge(map_ref("a"), R"({"metadata":{"finalizers":["ex.com/a","ex.com/b"]}})")
                .error()
                .code,
            422);
  ASSERT_TRUE(cluster.merge(map_ref("a"), R"({"metadata":{"finalizers":null}})").ok());
  EXPECT_EQ(cluster.store.get(map_ref("a")), nullptr);
}

TEST_F(WhereFakesDiverge, Row11AWatchFromAListsRevisionMissesNothing) {
  create_map("a");
  const auto listed = cluster.ask(api::Request::list(api::Kind::kConfigMap, "demo"));
  create_map("between");
  ASSERT_TRUE(remove(map_ref("a")).ok());
  Watched watched;
  watch(api::Kind::kConfigMap, listed->resource_version, watched);
  cluster.run_for(1s);
  EXPECT_THAT(watched.seen, ElementsAre("ADDED between", "DELETED a"));
}

TEST_F(WhereFakesDiverge, Row12WhatHasNoOwnerLeftIsCollected) {
  create_set({.replicas = 2});
  run_until_ready("web", 2);
  ASSERT_TRUE(remove(api::ObjectRef(api::Kind::kPetSet, "demo", "web")).ok());
  cluster.run_until([&] { return cluster.names(api::Kind::kPod).empty(); }, 2min);
}

// --- Caches and errors --------------------------------------------------------------------------

TEST_F(WhereFakesDiverge, Row13ACacheDoesNotKnowOnesOwnWriteYet) {
  const auto client = cluster.endpoint.client_for(user(), "user");
  client::Informer informer(user(), *client, api::Kind::kConfigMap);
  informer.start();
  cluster.run_for(1s);
  create_map("a");
  EXPECT_NE(cluster.store.get(map_ref("a")), nullptr);
  EXPECT_EQ(informer.cache().get(api::ObjectKey("demo", "a")), nullptr)
      << "the answer of the write overtook the watch event";
  cluster.run_for(1s);
  EXPECT_NE(informer.cache().get(api::ObjectKey("demo", "a")), nullptr);
  cluster.process("user").kill();
}

TEST_F(WhereFakesDiverge, Row14AnErrorDoesNotMeanNotApplied) {
  OneFault fault;
  fault.lose_answers = true;
  cluster.endpoint.add_interceptor(fault);
  auto map = std::make_shared<api::ConfigMap>();
  map->metadata.namespace_ = "demo";
  map->metadata.name = "a";
  EXPECT_TRUE(api::is(cluster.ask(api::Request::create(map)), api::Reason::kConnectionLost));
  EXPECT_NE(cluster.store.get(map_ref("a")), nullptr);
  cluster.endpoint.remove_interceptor(fault);
}

TEST_F(WhereFakesDiverge, Row15ARefusedEvictionIsNotRepeatedByTheClient) {
  create_ready_pod("p");
  cluster.apply_json(R"({"apiVersion":"policy/v1","kind":"PodDisruptionBudget","metadata":{
      "name":"b","namespace":"demo"},"spec":{"minAvailable":1,
      "selector":{"matchLabels":{"app":"x"}}}})");
  cluster.run_for(5s);
  const auto refused = cluster.ask(api::Request::evict(pod_ref("p")));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, 429);
  EXPECT_EQ(refused.error().retry_after_seconds, 0);
  EXPECT_EQ(client::retry_wait(refused.error(), false), sim::Duration(0));
}

TEST_F(WhereFakesDiverge, Row16AWatchBreaksAndItsHistoryCanBeGone) {
  const api::ObjectPtr map = create_map("a");
  Watched watched;
  watch(api::Kind::kConfigMap, map->metadata.resource_version, watched);
  cluster.run_for(1s);
  cluster.endpoint.server()->break_watches("user");
  cluster.run_for(1s);
  ASSERT_TRUE(watched.error.has_value());
  EXPECT_EQ(watched.error->reason, api::Reason::kConnectionLost);
  create_map("b");
  cluster.endpoint.server()->forget_history();
  Watched late;
  watch(api::Kind::kConfigMap, map->metadata.resource_version, late);
  cluster.run_for(1s);
  ASSERT_TRUE(late.error.has_value());
  EXPECT_EQ(late.error->code, 410);
}

TEST_F(WhereFakesDiverge, Row17TheBytesOfARevisionStayAsTheyWereWritten) {
  const std::string data = R"({"z":{"creationTimestamp":null},"a":[1.0,"x"],"m":{}})";
  auto revision = std::make_shared<api::ControllerRevision>();
  revision->metadata.namespace_ = "demo";
  revision->metadata.name = "r";
  revision->revision = 1;
  revision->data.edit().bytes = data;
  ASSERT_TRUE(cluster.ask(api::Request::create(revision)).ok());
  const api::ObjectRef ref(api::Kind::kControllerRevision, "demo", "r");
  auto labelled = api::copy(*api::as<api::ControllerRevision>(cluster.store.get(ref)));
  labelled->metadata.labels.edit()["a"] = "b";
  const auto written = cluster.ask(api::Request::update(labelled));
  ASSERT_TRUE(written.ok()) << written.error().message;
  const auto stored = api::as<api::ControllerRevision>(cluster.store.get(ref));
  EXPECT_EQ(stored->data->bytes, data);
  EXPECT_NE(api::to_json(*stored).find(data), std::string::npos);
}

TEST_F(WhereFakesDiverge, Row18EventsOfTwoResourcesComeInAnyOrder) {
  OneFault fault;
  fault.delayed_kind = api::Kind::kConfigMap;
  cluster.endpoint.add_interceptor(fault);
  Watched maps;
  Watched secrets;
  watch(api::Kind::kConfigMap, cluster.store.revision(), maps);
  watch(api::Kind::kSecret, cluster.store.revision(), secrets);
  cluster.run_for(100ms);
  create_map("first");
  cluster.apply_json(R"({"apiVersion":"v1","kind":"Secret","metadata":{"name":"second",
      "namespace":"demo"}})");
  cluster.run_for(1s);
  EXPECT_THAT(maps.seen, ElementsAre());
  EXPECT_THAT(secrets.seen, ElementsAre("ADDED second"));
  cluster.run_for(5s);
  EXPECT_THAT(maps.seen, ElementsAre("ADDED first"));
  cluster.endpoint.remove_interceptor(fault);
}

TEST_F(WhereFakesDiverge, Row23ARecreatedNamesakeIsOneUpdateToAnotherUid) {
  const auto client = cluster.endpoint.client_for(user(), "user");
  client::Informer informer(user(), *client, api::Kind::kConfigMap);
  std::vector<std::string> told;
  client::EventHandlers handlers;
  handlers.on_update = [&](const api::ObjectPtr& before, const api::ObjectPtr& object) {
    if (before->metadata.uid != object->metadata.uid) told.push_back("replaced");
  };
  handlers.on_delete = [&](const api::ObjectPtr&, bool) { told.push_back("deleted"); };
  informer.add_handlers(handlers);
  create_map("a");
  informer.start();
  cluster.run_for(1s);
  // While the informer cannot read, its history is lost: only a list can tell it.
  cluster.endpoint.server()->freeze_cache();
  ASSERT_TRUE(remove(map_ref("a")).ok());
  create_map("a");
  cluster.endpoint.server()->forget_history();
  cluster.endpoint.server()->thaw_cache();
  cluster.run_for(1min);
  EXPECT_THAT(told, ElementsAre("replaced"));
  cluster.process("user").kill();
}

// --- Nodes --------------------------------------------------------------------------------------

TEST_F(WhereFakesDiverge, Row19APodOfALostNodeIsNotMadeAnew) {
  create_set({.replicas = 1});
  run_until_ready("web", 1);
  const std::string uid = cluster.pod("web-0")->metadata.uid;
  kubelet_of("web-0").kill();
  cluster.machine_of("web-0").power_off();
  cluster.run_for(30min);
  ASSERT_NE(cluster.pod("web-0"), nullptr);
  EXPECT_EQ(cluster.pod("web-0")->metadata.uid, uid);
}

TEST_F(WhereFakesDiverge, Row20AProcessOutlivesItsObject) {
  create_ready_pod("p");
  kubelet_of("p").pause();
  ASSERT_TRUE(remove(pod_ref("p"), api::DeleteOptions::with_grace(0)).ok());
  cluster.run_for(5min);
  EXPECT_EQ(cluster.pod("p"), nullptr);
  EXPECT_THAT(cluster.application.running(), ElementsAre("p/main"));
}

TEST_F(WhereFakesDiverge, Row21DeletionDoesNotTouchReadiness) {
  create_ready_pod("p");
  cluster.application.set_habit("main", {.stops_after = 20s});
  ASSERT_TRUE(remove(pod_ref("p")).ok());
  cluster.run_for(10s);
  ASSERT_NE(cluster.pod("p"), nullptr);
  EXPECT_TRUE(api::is_pod_ready(*cluster.pod("p")));
}

TEST_F(WhereFakesDiverge, Row22AnOwnerIsLookedUpByKindAndNameNotByUid) {
  // The claim's owner is written as apps/v1 PetSet, which does not exist: it is never collected.
  create_set({.replicas = 1,
              .more = R"("persistentVolumeClaimRetentionPolicy":{"whenDeleted":"Delete",)"
                      R"("whenScaled":"Retain"})"});
  run_until_ready("web", 1);
  cluster.run_for(10s);
  ASSERT_FALSE(cluster.claim("data-web-0")->metadata.owner_references->empty());
  ASSERT_TRUE(remove(api::ObjectRef(api::Kind::kPetSet, "demo", "web")).ok());
  cluster.run_until([&] { return cluster.names(api::Kind::kPod).empty(); }, 2min);
  cluster.run_for(10min);
  EXPECT_NE(cluster.claim("data-web-0"), nullptr);
}

TEST_F(WhereFakesDiverge, Row24ADiskStaysWithTheNodeThatWasLost) {
  cluster.apply_json(R"({"apiVersion":"storage.k8s.io/v1","kind":"StorageClass","metadata":
      {"name":"network"},"provisioner":"ebs.example.com",
      "volumeBindingMode":"WaitForFirstConsumer"})");
  create_set({.replicas = 1,
              .more = R"("volumeClaimTemplates":[{"metadata":{"name":"data"},"spec":{)"
                      R"("accessModes":["ReadWriteOnce"],"storageClassName":"network",)"
                      R"("resources":{"requests":{"storage":"1Gi"}}}}])",
              .storage = ""});
  run_until_ready("web", 1);
  const std::string node = cluster.pod("web-0")->spec->node_name;
  ASSERT_TRUE(
      cluster
          .merge(api::ObjectRef(api::Kind::kNode, "", node), R"({"spec":{"unschedulable":true}})")
          .ok());
  kubelet_of("web-0").kill();
  cluster.machine_of("web-0").power_off();
  ASSERT_TRUE(remove(pod_ref("web-0"), api::DeleteOptions::with_grace(0)).ok());
  cluster.run_for(5min);
  ASSERT_NE(cluster.pod("web-0"), nullptr);
  EXPECT_NE(cluster.pod("web-0")->spec->node_name, node);
  EXPECT_FALSE(cluster.ready("web-0"));
  const std::string disk = cluster.claim("data-web-0")->spec->volume_name;
  EXPECT_EQ(cluster.disks.find(disk)->attached_to, node);
  // "The 6-min Multi-Attach": attach_detach_controller_test.cpp has its exact times.
  cluster.run_for(2min);
  EXPECT_EQ(cluster.disks.find(disk)->attached_to, cluster.pod("web-0")->spec->node_name);
  cluster.run_until([&] { return cluster.ready("web-0"); }, 3min);
}

TEST_F(WhereFakesDiverge, Row25AKubeletEndsAPodStepByStep) {
  create_ready_pod("p");
  const std::string kubelet = kubelet_name(cluster.pod("p")->spec->node_name);
  ASSERT_TRUE(remove(pod_ref("p")).ok());
  const int killed = cluster.application.killed_count;
  cluster.forget_writes();
  cluster.run_until([&] { return cluster.pod("p") == nullptr; }, 2min);
  EXPECT_EQ(cluster.application.killed_count, killed) << "it ended by itself after SIGTERM";
  EXPECT_THAT(cluster.application.running(), ElementsAre());
  const std::vector<std::string> writes = cluster.writes_by(kubelet);
  EXPECT_THAT(writes, testing::Not(testing::IsEmpty()));
  EXPECT_THAT(writes.back(), testing::HasSubstr("delete Pod"));
  EXPECT_THAT(writes.front(), testing::HasSubstr("Pod/status"));
}

}  // namespace
}  // namespace sdbtwin::cluster
