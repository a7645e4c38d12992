// Which nodes and copies a statement's filters leave. Part of rows.h.
#pragma once

#include <cstddef>
#include <string_view>

#include "model/singlestore/rows.h"

namespace sdbtwin::singlestore {

inline bool matches(std::string_view filter, std::string_view value) {
  return filter.empty() || filter == value;
}

// A node whose process the aggregator that is asked can ask.
inline bool answers(const View& view, const Node& node) {
  return node.member && node.in_contact() && view.state.reach(view.asked, node);
}

template <class Visit>
void each_node(const View& view, std::string_view host, Visit visit) {
  if (!host.empty()) {
    if (const Node* node = view.state.find_host(host)) visit(*node);
    return;
  }
  for (const Node& node : view.state.nodes) visit(node);
}

// visit(database, partition, id) for each partition copy that the filters leave.
template <class Visit>
void each_copy(const View& view, std::string_view database, std::string_view host, Visit visit) {
  const ClusterState& state = view.state;
  if (!host.empty()) {
    const Node* node = state.find_host(host);
    if (node == nullptr) return;
    for (const CopyId& id : node->copies) {
      const Database& owner = state.databases[static_cast<std::size_t>(id.database)];
      if (matches(database, owner.name)) visit(owner, state.partition(id), id);
    }
    return;
  }
  for (int d = 0; d < static_cast<int>(state.databases.size()); ++d) {
    const Database& owner = state.databases[static_cast<std::size_t>(d)];
    if (!matches(database, owner.name)) continue;
    for (const Partition& partition : owner.partitions) {
      for (int c = 0; c < static_cast<int>(partition.copies.size()); ++c) {
        visit(owner, partition, CopyId{d, partition.ordinal, c});
      }
    }
  }
}

}  // namespace sdbtwin::singlestore
