// What the rules on other pods have in common: counting by topology, a label of nodes and a value
// of it (zone a, node x).
#pragma once

#include <cstdint>
#include <map>
#include <string_view>
#include <utility>

#include "model/api/affinity.h"
#include "model/cluster/scheduler/node_pool.h"
#include "model/cluster/scheduler/node_selector.h"

namespace sdbtwin::cluster {

// By label key and value. The views are those of the terms and nodes that are being looked at.
class TopologyCounts {
 public:
  bool empty() const { return counts_.empty(); }
  // Effect: the node's place counts so much more; nothing when it has no such label.
  void add(std::string_view key, const api::Node& node, int64_t amount) {
    if (const std::string* value = node_label(node, key)) counts_[{key, *value}] += amount;
  }
  // Of the node's place; 0 when it has no such label.
  int64_t at(std::string_view key, const api::Node& node) const {
    const std::string* value = node_label(node, key);
    if (value == nullptr) return 0;
    const auto found = counts_.find({key, *value});
    return found == counts_.end() ? 0 : found->second;
  }
  // Sum over all keys of what is counted at the node's places.
  int64_t total(const api::Node& node) const {
    int64_t sum = 0;
    for (const auto& [place, amount] : counts_) {
      const std::string* value = node_label(node, place.first);
      if (value != nullptr && *value == place.second) sum += amount;
    }
    return sum;
  }
  // Whether anything is counted at any of the node's places.
  bool any(const api::Node& node) const {
    for (const auto& [place, amount] : counts_) {
      const std::string* value = node_label(node, place.first);
      if (value != nullptr && *value == place.second && amount > 0) return true;
    }
    return false;
  }

 private:
  std::map<std::pair<std::string_view, std::string_view>, int64_t> counts_;
};

}  // namespace sdbtwin::cluster
