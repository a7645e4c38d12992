// The rows of each view, made from the state at one instant. Part of answers.h.
//
// An empty filter takes everything. A view that asks the nodes has rows of nodes that answer only:
// what is down or cannot be reached is missing, not marked. A view of the record shows it as the
// asked aggregator knows it, which may be long ago.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/singlestore/settings.h"
#include "model/singlestore/state.h"
#include "model/sql/rows.h"
#include "sim/core/time.h"

namespace sdbtwin::singlestore {

struct View {
  const ClusterState& state;
  const Settings& settings;
  const Node& asked;  // the node that answers
  sim::Time now;
};

std::vector<sql::LeafRow> leaf_rows(const View& view, std::string_view host);
std::vector<sql::AggregatorRow> aggregator_rows(const View& view);
std::vector<sql::ClusterStatusRow> cluster_status_rows(const View& view, std::string_view database,
                                                       std::string_view host);
std::vector<sql::ReplicationStatusRow> replication_rows(const View& view, std::string_view database,
                                                        std::string_view host);
std::vector<sql::PartitionRow> partition_rows(const View& view, std::string_view database,
                                              std::string_view host);
std::vector<sql::DatabaseStatusRow> database_rows(const View& view, std::string_view database);
std::vector<sql::TableStatisticsRow> table_rows(const View& view, std::string_view database,
                                                std::string_view host);
std::vector<sql::DiskUsageRow> disk_rows(const View& view, std::string_view database,
                                         std::string_view host);
std::vector<sql::VariableRow> variable_rows(const View& view, const Node& asked,
                                            std::string_view name);

}  // namespace sdbtwin::singlestore
