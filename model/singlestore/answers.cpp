#include "model/singlestore/answers.h"

#include <vector>

#include "model/singlestore/rows.h"
#include "sim/core/assert.h"

namespace sdbtwin::singlestore {

using sql::Answer;
using sql::ResultSet;
using sql::SqlError;
using sql::SqlErrorKind;

namespace {

class Answering {
 public:
  Answering(const View& view, const Node& asked) : view_(view), asked_(asked) {}

  Answer operator()(const sql::Ping&) const { return one(1); }
  Answer operator()(const sql::ShowLeaves& s) const { return ResultSet(leaf_rows(view_, s.host)); }
  Answer operator()(const sql::ShowAggregators&) const { return ResultSet(aggregator_rows(view_)); }
  Answer operator()(const sql::ShowClusterStatus& s) const {
    return ResultSet(cluster_status_rows(view_, s.database, s.host));
  }
  Answer operator()(const sql::ReplicationStatus& s) const {
    return ResultSet(replication_rows(view_, s.database, s.host));
  }
  Answer operator()(const sql::DistributedPartitions& s) const {
    return ResultSet(partition_rows(view_, s.database, s.host));
  }
  Answer operator()(const sql::DatabasesStatus& s) const {
    return ResultSet(database_rows(view_, s.database));
  }
  Answer operator()(const sql::TableStatistics& s) const {
    return ResultSet(table_rows(view_, s.database, s.host));
  }
  Answer operator()(const sql::DataDiskUsage& s) const {
    return ResultSet(disk_rows(view_, s.database, s.host));
  }
  Answer operator()(const sql::ShowVariable& s) const {
    return ResultSet(variable_rows(view_, asked_, s.name));
  }
  // One row is written over and over, so that checks do not grow the table [us].
  Answer operator()(const sql::WriteCheck&) const { return health(); }
  Answer operator()(const sql::ReadCheck&) const { return health(); }

 private:
  static Answer one(std::int64_t value) {
    return ResultSet(std::vector<sql::CheckRow>{sql::CheckRow{value}});
  }

  Answer health() const {
    const Database* health = view_.state.find_database(kHealthDatabase);
    if (health == nullptr) return SqlError::make(SqlErrorKind::kUnknownDatabase, kHealthDatabase);
    const int index = static_cast<int>(health - view_.state.databases.data());
    for (const Partition& partition : health->partitions) {
      int copy = 0;
      const auto access = view_.state.access(asked_, CopyId{index, partition.ordinal, 0}, copy);
      if (access == ClusterState::Access::kServed) continue;
      return SqlError::make(SqlErrorKind::kDatabaseOffline, kHealthDatabase);
    }
    return one(1);
  }

  const View& view_;
  const Node& asked_;
};

bool may_run(const ClusterState& state, const Node& asked, sql::StatementScope scope,
             SqlErrorKind& refusal) {
  switch (scope) {
    case sql::StatementScope::kAnyNode:
      return true;
    case sql::StatementScope::kAnyAggregator:
      refusal = SqlErrorKind::kNotAggregator;
      return state.usable_aggregator(asked);
    case sql::StatementScope::kMasterAggregator:
      refusal = SqlErrorKind::kNotMasterAggregator;
      return state.master_active && state.is_master_aggregator(asked);
  }
  SIM_UNREACHABLE();
}

}  // namespace

bool waits(const ClusterState& state, const Node& asked, const sql::Statement& statement) {
  const bool write = std::holds_alternative<sql::WriteCheck>(statement);
  if (!write && !std::holds_alternative<sql::ReadCheck>(statement)) return false;
  const Database* health = state.find_database(kHealthDatabase);
  if (health == nullptr || !state.usable_aggregator(asked)) return false;
  const int index = static_cast<int>(health - state.databases.data());
  bool waiting = false;
  for (const Partition& partition : health->partitions) {
    CopyId id{index, partition.ordinal, 0};
    switch (state.access(asked, id, id.copy)) {
      case ClusterState::Access::kOffline:
        return false;  // refused at once, whatever the others do
      case ClusterState::Access::kSilent:
        waiting = true;
        break;
      case ClusterState::Access::kServed:
        waiting = waiting || (write && !state.commits(id));
        break;
    }
  }
  return waiting;
}

Answer answer(const ClusterState& state, const Settings& settings, const Node& asked,
              const sql::Statement& statement, sim::Time now) {
  SIM_ASSERT(asked.running());
  SqlErrorKind refusal = SqlErrorKind::kOther;
  if (!may_run(state, asked, sql::statement_scope(statement), refusal)) {
    return SqlError::make(refusal, asked.host);
  }
  const View view{state, settings, asked, now};
  return std::visit(Answering(view, asked), statement);
}

}  // namespace sdbtwin::singlestore
