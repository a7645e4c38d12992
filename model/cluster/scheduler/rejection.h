// Rejection: why one node is not for a pod; Diagnosis: the same of all nodes, and the message that
// the pod's condition shows.
//
// The texts are those of kube-scheduler 1.32 and go into PodScheduled's message:
//   0/3 nodes are available: 1 Insufficient cpu, 2 node(s) were unschedulable. preemption: 0/3 ...
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace sdbtwin::cluster {

// Whose rule it is; decides which changes can help (scheduling_queue.h).
enum class Plugin : uint8_t {
  kNodeUnschedulable,
  kTaintToleration,
  kNodeAffinity,
  kNodeResourcesFit,
  kVolumeBinding,
  kPodTopologySpread,
  kInterPodAffinity,
};
using PluginSet = uint32_t;
constexpr PluginSet bit(Plugin plugin) { return PluginSet{1} << static_cast<uint8_t>(plugin); }

struct Rejection {
  Plugin plugin{};
  std::vector<std::string> reasons;
  // False: "unresolvable", however many pods were evicted from the node.
  bool preemption_may_help = false;

  static Rejection unresolvable(Plugin plugin, std::string reason);
  static Rejection resolvable(Plugin plugin, std::string reason);
};

struct Diagnosis {
  size_t nodes = 0;                          // that there are
  std::string before_all;                    // why no node was looked at (a claim); "": they were
  std::map<std::string, Rejection> by_node;  // by name
  PluginSet plugins = 0;                     // that rejected some node, or all
  std::string preemption;                    // what came of it; "": it goes on

  std::string message() const;
};

}  // namespace sdbtwin::cluster
