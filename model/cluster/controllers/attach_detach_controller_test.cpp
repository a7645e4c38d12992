// Goal: network disks come to nodes and leave them as kubernetes.md 3.6 (and 3.1 P3, 3.5) say; each
// test quotes its rule. Method: whole cluster in virtual time without jitter (attaching takes 7 s,
// detaching 5 s), a set of one pod on a network disk; the disks themselves are looked at.
#include <fmt/format.h>

#include "model/cluster/machinery_fixture.h"

namespace sdbtwin::cluster {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

class AttachDetachTest : public MachineryTest {
 protected:
  AttachDetachTest() {
    cluster.apply_json(R"({"apiVersion":"storage.k8s.io/v1","kind":"StorageClass","metadata":)"
                       R"({"name":"network"},"provisioner":"ebs.example.com",)"
                       R"("volumeBindingMode":"WaitForFirstConsumer"})");
  }

  void create_network_set(int replicas = 1) {
    create_set({.replicas = replicas,
                .more = R"("volumeClaimTemplates":[{"metadata":{"name":"data"},"spec":{)"
                        R"("accessModes":["ReadWriteOnce"],"storageClassName":"network",)"
                        R"("resources":{"requests":{"storage":"1Gi"}}}}])",
                .storage = ""});
  }
  void create_ready_set() {
    create_network_set();
    run_until_ready("web", 1);
    home = node_of("web-0");
    disk = cluster.claim("data-web-0")->spec->volume_name;
  }

  static api::ObjectRef pod_ref(const std::string& pod) {
    return api::ObjectRef(api::Kind::kPod, "demo", pod);
  }
  static api::ObjectRef node_ref(const std::string& node) {
    return api::ObjectRef(api::Kind::kNode, "", node);
  }
  std::string node_of(const std::string& pod) {
    const auto found = cluster.pod(pod);
    return found == nullptr ? "" : found->spec->node_name;
  }
  std::shared_ptr<const api::Node> node(const std::string& name) {
    return api::as<api::Node>(cluster.store.get(node_ref(name)));
  }
  std::string place() {  // of the disk
    const DiskArray::Disk* found = cluster.disks.find(disk);
    return found == nullptr ? "gone" : found->attached_to;
  }
  bool in_use(const std::string& name) {
    for (const std::string& used : node(name)->status->volumes_in_use) {
      if (used == attached_volume_name(disk)) return true;
    }
    return false;
  }
  void cordon(const std::string& name) {
    ASSERT_TRUE(cluster.merge(node_ref(name), R"({"spec":{"unschedulable":true}})").ok());
  }
  void remove(const std::string& pod, std::optional<int64_t> grace = std::nullopt) {
    api::DeleteOptions options;
    options.grace_period_seconds = grace;
    ASSERT_TRUE(cluster.ask(api::Request::remove(pod_ref(pod), options)).ok());
  }
  // The node is dead and nobody has noticed: its kubelet is gone, so is what ran there.
  void lose(const std::string& name) {
    cluster.process(kubelet_name(name)).kill();
    for (const auto& machine : cluster.machines) {
      if (machine->name() == name) machine->power_off();
    }
  }
  // Messages of the events of this reason.
  std::vector<std::string> told(const std::string& reason) {
    std::vector<std::string> messages;
    for (const api::ObjectPtr& object : cluster.store.list(api::Kind::kEvent, "demo")) {
      const auto event = api::as<api::Event>(object);
      if (event->reason == reason) messages.push_back(event->message);
    }
    return messages;
  }

