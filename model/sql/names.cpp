#include "model/sql/names.h"

#include <fmt/format.h>

#include "sim/core/assert.h"

namespace sdbtwin::sql {

std::string_view to_string(NodeState state) {
  switch (state) {
    case NodeState::kUnknown:
      return "unknown";
    case NodeState::kOnline:
      return "online";
    case NodeState::kOffline:
      return "offline";
    case NodeState::kRecovering:
      return "recovering";
    case NodeState::kAttaching:
      return "attaching";
    case NodeState::kDetached:
      return "detached";
  }
  SIM_UNREACHABLE();
}

std::string_view to_string(NodeType type) {
  switch (type) {
    case NodeType::kMasterAggregator:
      return "MA";
    case NodeType::kChildAggregator:
      return "CA";
    case NodeType::kLeaf:
      return "LEAF";
  }
  SIM_UNREACHABLE();
}

std::string_view to_string(AggregatorRole role) {
  switch (role) {
    case AggregatorRole::kLeader:
      return "leader";
    case AggregatorRole::kFollower:
      return "follower";
  }
  SIM_UNREACHABLE();
}

std::string_view to_string(InstanceState state) {
  switch (state) {
    case InstanceState::kOnline:
      return "online";
    case InstanceState::kReplicating:
      return "replicating";
    case InstanceState::kRecovering:
      return "recovering";
    case InstanceState::kPending:
      return "pending";
    case InstanceState::kProvisioning:
      return "provisioning";
    case InstanceState::kTransition:
      return "transition";
    case InstanceState::kUnrecoverable:
      return "unrecoverable";
    case InstanceState::kOffline:
      return "offline";
  }
  SIM_UNREACHABLE();
}

std::string_view to_string(InstanceRole role) {
  switch (role) {
    case InstanceRole::kMaster:
      return "master";
    case InstanceRole::kSlave:
      return "slave";
    case InstanceRole::kReference:
      return "reference";
    case InstanceRole::kOrphan:
      return "orphan";
  }
  SIM_UNREACHABLE();
}

std::string_view to_string(PartitionSync sync) {
  switch (sync) {
    case PartitionSync::kEmpty:
      return "";
    case PartitionSync::kAsync:
      return "ASYNC";
    case PartitionSync::kReady:
      return "READY";
    case PartitionSync::kSync:
      return "SYNC";
    case PartitionSync::kUnrecoverable:
      return "UNRECOVERABLE";
  }
  SIM_UNREACHABLE();
}

std::string_view to_string(DatabaseSummary summary) {
  switch (summary) {
    case DatabaseSummary::kHealthy:
      return "healthy";
    case DatabaseSummary::kDegraded:
      return "degraded";
    case DatabaseSummary::kOffline:
      return "offline";
  }
  SIM_UNREACHABLE();
}

std::string to_string(LogPosition position) {
  return fmt::format("{}:{}", position.file, position.offset);
}

}  // namespace sdbtwin::sql
