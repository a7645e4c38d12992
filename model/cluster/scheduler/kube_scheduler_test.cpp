// Goal: pods get nodes and claims get volumes (kubernetes.md 3.6, 3.7). Method: whole cluster in
// virtual time without jitter.
#include "model/cluster/controllers/claim_protector.h"
#include "model/cluster/machinery_fixture.h"

namespace sdbtwin::cluster {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class KubeSchedulerTest : public MachineryTest {
 protected:
  static api::ObjectRef ref(api::Kind kind, const std::string& name) {
    return api::ObjectRef(kind, api::kind_info(kind).namespaced ? "demo" : "", name);
  }
  void create_pod(const std::string& name, const std::string& cpu, const std::string& more = "") {
    cluster.apply_json(R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":")" + name +
                       R"(","namespace":"demo"},"spec":{"containers":[{"name":"main",)"
                       R"("image":"example/web:v1","resources":{"requests":{"cpu":")" +
                       cpu + R"("}}}])" + more + "}}");
  }
  std::string node_of(const std::string& pod) { return cluster.pod(pod)->spec->node_name; }
  const api::PodCondition* scheduled(const std::string& pod) {
    keep_ = cluster.pod(pod);
    return api::find_condition(*keep_->status->conditions, api::kPodScheduled);
  }
  std::shared_ptr<const api::PersistentVolume> volume_of(const std::string& claim) {
    const auto found = cluster.claim(claim);
    return api::as_if<api::PersistentVolume>(
        cluster.store.get(ref(api::Kind::kPersistentVolume, found->spec->volume_name)));
  }

 private:
  std::shared_ptr<const api::Pod> keep_;
};

TEST_F(KubeSchedulerTest, PodsOfASetAreSpreadOverTheNodes) {
  create_set({});
  run_until_ready("web", 3);
  std::set<std::string> nodes{node_of("web-0"), node_of("web-1"), node_of("web-2")};
  EXPECT_THAT(nodes, SizeIs(3));
}

TEST_F(KubeSchedulerTest, APodThatFitsNowhereSaysWhyAndIsTriedAgainWhenAPodGoes) {
  for (const char* name : {"a", "b", "c"}) create_pod(name, "8");
  cluster.run_for(10s);
  create_pod("late", "8");
  cluster.run_for(5s);
  ASSERT_NE(scheduled("late"), nullptr);
  EXPECT_EQ(scheduled("late")->status, api::ConditionStatus::kFalse);
  EXPECT_EQ(scheduled("late")->reason, "Unschedulable");
  EXPECT_EQ(scheduled("late")->message,
            "0/3 nodes are available: 3 Insufficient cpu. preemption: 0/3 nodes are available: "
            "3 No preemption victims found for incoming pod.");
  cluster.run_for(1min);
  ASSERT_TRUE(cluster.ask(api::Request::remove(ref(api::Kind::kPod, "b"))).ok());
  cluster.run_until([&] { return cluster.ready("late"); }, 30s);
  EXPECT_EQ(scheduled("late")->status, api::ConditionStatus::kTrue);
}

TEST_F(KubeSchedulerTest, AnUnschedulablePodCostsNothingWhileNothingChanges) {
  create_pod("huge", "100");
  cluster.run_for(1min);
  const uint64_t before = cluster.simulation.events_processed();
  cluster.run_for(1h);
  // Flushed each 5 minutes: 12 attempts of a few events each.
  EXPECT_LT(cluster.simulation.events_processed() - before, 150U);
}

TEST_F(KubeSchedulerTest, ACordonedNodeGetsNoPodsUntilItIsUncordoned) {
  for (const char* node : {"node-0", "node-1", "node-2"}) {
    ASSERT_TRUE(
        cluster.merge(ref(api::Kind::kNode, node), R"({"spec":{"unschedulable":true}})").ok());
  }
  cluster.run_for(1s);
  create_pod("web", "1");
  cluster.run_for(20s);
  EXPECT_EQ(node_of("web"), "");
  ASSERT_TRUE(
      cluster.merge(ref(api::Kind::kNode, "node-1"), R"({"spec":{"unschedulable":false}})").ok());
  cluster.run_until([&] { return node_of("web") == "node-1"; }, 15s);
}

TEST_F(KubeSchedulerTest, AClaimOfAWaitingClassIsBoundOnTheNodeOfItsFirstPod) {
  create_set({.replicas = 1});
  run_until_ready("web", 1);
  const auto claim = cluster.claim("data-web-0");
  EXPECT_EQ(claim->status->phase, api::ClaimPhase::kBound);
  EXPECT_EQ(claim->status->capacity.at("storage").text, "1Gi");
  EXPECT_EQ(api::annotation_of(claim->metadata, kSelectedNode), node_of("web-0"));
  const auto volume = volume_of("data-web-0");
  ASSERT_NE(volume, nullptr);
  EXPECT_EQ(volume->status->phase, api::VolumePhase::kBound);
  EXPECT_THAT(*nodes_of_volume(*volume), ElementsAre(node_of("web-0")));
  const DiskArray::Disk* disk = cluster.disks.find(volume->metadata.name);
  ASSERT_NE(disk, nullptr);
  EXPECT_EQ(disk->capacity_bytes, int64_t{1} << 30);
}

TEST_F(KubeSchedulerTest, APodComesBackToTheNodeOfItsLocalVolume) {
  create_set({.replicas = 1});
  run_until_ready("web", 1);
  const std::string node = node_of("web-0");
  const auto mounted = cluster.application.find("web-0", "main")->volumes;
  // Other pods make that node the fullest.
  create_pod("filler", "4", R"(,"nodeName":")" + node + "\"");
  ASSERT_TRUE(cluster.ask(api::Request::remove(ref(api::Kind::kPod, "web-0"))).ok());
  cluster.run_for(2s);
  cluster.run_until([&] { return cluster.ready("web-0"); });
  EXPECT_EQ(node_of("web-0"), node);
  ASSERT_EQ(mounted.size(), 1U);
  EXPECT_EQ(cluster.application.find("web-0", "main")->volumes.at(0).volume, mounted[0].volume);
}

