// Taints of nodes and who tolerates them (core/v1; pkg/apis/core/v1/helper of Kubernetes). Pure.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "model/api/core.h"
#include "model/api/pod_spec.h"

namespace sdbtwin::api {

// Well-known keys. The node lifecycle controller writes all but the last, which a human writes.
inline constexpr std::string_view kTaintNotReady = "node.kubernetes.io/not-ready";
inline constexpr std::string_view kTaintUnreachable = "node.kubernetes.io/unreachable";
inline constexpr std::string_view kTaintUnschedulable = "node.kubernetes.io/unschedulable";
inline constexpr std::string_view kTaintMemoryPressure = "node.kubernetes.io/memory-pressure";
inline constexpr std::string_view kTaintDiskPressure = "node.kubernetes.io/disk-pressure";
inline constexpr std::string_view kTaintPidPressure = "node.kubernetes.io/pid-pressure";
inline constexpr std::string_view kTaintNetworkUnavailable =
    "node.kubernetes.io/network-unavailable";
inline constexpr std::string_view kTaintOutOfService = "node.kubernetes.io/out-of-service";

// Condition types of a Node that its kubelet keeps.
inline constexpr std::string_view kNodeReady = "Ready";
inline constexpr std::string_view kNodeMemoryPressure = "MemoryPressure";
inline constexpr std::string_view kNodeDiskPressure = "DiskPressure";
inline constexpr std::string_view kNodePidPressure = "PIDPressure";
inline constexpr std::string_view kNodeNetworkUnavailable = "NetworkUnavailable";

// An empty key with operator Exists tolerates every key; an empty effect, every effect.
bool tolerates(const Toleration& toleration, const Taint& taint);

// How long a pod with these tolerations stays on a node with these NoExecute taints (tainteviction:
// the shortest tolerationSeconds of the tolerations that are used; not above 0 counts as 0).
// nullopt: for ever. Zero: not at all, as one is not tolerated.
std::optional<int64_t> tolerated_seconds(const std::vector<Toleration>& tolerations,
                                         const std::vector<Taint>& taints);

// Those with effect NoExecute.
std::vector<Taint> no_execute_taints(const std::vector<Taint>& taints);

// Null: there is none of this key, and of this effect unless that is kUnset.
const Taint* find_taint(const std::vector<Taint>& taints, std::string_view key, TaintEffect effect);

bool is_node_ready(const Node& node);  // condition Ready is True

}  // namespace sdbtwin::api
