// From the name of a partition in the trace ("app_3") to the truth and to its clients' memory.
#pragma once

#include <string_view>

#include "model/singlestore/state.h"
#include "model/singlestore/workload.h"

namespace sdbtwin::invariants {

// What belongs together; nothing is owned.
struct PartitionTruth {
  const singlestore::Database* database = nullptr;
  const singlestore::Partition* partition = nullptr;
  const singlestore::PartitionClients* clients = nullptr;

  explicit operator bool() const { return clients != nullptr; }
};

// Empty when there is none (any more).
PartitionTruth find_partition(const singlestore::ClusterState& state,
                              const singlestore::ClientLog& log, std::string_view name);
PartitionTruth find_partition(const singlestore::ClientLog& log,
                              const singlestore::Database& database, std::size_t ordinal);

}  // namespace sdbtwin::invariants
