// Room on a node: the plugins NodeResourcesFit (filter, and the score LeastAllocated) and
// NodeResourcesBalancedAllocation. Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "model/cluster/scheduler/node_pool.h"
#include "model/cluster/scheduler/rejection.h"

namespace sdbtwin::cluster {

// All that is short is named. A pod that asks for more than the node has at all cannot be helped by
// evictions.
std::optional<Rejection> no_room(const NodeInfo& node, const PodInfo& pod);
// 0..100: mean over cpu and memory of what would be left.
int64_t least_allocated(const NodeInfo& node, const PodInfo& pod);
// 0..100: how equal the used shares of cpu and memory would be.
int64_t balanced_allocation(const NodeInfo& node, const PodInfo& pod);

}  // namespace sdbtwin::cluster
