#include "controller/ops_manager/rollout_order.h"

#include <algorithm>
#include <tuple>

#include "sim/core/assert.h"

namespace sdbtwin::ops_manager {
namespace {

// Smaller goes first: leaves by group, child aggregators, the master aggregator.
std::tuple<int, int> leaves_first_rank(const PodSlot& slot, const NodePlaces& places) {
  if (slot.role != kit::Role::kLeaf) return {slot.pod == places.master_pod ? 2 : 1, 0};
  const auto group = places.group_of_pod.find(slot.pod);
  return {0, group == places.group_of_pod.end() ? 1 : group->second};
}

}  // namespace

std::string_view to_string(RolloutOrder order) {
  switch (order) {
    case RolloutOrder::kAggregatorsFirst:
      return "aggregators-first";
    case RolloutOrder::kLeavesFirst:
      return "leaves-first";
  }
  SIM_UNREACHABLE();
}

std::vector<PodSlot> rollout_order(const std::vector<PetSetSize>& petsets, RolloutOrder order,
                                   const NodePlaces& places) {
  std::vector<PodSlot> slots;
  for (const auto& petset : petsets) {
    for (std::int32_t ordinal = 0; ordinal < petset.replicas; ++ordinal) {
      slots.push_back({.pod = kit::pod_name(petset.petset, ordinal),
                       .role = petset.role,
                       .petset = petset.petset});
    }
  }
  if (order == RolloutOrder::kLeavesFirst) {
    std::stable_sort(slots.begin(), slots.end(), [&](const PodSlot& a, const PodSlot& b) {
      return leaves_first_rank(a, places) < leaves_first_rank(b, places);
    });
  }
  return slots;
}

}  // namespace sdbtwin::ops_manager
