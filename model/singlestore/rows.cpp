// The rows of the views that show the record.
#include "model/singlestore/rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include "model/singlestore/rows_filter.h"
#include "model/sql/endpoint.h"

namespace sdbtwin::singlestore {

using sql::InstanceRole;
using sql::InstanceState;
using sql::NodeState;

namespace {

// SHOW LEAVES' sample: 0.26 to 0.30 ms (reference/singlestore.md 2.12).
constexpr std::int64_t kRoundTripUs = 280;
constexpr std::int64_t kConnectionsToOnlineNode = 2;  // [us]

// What the aggregator that is asked has on record: as it is, or as it was when it was cut off.
NodeState recorded(const View& view, const Node& node) {
  if (view.asked.stale == nullptr) return node.recorded;
  const auto& nodes = view.asked.stale->nodes;
  const auto index = static_cast<std::size_t>(node.index);
  return index < nodes.size() ? nodes[index] : NodeState::kUnknown;
}

// nullopt: it does not know the partition.
std::optional<PartitionRecord> recorded(const View& view, const CopyId& id) {
  if (view.asked.stale == nullptr) return partition_record(view.state, id.database, id.ordinal);
  const ClusterRecord& record = *view.asked.stale;
  const auto database = static_cast<std::size_t>(id.database);
  const bool known = record.cluster_incarnation == view.state.cluster_incarnation &&
                     database < record.databases.size();
  if (!known) return std::nullopt;
  return record.databases[database][static_cast<std::size_t>(id.ordinal)];
}

}  // namespace

std::vector<sql::LeafRow> leaf_rows(const View& view, std::string_view host) {
  std::vector<sql::LeafRow> rows;
  each_node(view, host, [&](const Node& node) {
    if (node.kind != NodeKind::kLeaf || !node.member) return;
    sql::LeafRow row;
    row.host = node.host;
    row.port = sql::kDefaultPort;
    row.availability_group = node.availability_group;
    if (node.pair >= 0) {
      row.pair_host = view.state.node(node.pair).host;
      row.pair_port = sql::kDefaultPort;
    }
    row.state = recorded(view, node);
    const bool online = row.state == NodeState::kOnline;
    row.opened_connections = online ? kConnectionsToOnlineNode : 0;
    row.average_roundtrip_latency_us = online ? kRoundTripUs : 0;
    row.node_id = node.node_id;
    rows.push_back(std::move(row));
  });
  return rows;
}

std::vector<sql::AggregatorRow> aggregator_rows(const View& view) {
  std::vector<sql::AggregatorRow> rows;
  for (const int index : view.state.aggregators) {
    const Node& node = view.state.node(index);
    if (!node.member) continue;
    const bool master = view.state.is_master_aggregator(node);
    const bool online = recorded(view, node) == NodeState::kOnline;
    sql::AggregatorRow row;
    row.host = node.host;
    row.port = sql::kDefaultPort;
    row.state = recorded(view, node);
    row.opened_connections = online && !master ? kConnectionsToOnlineNode : 0;
    row.average_roundtrip_latency_us = online && !master ? kRoundTripUs : 0;
    row.master_aggregator = master;
    row.role = master ? sql::AggregatorRole::kLeader : sql::AggregatorRole::kFollower;
    row.node_id = node.node_id;
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<sql::PartitionRow> partition_rows(const View& view, std::string_view database,
                                              std::string_view host) {
  std::vector<sql::PartitionRow> rows;
  each_copy(view, database, host,
            [&](const Database& owner, const Partition& partition, const CopyId& id) {
              const Copy& copy = view.state.copy(id);
              const Node& node = view.state.node(copy.node);
              const std::optional<PartitionRecord> record = recorded(view, id);
              if (!record) return;
              const CopyRecord& known = record->copies[static_cast<std::size_t>(id.copy)];
              const bool master = known.role == InstanceRole::kMaster;
              sql::PartitionRow row;
              row.database_name = owner.name;
              row.ordinal = partition.ordinal;
              row.role = known.role;
              row.node_id = node.node_id;
              row.host = node.host;
              row.port = sql::kDefaultPort;
              row.is_offline =
                  master ? record->offline : recorded(view, node) != NodeState::kOnline;
              row.sync_desired = owner.sync_replication;
              row.state = master ? sql::PartitionSync::kEmpty : known.sync;
              if (known.unrecoverable) {
                row.state = sql::PartitionSync::kUnrecoverable;
              }
              row.term = record->term;
              rows.push_back(std::move(row));
            });
  return rows;
}

std::vector<sql::DatabaseStatusRow> database_rows(const View& view, std::string_view database) {
  std::vector<sql::DatabaseStatusRow> rows;
  for (const Database& owner : view.state.databases) {
    if (!matches(database, owner.name)) continue;
    const InstanceCounts& counts = owner.counts;
    const auto count = [&counts](InstanceState state) {
      return counts.by_state[static_cast<std::size_t>(state)];
    };
    int read_by_now = 0;
    for (const auto& [ordinal, copy] : counts.recovering) {
      const Partition& partition = owner.partitions[static_cast<std::size_t>(ordinal)];
      const Copy& recovering = partition.copies[static_cast<std::size_t>(copy)];
      read_by_now += view.now >= recovering.recovered_at ? 1 : 0;
    }
    sql::DatabaseStatusRow row;
    row.database_name = owner.name;
    row.num_partitions = static_cast<int>(owner.partitions.size());
    row.online = count(InstanceState::kOnline);
    row.replicating = count(InstanceState::kReplicating);
    row.recovering =
        count(InstanceState::kRecovering) + count(InstanceState::kProvisioning) - read_by_now;
    row.pending = count(InstanceState::kPending) + read_by_now;
    row.transition = count(InstanceState::kTransition);
    row.unrecoverable = count(InstanceState::kUnrecoverable);
    row.offline = count(InstanceState::kOffline);
    row.replication_mode_differs = owner.sync_replication && counts.unsynced_slaves > 0;
    const bool degraded = row.replication_mode_differs || counts.disconnected_slaves > 0;
    row.summary = owner.unserved_partitions > 0 ? sql::DatabaseSummary::kOffline
                  : degraded                    ? sql::DatabaseSummary::kDegraded
                                                : sql::DatabaseSummary::kHealthy;
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<sql::VariableRow> variable_rows(const View& view, const Node& asked,
                                            std::string_view name) {
  std::string value;
  if (name == "redundancy_level") {
    value = fmt::format("{}", view.state.redundancy);
  } else if (name == "memsql_version") {
    value = asked.version;
  } else if (name == "leaf_failover_fanout") {
    const bool paired = view.settings.fanout == LeafFanout::kPaired;
    value = paired ? "paired" : "load_balanced";
  } else if (name == "default_partitions_per_leaf") {
    value = fmt::format("{}", UserDatabase{}.partitions_per_leaf);
  } else {
    return {};
  }
  return {sql::VariableRow{std::string(name), std::move(value)}};
}

}  // namespace sdbtwin::singlestore
