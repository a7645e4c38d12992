#include "model/singlestore/record.h"

#include <cstddef>

#include "model/singlestore/state.h"

namespace sdbtwin::singlestore {

PartitionRecord partition_record(const ClusterState& state, int database, int ordinal) {
  const Partition& partition = state.databases[static_cast<std::size_t>(database)]
                                   .partitions[static_cast<std::size_t>(ordinal)];
  PartitionRecord record;
  record.master = partition.master;
  record.offline = partition.offline;
  record.term = partition.term;
  for (std::size_t c = 0; c < partition.copies.size(); ++c) {
    const Copy& copy = partition.copies[c];
    record.copies[c] =
        CopyRecord{copy.role, copy.sync, copy.state == sql::InstanceState::kUnrecoverable};
  }
  return record;
}

ClusterRecord record_of(const ClusterState& state, sim::Time now) {
  ClusterRecord record;
  record.at = now;
  record.cluster_incarnation = state.cluster_incarnation;
  for (const Node& node : state.nodes) record.nodes.push_back(node.recorded);
  for (std::size_t d = 0; d < state.databases.size(); ++d) {
    std::vector<PartitionRecord>& partitions = record.databases.emplace_back();
    for (const Partition& partition : state.databases[d].partitions) {
      partitions.push_back(partition_record(state, static_cast<int>(d), partition.ordinal));
    }
  }
  return record;
}

}  // namespace sdbtwin::singlestore
