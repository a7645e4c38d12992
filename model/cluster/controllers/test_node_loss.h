// For the tests of node loss: a cluster with heartbeats and a PetSet `web`, one pod on each node.
#pragma once

#include <string>
#include <vector>

#include "model/api/taint.h"
#include "model/cluster/machinery_fixture.h"

namespace sdbtwin::cluster {

class NodeLossTest : public MachineryTest {
 protected:
  static TestClusterOptions with_heartbeats(int nodes) {
    TestClusterOptions options;
    options.heartbeats = true;
    options.nodes = nodes;
    return options;
  }
  explicit NodeLossTest(int nodes = 3) : MachineryTest(with_heartbeats(nodes)) {
    cluster.run_for(15s);  // The kubelets have said that they live.
  }

  // With claims, a pod can live on its node only.
  void create_web(int replicas, const std::string& storage = "1Gi") {
    create_set({.name = "web", .replicas = replicas, .storage = storage});
    run_until_ready("web", replicas);
    lost = cluster.pod("web-1")->spec->node_name;
    cluster.run_for(3s);
  }

  NodeMachine& machine(const std::string& node) {
    for (const auto& candidate : cluster.machines) {
      if (candidate->name() == node) return *candidate;
    }
    ADD_FAILURE() << "no machine " << node;
    return *cluster.machines.front();
  }
  sim::Process& kubelet(const std::string& node) { return cluster.process(kubelet_name(node)); }
  // Power loss: kubelet and containers at once.
  void power_off(const std::string& node) {
    kubelet(node).kill();
    machine(node).power_off();
  }

  api::ConditionStatus ready_of(const std::string& node) {
    const auto object = cluster.node(node);
    if (object == nullptr) return api::ConditionStatus::kUnset;
    const auto* ready = api::find_condition(*object->status->conditions, api::kNodeReady);
    return ready == nullptr ? api::ConditionStatus::kUnset : ready->status;
  }
  bool unknown(const std::string& node) { return ready_of(node) == api::ConditionStatus::kUnknown; }
  bool tainted(const std::string& node, api::TaintEffect effect,
               std::string_view key = api::kTaintUnreachable) {
    return api::find_taint(cluster.node(node)->spec->taints, key, effect) != nullptr;
  }
  bool evicted(const std::string& pod) {
    const auto object = cluster.pod(pod);
    return object != nullptr && api::is_deleting(object->metadata);
  }
  // The pod with this uid has gone; there may be another one of its name.
  bool gone(const std::string& pod, const std::string& uid) {
    const auto object = cluster.pod(pod);
    return object == nullptr || object->metadata.uid != uid;
  }
  bool replaced(const std::string& pod, const std::string& uid) {
    return gone(pod, uid) && cluster.ready(pod);
  }
  size_t tainted_nodes() {
    size_t count = 0;
    for (const auto& candidate : cluster.machines) {
      if (tainted(candidate->name(), api::TaintEffect::kNoExecute)) ++count;
    }
    return count;
  }
  void taint_out_of_service(const std::string& node) {
    const auto object = cluster.node(node);
    std::string taints;
    for (const api::Taint& taint : object->spec->taints) {
      taints += R"({"key":")" + taint.key + R"(","effect":")" +
                std::string(api::to_string(taint.effect)) + R"("},)";
    }
    taints += R"({"key":"node.kubernetes.io/out-of-service","value":"nodeshutdown",)"
              R"("effect":"NoExecute"})";
    ASSERT_TRUE(cluster
                    .merge(api::ObjectRef(api::Kind::kNode, "", node),
                           R"({"spec":{"taints":[)" + taints + "]}}")
                    .ok());
  }
  void force_delete(const std::string& pod) {
    api::Request request = api::Request::remove(api::ObjectRef(api::Kind::kPod, "demo", pod),
                                                api::DeleteOptions::with_grace(0));
    ASSERT_TRUE(cluster.ask(std::move(request)).ok());
  }
  // Containers of the pod's name that run, wherever.
  int running(const std::string& pod) {
    int count = 0;
    for (const std::string& name : cluster.application.running()) {
      if (name.starts_with(pod + "/")) ++count;
    }
    return count;
  }

  std::string lost;  // the node of web-1
};

}  // namespace sdbtwin::cluster
