// Goal: the scheduler's choice of a node (kubernetes.md 3.7) fits, spreads and is deterministic.
// Method: literal nodes and pods.
#include "model/cluster/scheduler/node_pool.h"

#include <gtest/gtest.h>

namespace sdbtwin::cluster {
namespace {

class NodePoolTest : public testing::Test {
 protected:
  std::shared_ptr<api::Node> add_node(const std::string& name, const char* cpu = "4",
                                      const char* memory = "8Gi") {
    auto node = std::make_shared<api::Node>();
    node->metadata.name = name;
    node->status.edit().allocatable.edit() = {{"cpu", cpu}, {"memory", memory}};
    pool.set_node(node);
    return node;
  }
  static api::Pod make_pod(const std::string& uid, const char* cpu = "1",
                           const char* memory = "1Gi", const std::string& owner = "") {
    api::Pod pod;
    pod.metadata.uid = uid;
    api::Container container;
    container.resources.requests = {{"cpu", cpu}, {"memory", memory}};
    pod.spec.edit().containers.push_back(container);
    if (owner.empty()) return pod;
    api::OwnerReference reference;
    reference.uid = owner;
    reference.controller = true;
    pod.metadata.owner_references.edit().push_back(reference);
    return pod;
  }
  std::string choose(const api::Pod& pod, const NodePool::Allowed& allowed = std::nullopt) {
    Misfits misfits;
    const auto node = pool.choose(pod, allowed, misfits);
    return node ? *node : misfits.message();
  }

  NodePool pool;
};

TEST_F(NodePoolTest, PodsOfOneSetGoToDifferentNodes) {
  for (const char* name : {"a", "b", "c"}) add_node(name);
  pool.place(make_pod("1", "3", "1Gi"), "b");  // b is the fullest
  pool.place(make_pod("2", "100m", "1Gi", "set"), "a");
  pool.place(make_pod("3", "100m", "1Gi", "set"), "c");
  EXPECT_EQ(choose(make_pod("4", "100m", "1Gi", "set")), "b");
}

TEST_F(NodePoolTest, OtherwiseTheLeastReservedNodeWinsAndTiesGoByName) {
  for (const char* name : {"b", "a"}) add_node(name);
  EXPECT_EQ(choose(make_pod("1")), "a");
  pool.place(make_pod("1"), "a");
  EXPECT_EQ(choose(make_pod("2")), "b");
}

TEST_F(NodePoolTest, ANodeThatIsFullIsNotChosenUntilAPodGoes) {
  add_node("a", "1", "8Gi");
  pool.place(make_pod("1"), "a");
  EXPECT_EQ(choose(make_pod("2")), "0/1 nodes are available: 1 Insufficient cpu.");
  pool.remove("1");
  EXPECT_EQ(choose(make_pod("2")), "a");
}

TEST_F(NodePoolTest, TheReservationIsTheLargerOfInitAndMainContainers) {
  api::Pod pod = make_pod("1", "600m", "2Gi");
  api::Container init;
  init.resources.requests = {{"cpu", "2"}, {"memory", "256Mi"}};
  pod.spec.edit().init_containers.push_back(init);
  EXPECT_EQ(requests_of(*pod.spec), (PodResources{2000, int64_t{2} << 30}));
}

TEST_F(NodePoolTest, CordonsTaintsSelectorsAndVolumesKeepPodsAway) {
  auto cordoned = add_node("a");
  cordoned->spec.edit().unschedulable = true;
  auto tainted = add_node("b");
  api::Taint taint;
  taint.key = "dedicated";
  taint.effect = api::TaintEffect::kNoSchedule;
  tainted->spec.edit().taints.push_back(taint);
  add_node("c")->metadata.labels.edit()["disk"] = "hdd";
  add_node("d")->metadata.labels.edit()["disk"] = "ssd";
  api::Pod pod = make_pod("1");
  pod.spec.edit().node_selector["disk"] = "ssd";
  const NodePool::Allowed elsewhere = std::set<std::string, std::less<>>{"c"};
  EXPECT_EQ(choose(pod), "d");
  EXPECT_EQ(choose(pod, elsewhere),
            "0/4 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, "
            "1 node(s) had untolerated taint {dedicated: }, "
            "1 node(s) had volume node affinity conflict, 1 node(s) were unschedulable.");
}

TEST_F(NodePoolTest, ATolerationLetsAPodOntoATaintedNode) {
  auto node = add_node("a");
  api::Taint taint;
  taint.key = "dedicated";
  taint.value = "db";
  taint.effect = api::TaintEffect::kNoSchedule;
  node->spec.edit().taints.push_back(taint);
  api::Pod pod = make_pod("1");
  api::Toleration toleration;
  toleration.key = "dedicated";
  toleration.value = "db";
  pod.spec.edit().tolerations.push_back(toleration);
  EXPECT_EQ(choose(pod), "a");
}

TEST_F(NodePoolTest, PlacingAPodTwiceCountsOnce) {
  add_node("a", "2", "8Gi");
  const api::Pod pod = make_pod("1");
  pool.place(pod, "a");
  pool.place(pod, "a");
  EXPECT_EQ(choose(make_pod("2")), "a");
}

}  // namespace
}  // namespace sdbtwin::cluster
