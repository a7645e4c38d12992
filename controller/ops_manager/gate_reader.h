// Reads the rows that the gates of one node need, in one pass, and evaluates them. Stops at the
// first gate that waits: what comes after it would prove nothing.
//
// The number of queries does not depend on the size of the cluster; each is filtered by host,
// except the one row per database that redundancy 2 needs.
#pragma once

#include <memory>
#include <string>

#include "controller/ops_manager/database_session.h"
#include "controller/ops_manager/gates.h"
#include "controller/ops_manager/rollout_order.h"
#include "controller/ops_manager/snapshot.h"

namespace sdbtwin::ops_manager {

class GateReader {
 public:
  GateReader(DatabaseSession& session, std::shared_ptr<const api::Singlestore> database,
             GateLimits limits)
      : session_(session), database_(std::move(database)), limits_(limits) {}

  // All gates of the node. `baseline` null: sizes are not looked at.
  sim::Task<GateReport> read(PodSlot slot, const Baseline* baseline);

  // Redundancy 2, a leaf that has not been restarted: are its copies and their second copies almost
  // the same? A restart makes the second copies masters. Nullopt: there is nothing to compare.
  sim::Task<std::optional<GateReading>> read_copies(PodSlot slot);

  // The rows that each instance of the node holds now; nullopt: could not be read, or the node is
  // not online.
  sim::Task<std::optional<Baseline>> read_baseline(PodSlot slot);

 private:
  // Each fills in the rows of one gate; the error is the reason why it must wait.
  sim::Task<std::optional<sql::SqlError>> read_node(NodeRows& rows);
  sim::Task<std::optional<sql::SqlError>> read_replication(NodeRows& rows);
  sim::Task<std::optional<sql::SqlError>> read_cluster(NodeRows& rows);
  sim::Task<std::optional<sql::SqlError>> read_sizes(NodeRows& rows);
  sim::Task<GateReport> read_standalone(PodSlot slot);

  DatabaseSession& session_;
  std::shared_ptr<const api::Singlestore> database_;
  GateLimits limits_;
};

}  // namespace sdbtwin::ops_manager
