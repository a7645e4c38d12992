// Node selectors: nodeSelector, node affinity (required and preferred) and the affinity of volumes.
// The plugin NodeAffinity. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "model/api/affinity.h"
#include "model/api/core.h"
#include "model/cluster/scheduler/pod_info.h"

namespace sdbtwin::cluster {

inline constexpr std::string_view kHostnameLabel = "kubernetes.io/hostname";

// A node's label; null: it has none. Every kubelet sets the hostname label, so a node without it
// has its name there [us].
const std::string* node_label(const api::Node& node, std::string_view key);

// Terms are alternatives, the requirements of a term must all hold, and an empty term matches
// nothing.
bool matches(const api::NodeSelectorTerm& term, const api::Node& node);
bool matches(const api::NodeSelector& selector, const api::Node& node);
// nodeSelector and the required node affinity: both must hold.
bool wants_node(const api::PodSpec& pod, const api::Node& node);
// Sum of the weights of the preferences that the node meets.
int64_t preference_for(const PodInfo& pod, const api::Node& node);

}  // namespace sdbtwin::cluster
