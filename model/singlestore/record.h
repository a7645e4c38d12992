// What the master aggregator had on record at one instant: the copy of the `cluster` database of an
// aggregator that does not hear it any more.
//
// Such an aggregator goes on with it: it routes reads and writes by it, and answers statements
// about states from it. Taken when an aggregator loses its stream; immutable; shared by those that
// lose it at the same time.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "model/sql/names.h"
#include "sim/core/time.h"

namespace sdbtwin::singlestore {

class ClusterState;

struct CopyRecord {
  sql::InstanceRole role = sql::InstanceRole::kSlave;
  sql::PartitionSync sync = sql::PartitionSync::kAsync;
  bool unrecoverable = false;
};

struct PartitionRecord {
  int master = 0;
  bool offline = true;
  std::int64_t term = 1;
  std::array<CopyRecord, 2> copies;
};

struct ClusterRecord {
  sim::Time at{};
  std::int64_t cluster_incarnation = 0;
  std::vector<sql::NodeState> nodes;                    // by index
  std::vector<std::vector<PartitionRecord>> databases;  // by index and ordinal
};

ClusterRecord record_of(const ClusterState& state, sim::Time now);

// The entry of one partition now.
PartitionRecord partition_record(const ClusterState& state, int database, int ordinal);

}  // namespace sdbtwin::singlestore
