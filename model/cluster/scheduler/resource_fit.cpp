#include "model/cluster/scheduler/resource_fit.h"

#include <algorithm>
#include <utility>

#include "sim/core/hash.h"

namespace sdbtwin::cluster {
namespace {

using sim::detail::Wide64;

constexpr int64_t kFull = 100;
constexpr int64_t kMicro = 1'000'000;

struct Shortage {
  std::vector<std::string> reasons;
  bool beyond_the_node = false;

  void check(int64_t wanted, int64_t reserved, int64_t allocatable, const char* name) {
    // Nothing asked for is never too much, even on a node that is overcommitted.
    if (wanted == 0 || wanted <= allocatable - reserved) return;
    reasons.push_back(std::string("Insufficient ") + name);
    if (wanted > allocatable) beyond_the_node = true;
  }
};

// What is left of 100 shares.
int64_t left(int64_t used, int64_t total) {
  if (total <= 0 || used > total) return 0;
  const Wide64 product = Wide64{static_cast<uint64_t>(total - used)} * kFull;
  return static_cast<int64_t>(product / static_cast<uint64_t>(total));
}

int64_t used_micro(int64_t used, int64_t total) {
  if (total <= 0 || used >= total) return kMicro;
  const Wide64 product = Wide64{static_cast<uint64_t>(used)} * kMicro;
  return static_cast<int64_t>(product / static_cast<uint64_t>(total));
}

}  // namespace

std::optional<Rejection> no_room(const NodeInfo& node, const PodInfo& pod) {
  Shortage shortage;
  if (node.pods_max && static_cast<int64_t>(node.pods.size()) + 1 > *node.pods_max)
    shortage.reasons.emplace_back("Too many pods");
  const PodResources& wanted = pod.requests;
  const PodResources& reserved = node.reserved;
  shortage.check(wanted.milli_cpu, reserved.milli_cpu, node.allocatable.milli_cpu, "cpu");
  shortage.check(wanted.memory_bytes, reserved.memory_bytes, node.allocatable.memory_bytes,
                 "memory");
  shortage.check(wanted.ephemeral_bytes, reserved.ephemeral_bytes, node.allocatable.ephemeral_bytes,
                 "ephemeral-storage");
  if (shortage.reasons.empty()) return std::nullopt;
  return Rejection{Plugin::kNodeResourcesFit, std::move(shortage.reasons),
                   !shortage.beyond_the_node};
}

int64_t least_allocated(const NodeInfo& node, const PodInfo& pod) {
  const int64_t cpu =
      left(node.scored.milli_cpu + pod.scored.milli_cpu, node.allocatable.milli_cpu);
  const int64_t memory =
      left(node.scored.memory_bytes + pod.scored.memory_bytes, node.allocatable.memory_bytes);
  return (cpu + memory) / 2;
}

int64_t balanced_allocation(const NodeInfo& node, const PodInfo& pod) {
  const int64_t cpu =
      used_micro(node.reserved.milli_cpu + pod.requests.milli_cpu, node.allocatable.milli_cpu);
  const int64_t memory = used_micro(node.reserved.memory_bytes + pod.requests.memory_bytes,
                                    node.allocatable.memory_bytes);
  // The standard deviation of two numbers is half their distance.
  const int64_t deviation = (std::max(cpu, memory) - std::min(cpu, memory)) / 2;
  return (kMicro - deviation) * kFull / kMicro;
}

}  // namespace sdbtwin::cluster
