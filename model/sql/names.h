// The words that stand in the state and role columns of the real views, as closed enums.
//
// to_string gives the word as the view spells it. Sources: reference/singlestore.md 2.7-2.12, 3.3.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace sdbtwin::sql {

// SHOW LEAVES, SHOW AGGREGATORS: State. 3.3; aggregators use kOnline and kOffline.
enum class NodeState : std::uint8_t {
  kUnknown,
  kOnline,
  kOffline,     // the master aggregator cannot reach it
  kRecovering,  // restarted, loads data from its disk
  kAttaching,   // reachable again, the master aggregator brings it back
  kDetached,    // taken out on purpose
};
std::string_view to_string(NodeState state);

// What a node is. NODE_TYPE of TABLE_STATISTICS.
enum class NodeType : std::uint8_t { kMasterAggregator, kChildAggregator, kLeaf };
std::string_view to_string(NodeType type);  // "MA", "CA", "LEAF"

// SHOW AGGREGATORS: Role.
enum class AggregatorRole : std::uint8_t { kLeader, kFollower };
std::string_view to_string(AggregatorRole role);

// MV_CLUSTER_STATUS: STATE of one database instance (a partition's copy or a reference database) on
// one node. 2.11.
enum class InstanceState : std::uint8_t {
  kOnline,         // read and write
  kReplicating,    // read only, follows its master's log
  kRecovering,     // replays snapshot and log from its own disk
  kPending,        // recovered, waits for the master aggregator to attach it
  kProvisioning,   // downloads a snapshot from its master
  kTransition,     // changes role
  kUnrecoverable,  // its data cannot be read
  kOffline,
};
std::string_view to_string(InstanceState state);

// MV_CLUSTER_STATUS: ROLE.
enum class InstanceRole : std::uint8_t { kMaster, kSlave, kReference, kOrphan };
std::string_view to_string(InstanceRole role);

// DISTRIBUTED_PARTITIONS: STATE. 2.9. kEmpty is what an online master shows.
enum class PartitionSync : std::uint8_t { kEmpty, kAsync, kReady, kSync, kUnrecoverable };
std::string_view to_string(PartitionSync sync);

// MV_DISTRIBUTED_DATABASES_STATUS: SUMMARY. 2.10.
enum class DatabaseSummary : std::uint8_t { kHealthy, kDegraded, kOffline };
std::string_view to_string(DatabaseSummary summary);

// <LogFileId>:<ByteOffsetInLogFile>. 2.5. Ordered as the log is.
struct LogPosition {
  std::int64_t file = 0;
  std::int64_t offset = 0;
  friend auto operator<=>(const LogPosition&, const LogPosition&) = default;
};
std::string to_string(LogPosition position);

}  // namespace sdbtwin::sql
