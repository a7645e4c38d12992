// In which order the pods of a database are restarted: a policy, as a pure function.
//
// kAggregatorsFirst is what KubeDB's recorded Restart run does: aggregators, then leaves, ascending
// ordinals. kLeavesFirst is SingleStore's documented online upgrade order (singlestore.md 4.1): the
// leaves of one availability group after the other, then child aggregators, the master last.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "controller/kit/kubedb.h"

namespace sdbtwin::ops_manager {

enum class RolloutOrder : std::uint8_t { kAggregatorsFirst, kLeavesFirst };
std::string_view to_string(RolloutOrder order);

struct PodSlot {
  std::string pod;
  kit::Role role = kit::Role::kLeaf;
  std::string petset;
};

struct PetSetSize {
  std::string petset;
  kit::Role role = kit::Role::kLeaf;
  std::int32_t replicas = 0;

  bool operator==(const PetSetSize&) const = default;
};

// What kLeavesFirst needs to know of the database. A pod that is not listed counts as group 1.
struct NodePlaces {
  std::map<std::string, int, std::less<>> group_of_pod;
  std::string master_pod;
};

std::vector<PodSlot> rollout_order(const std::vector<PetSetSize>& petsets, RolloutOrder order,
                                   const NodePlaces& places);

}  // namespace sdbtwin::ops_manager