TEST_F(KubeSchedulerTest, ANetworkVolumeFollowsThePodAfterDetaching) {
  cluster.apply_json(R"({"apiVersion":"storage.k8s.io/v1","kind":"StorageClass","metadata":)"
                     R"({"name":"network"},"provisioner":"ebs.example.com",)"
                     R"("volumeBindingMode":"WaitForFirstConsumer"})");
  create_set({.replicas = 1,
              .more = R"("volumeClaimTemplates":[{"metadata":{"name":"data"},"spec":{)"
                      R"("accessModes":["ReadWriteOnce"],"storageClassName":"network",)"
                      R"("resources":{"requests":{"storage":"1Gi"}}}}])",
              .storage = ""});
  run_until_ready("web", 1);
  const std::string node = node_of("web-0");
  ASSERT_TRUE(
      cluster.merge(ref(api::Kind::kNode, node), R"({"spec":{"unschedulable":true}})").ok());
  ASSERT_TRUE(cluster.ask(api::Request::remove(ref(api::Kind::kPod, "web-0"))).ok());
  cluster.run_for(2s);
  cluster.run_until([&] { return cluster.ready("web-0"); });
  EXPECT_NE(node_of("web-0"), node);
  EXPECT_EQ(cluster.disks.find(cluster.claim("data-web-0")->spec->volume_name)->attached_to,
            node_of("web-0"));
}

TEST_F(KubeSchedulerTest, AClaimInUseStaysUntilItsPodIsGoneAndThenTakesItsDiskAlong) {
  create_set({.replicas = 1});
  run_until_ready("web", 1);
  const std::string volume = cluster.claim("data-web-0")->spec->volume_name;
  ASSERT_TRUE(api::has_finalizer(cluster.claim("data-web-0")->metadata, kClaimFinalizer));
  ASSERT_TRUE(
      cluster.ask(api::Request::remove(ref(api::Kind::kPersistentVolumeClaim, "data-web-0"))).ok());
  cluster.run_for(1min);
  ASSERT_NE(cluster.claim("data-web-0"), nullptr);
  EXPECT_TRUE(api::is_deleting(cluster.claim("data-web-0")->metadata));
  EXPECT_TRUE(cluster.ready("web-0"));
  const std::string uid = cluster.claim("data-web-0")->metadata.uid;
  ASSERT_TRUE(cluster.ask(api::Request::remove(ref(api::Kind::kPod, "web-0"))).ok());
  cluster.run_until([&] {
    const auto claim = cluster.claim("data-web-0");
    return claim != nullptr && claim->metadata.uid != uid && cluster.ready("web-0");
  });
  EXPECT_THAT(cluster.application.destroyed_volumes, ElementsAre(volume));
}

TEST_F(KubeSchedulerTest, AVolumeThatIsRetainedKeepsItsDisk) {
  cluster.apply_json(R"({"apiVersion":"storage.k8s.io/v1","kind":"StorageClass","metadata":)"
                     R"({"name":"kept"},"provisioner":"rancher.io/local-path",)"
                     R"("reclaimPolicy":"Retain","volumeBindingMode":"Immediate"})");
  cluster.apply_json(
      R"({"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{"name":"c",)"
      R"("namespace":"demo"},"spec":{"accessModes":["ReadWriteOnce"],"storageClassName":"kept",)"
      R"("resources":{"requests":{"storage":"2Gi"}}}})");
  cluster.run_until([&] { return is_bound(*cluster.claim("c")); });
  const std::string volume = cluster.claim("c")->spec->volume_name;
  ASSERT_TRUE(cluster.ask(api::Request::remove(ref(api::Kind::kPersistentVolumeClaim, "c"))).ok());
  cluster.run_for(1min);
  EXPECT_EQ(cluster.claim("c"), nullptr);
  EXPECT_NE(cluster.disks.find(volume), nullptr);
  const auto left =
      api::as<api::PersistentVolume>(cluster.store.get(ref(api::Kind::kPersistentVolume, volume)));
  EXPECT_EQ(left->status->phase, api::VolumePhase::kReleased);
}

TEST_F(KubeSchedulerTest, AnAvailableVolumeIsUsedBeforeANewOneIsMade) {
  for (const char* size : {"5Gi", "3Gi"}) {
    cluster.apply_json(R"({"apiVersion":"v1","kind":"PersistentVolume","metadata":{"name":"pv-)" +
                       std::string(size).substr(0, 1) +
                       R"("},"spec":{"storageClassName":"standard","accessModes":)"
                       R"(["ReadWriteOnce"],"capacity":{"storage":")" +
                       size + R"("}}})");
  }
  cluster.disks.create("pv-3", int64_t{3} << 30, "");
  cluster.run_for(1s);
  create_set({.replicas = 1});
  run_until_ready("web", 1);
  EXPECT_EQ(cluster.claim("data-web-0")->spec->volume_name, "pv-3");
}

TEST_F(KubeSchedulerTest, AKilledSchedulerForgetsNothingThatMatters) {
  create_set({});
  cluster.run_until([&] { return cluster.pod("web-0") != nullptr; });
  cluster.process("kube-scheduler").kill();
  cluster.run_for(30s);
  EXPECT_FALSE(cluster.ready("web-0"));
  cluster.process("kube-scheduler").start();
  run_until_ready("web", 3);
}

}  // namespace
}  // namespace sdbtwin::cluster
