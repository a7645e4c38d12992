// NodePressure: node-pressure eviction (kubernetes.md 3.1). While the node is low on a resource,
// its monitor ends one pod each 10 s, hard: without the pod's grace. The next one follows when that
// pod has ended. The pod's object stays, Failed with reason Evicted, until its controller deletes
// it.
//
// The monitor's ticks are those since the kubelet's start; it does not tick without pressure. What
// a pod uses is not modelled: who asked for nothing is taken to exceed his request most [us], so
// that pods go by QoS class, then by priority, then the youngest first. Belongs to a kubelet.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "model/api/pod.h"
#include "model/cluster/node/node_machine.h"
#include "model/cluster/node/pod_worker.h"
#include "sim/core/runtime.h"
#include "sim/core/timer.h"

namespace sdbtwin::cluster {

class NodePressure {
 public:
  struct Candidate {
    PodWorker* worker;
    const api::Pod* pod;
  };
  // `candidates`: the pods that live on the node.
  NodePressure(sim::Runtime& runtime, const NodeMachine& machine,
               std::function<std::vector<Candidate>()> candidates);
  NodePressure(const NodePressure&) = delete;
  NodePressure& operator=(const NodePressure&) = delete;

  void changed();  // the node's pressure did

 private:
  void monitor();

  sim::Runtime* runtime_;
  const NodeMachine* machine_;
  std::function<std::vector<Candidate>()> candidates_;
  sim::Time start_;
  std::string last_;  // uid of the pod evicted last
  sim::Timer tick_;
};

// Whether `a` is evicted before `b`.
bool evicted_before(const api::Pod& a, const api::Pod& b);

}  // namespace sdbtwin::cluster