  std::string home;
  std::string disk;
};

// ---- Attaching.

TEST_F(AttachDetachTest, AttachedVolumesAreInTheStatusOfTheNode) {
  // 3.6. By the time the pod runs, both sides have said so.
  create_ready_set();
  EXPECT_EQ(place(), home);
  ASSERT_EQ(node(home)->status->volumes_attached.size(), 1U);
  EXPECT_EQ(node(home)->status->volumes_attached[0].name, attached_volume_name(disk));
  EXPECT_TRUE(in_use(home));
  EXPECT_THAT(told("SuccessfulAttachVolume"), Not(IsEmpty()));
}

TEST_F(AttachDetachTest, PodLevelWaitOfTwoMinutesThenFailedMountEventAndRetry) {
  // 3.1 P3. Attaching is the controller's: without it the pod waits, and says so each 2 min.
  cluster.process("attachdetach-controller").kill();
  create_network_set();
  cluster.run_until([&] { return !node_of("web-0").empty(); });
  const sim::Duration first = cluster.time_until([&] { return !told("FailedMount").empty(); });
  EXPECT_GE(first, 2min);
  EXPECT_LE(first, 130s);
  EXPECT_EQ(cluster.pod("web-0")->status->phase, api::PodPhase::kPending);
  cluster.process("attachdetach-controller").start();
  run_until_ready("web", 1);
}

TEST_F(AttachDetachTest, AStuckAttachIsTriedAgainAfterTwoMinutesAndFinishesWhenItIsReleased) {
  // 3.6, section 6 (0.5 % stuck).
  cluster.process("attachdetach-controller").kill();
  create_network_set();
  cluster.run_until([&] {
    return cluster.claim("data-web-0") && !cluster.claim("data-web-0")->spec->volume_name.empty();
  });
  disk = cluster.claim("data-web-0")->spec->volume_name;
  std::vector<std::string> met;
  cluster.disks.hold_attachments(disk, [&](std::string_view node) { met.emplace_back(node); });
  cluster.process("attachdetach-controller").start();
  cluster.run_for(5min);
  EXPECT_EQ(place(), "");
  EXPECT_EQ(met.size(), 3U);  // at 0, 2 and 4 min
  EXPECT_THAT(told("FailedAttachVolume"),
              testing::Each(testing::HasSubstr("timed out waiting for external-attacher")));
  EXPECT_THAT(told("FailedAttachVolume"), Not(IsEmpty()));
  cluster.disks.let_attachments_go(disk);
  EXPECT_LE(cluster.time_until([&] { return !place().empty(); }), 1s);
  run_until_ready("web", 1);
}

TEST_F(AttachDetachTest, NothingIsWatchedBeforeThereIsANetworkDisk) {
  class Counter final : public RequestInterceptor {
   public:
    int calls = 0;
    Verdict before_send(const CallInfo& call) override {
      if (call.client.user == "attachdetach-controller") ++calls;
      return Verdict::proceed();
    }
  };
  Counter counter;
  cluster.endpoint.add_interceptor(counter);
  create_set({.name = "local", .replicas = 2});
  run_until_ready("local", 2);
  EXPECT_EQ(counter.calls, 0);
  create_ready_set();
  EXPECT_GT(counter.calls, 0);
  cluster.endpoint.remove_interceptor(counter);
}

TEST_F(AttachDetachTest, NothingTicksWhileNothingIsToBeDone) {
  create_ready_set();
  cluster.run_for(5min);
  const uint64_t before = cluster.simulation.events_processed();
  cluster.run_for(1h);
  const uint64_t with_disk = cluster.simulation.events_processed() - before;
  // Whatever else lives in the cluster, 36,000 passes of the reconciler do not.
  EXPECT_LT(with_disk, 20'000U);
}

// ---- Detaching.

TEST_F(AttachDetachTest, DetachOnlyAfterTheNodeReportsUnmounted) {
  // 3.6. After every event: a disk that has left its node is not in that node's volumesInUse.
  create_ready_set();
  cordon(home);
  remove("web-0");
  cluster.run_until([&] {
    if (place() != home) {
      EXPECT_FALSE(in_use(home));
    }
    return place() != home;
  });
  EXPECT_THAT(node(home)->status->volumes_attached, IsEmpty());
  cluster.run_until([&] { return cluster.ready("web-0"); });
  EXPECT_NE(node_of("web-0"), home);
  EXPECT_EQ(place(), node_of("web-0"));
}

TEST_F(AttachDetachTest, APodThatComesBackToItsNodeFindsItsDiskAttached) {
  create_ready_set();
  for (const auto& machine : cluster.machines) {
    if (machine->name() != home) cordon(machine->name());
  }
  const std::string uid = cluster.pod("web-0")->metadata.uid;
  remove("web-0");
  cluster.run_until(
      [&] { return cluster.ready("web-0") && cluster.pod("web-0")->metadata.uid != uid; });
  EXPECT_EQ(place(), home);
  EXPECT_TRUE(in_use(home));
}

TEST_F(AttachDetachTest, RwoStillAttachedElsewhereIsFailedAttachVolumeMultiAttach) {
  // 3.6. The old pod is still terminating: the message names it.
  cluster.application.set_habit("main", {.stops_after = std::nullopt});
  create_ready_set();
  cordon(home);
  cluster.apply_json(
      R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"other","namespace":"demo"},"spec":{)"
      R"("containers":[{"name":"main","image":"example/web:v1"}],"volumes":[{"name":"v",)"
      R"("persistentVolumeClaim":{"claimName":"data-web-0"}}]}})");
  cluster.run_until([&] { return !told("FailedAttachVolume").empty(); });
  EXPECT_THAT(told("FailedAttachVolume"),
              ElementsAre(fmt::format("Multi-Attach error for volume \"{}\" Volume is already used "
                                      "by pod(s) web-0",
                                      disk)));
  cluster.run_for(10min);
  EXPECT_EQ(place(), home);
  EXPECT_FALSE(cluster.ready("other"));
  EXPECT_TRUE(cluster.ready("web-0"));
}

TEST_F(AttachDetachTest, AReplacementElsewhereHitsMultiAttachUntilForceDetachAfterSixMinutes) {
  // 3.5 (d), 3.6, section 7 #24: a human force deletes a pod of a dead node.
  create_ready_set();
  cordon(home);
  lose(home);
  remove("web-0", 0);
  const sim::Time deleted = cluster.simulation.now();
  cluster.run_until([&] { return !told("FailedAttachVolume").empty(); }, 1min);
  EXPECT_THAT(told("FailedAttachVolume"),
              ElementsAre(fmt::format("Multi-Attach error for volume \"{}\" Volume is already "
                                      "exclusively attached to one node and can't be attached to "
                                      "another",
                                      disk)));
  cluster.run_until([&] { return place() != home; });
  const sim::Duration kept = cluster.simulation.now() - deleted;
  EXPECT_GE(kept, 6min + 5s);  // and the detaching itself
  EXPECT_LE(kept, 6min + 7s);
  cluster.run_until([&] { return cluster.ready("web-0"); });
  const sim::Duration took = cluster.simulation.now() - deleted;
  EXPECT_GE(took, 6min + 12s);  // detach and attach
  // The kubelet has been looking with pauses that double, up to 2 min.
  EXPECT_LE(took, 6min + 12s + 2min + 15s);
  EXPECT_NE(node_of("web-0"), home);
}

TEST_F(AttachDetachTest, AnOutOfServiceTaintDetachesAtOnce) {
  // 3.5 (c): "node not ready + out-of-service: AD detaches at once".
  create_ready_set();
  cordon(home);
  lose(home);
  ASSERT_TRUE(cluster
                  .merge(node_ref(home),
                         R"({"spec":{"taints":[{"key":"node.kubernetes.io/out-of-service",)"
                         R"("value":"nodeshutdown","effect":"NoExecute"}]}})")
                  .ok());
  cluster.run_for(2min);  // Not Ready by now.
  if (cluster.pod("web-0") != nullptr && node_of("web-0") == home) remove("web-0", 0);
  EXPECT_LE(cluster.time_until([&] { return place() != home; }), 10s);
  cluster.run_until([&] { return cluster.ready("web-0"); });
}

TEST_F(AttachDetachTest, ADiskThatANodeInGoodHealthUsesIsNeverTakenByForce) {
  // 3.6: force detach is for nodes that are not Ready. This one is, but its reports of
  // volumesInUse do not arrive.
  class Swallow final : public RequestInterceptor {
   public:
    Verdict before_apply(const CallInfo& call) override {
      const api::Value* status = call.request.patch_body.find("status");
      const bool hit = call.request.ref.kind == api::Kind::kNode && status != nullptr &&
                       status->find("volumesInUse") != nullptr;
      return hit ? Verdict::lost() : Verdict::proceed();
    }
  };
  create_ready_set();
  auto ready = api::copy(*node(home));
  api::StatusCondition condition;
  condition.type = "Ready";
  condition.status = api::ConditionStatus::kTrue;
  ready->status.edit().conditions.edit() = {condition};
  ASSERT_TRUE(cluster.ask(api::Request::update_status(ready)).ok());
  cordon(home);
  Swallow swallow;
  cluster.endpoint.add_interceptor(swallow);
  remove("web-0");
  cluster.run_for(30min);
  EXPECT_TRUE(api::is_condition_true(*node(home)->status->conditions, "Ready"));
  EXPECT_EQ(place(), home);
  cluster.endpoint.remove_interceptor(swallow);
  cluster.run_until([&] { return cluster.ready("web-0"); });
}

TEST_F(AttachDetachTest, AForcedDetachTakesTheDiskFromTheProcessThatStillRuns) {
  // 3.4: the process outlives its object; a disk it has lost it cannot write any more.
  cluster.application.set_habit("main", {.stops_after = std::nullopt});
  create_ready_set();
  cordon(home);
  cluster.process(kubelet_name(home)).pause();
  remove("web-0", 0);
  cluster.run_for(5min);
  EXPECT_THAT(cluster.application.running(), ElementsAre("web-0/main"));
  const auto one_at_most = [&] {
    EXPECT_LE(cluster.application.running().size(), 1U);
    return cluster.ready("web-0");
  };
  cluster.run_until(one_at_most);
  EXPECT_NE(node_of("web-0"), home);
  EXPECT_THAT(cluster.application.running(), ElementsAre("web-0/main"));
}

// ---- Crashes.

TEST_F(AttachDetachTest, ARestartedControllerGoesOnFromWhatIsAttached) {
  create_ready_set();
  for (const sim::Duration offset : std::vector<sim::Duration>{100ms, 3s, 8s, 12s, 15s, 20s}) {
    const std::string from = node_of("web-0");
    const std::string uid = cluster.pod("web-0")->metadata.uid;
    cordon(from);
    remove("web-0");
    cluster.run_for(offset);
    cluster.process("attachdetach-controller").restart(2s);
    cluster.run_until(
        [&] { return cluster.ready("web-0") && cluster.pod("web-0")->metadata.uid != uid; });
    EXPECT_EQ(place(), node_of("web-0")) << offset.count();
    ASSERT_TRUE(cluster.merge(node_ref(from), R"({"spec":{"unschedulable":null}})").ok());
  }
}

TEST_F(AttachDetachTest, ARestartedKubeletReportsWhatItsPredecessorHadUnmounted) {
  create_ready_set();
  cordon(home);
  NodeMachine& machine = cluster.machine_of("web-0");
  remove("web-0");
  cluster.run_until([&] { return machine.pods().empty(); });
  EXPECT_TRUE(in_use(home));
  cluster.process(kubelet_name(home)).restart(1s);
  cluster.run_until([&] { return !in_use(home); }, 30s);
  cluster.run_until([&] { return cluster.ready("web-0"); });
}

// ---- Access modes and ends.

TEST_F(AttachDetachTest, ReadWriteOncePodIsPerPod) {
  for (const char* mode : {"ReadWriteOnce", "ReadWriteOncePod"}) {
    const std::string claim = mode == std::string("ReadWriteOnce") ? "shared" : "single";
    cluster.apply_json(fmt::format(
        R"({{"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{{"name":"{}",)"
        R"("namespace":"demo"}},"spec":{{"accessModes":["{}"],"storageClassName":"standard",)"
        R"("resources":{{"requests":{{"storage":"1Gi"}}}}}}}})",
        claim, mode));
    for (const char* name : {"a", "b"}) {
      cluster.apply_json(fmt::format(
          R"({{"apiVersion":"v1","kind":"Pod","metadata":{{"name":"{0}-{1}","namespace":"demo"}},)"
          R"("spec":{{"containers":[{{"name":"main","image":"example/web:v1"}}],"volumes":[)"
          R"({{"name":"v","persistentVolumeClaim":{{"claimName":"{0}"}}}}]}}}})",
          claim, name));
      if (name == std::string("a")) cluster.run_until([&] { return cluster.ready(claim + "-a"); });
    }
  }
  cluster.run_until([&] { return cluster.ready("shared-b"); });
  cluster.run_for(1min);
  EXPECT_FALSE(cluster.ready("single-b"));
  remove("single-a");
  cluster.run_until([&] { return cluster.ready("single-b"); });
}

TEST_F(AttachDetachTest, AVolumeIsNotDestroyedWhileItIsAttached) {
  create_ready_set();
  const int destroyed = static_cast<int>(cluster.application.destroyed_volumes.size());
  ASSERT_TRUE(
      cluster.ask(api::Request::remove(api::ObjectRef(api::Kind::kPetSet, "demo", "web"))).ok());
  cluster.run_until([&] { return cluster.pod("web-0") == nullptr; });
  ASSERT_TRUE(cluster
                  .ask(api::Request::remove(
                      api::ObjectRef(api::Kind::kPersistentVolumeClaim, "demo", "data-web-0")))
                  .ok());
  cluster.run_until([&] {
    if (cluster.disks.find(disk) != nullptr) {
      EXPECT_EQ(cluster.application.destroyed_volumes.size(), static_cast<size_t>(destroyed));
    }
    return cluster.disks.find(disk) == nullptr;
  });
}

}  // namespace
}  // namespace sdbtwin::cluster
