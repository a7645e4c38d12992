// Whether a kubelet takes a pod that was bound to its node (kubernetes.md 3.1 P2; k/k
// pkg/kubelet/lifecycle/predicate.go): resources, the node's labels, NoExecute taints. The
// scheduler has asked the same of an older view; a pod that names its node was never asked. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "model/api/core.h"
#include "model/api/pod.h"
#include "model/cluster/node/pod_status.h"

namespace sdbtwin::cluster {

// What the pods of a node that have not ended have asked for.
struct NodeUse {
  int64_t milli_cpu = 0;
  int64_t memory_bytes = 0;
  int64_t pods = 0;

  void add(const api::PodSpec& spec);
};

// Why the pod is not taken, as its status is to say; nullopt: it is taken. `others`: without it.
std::optional<WaitingReason> why_rejected(const api::Pod& pod, const api::Node& node,
                                          const NodeUse& others);

}  // namespace sdbtwin::cluster
