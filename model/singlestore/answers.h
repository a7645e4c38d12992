// What a node answers to a statement: rows from the state at one instant.
//
// A pure function of the state. Costs as much as its rows, plus the partitions of one database
// where a statement is filtered by database only; a filter by host never visits other hosts.
#pragma once

#include "model/singlestore/settings.h"
#include "model/singlestore/state.h"
#include "model/sql/answer.h"
#include "model/sql/statement.h"
#include "sim/core/time.h"

namespace sdbtwin::singlestore {

// The statement has no answer yet: it waits for a leaf whose packets get lost, or for a commit that
// waits for its replica (2.3). It has one, or still waits, after a change of the state.
bool waits(const ClusterState& state, const Node& asked, const sql::Statement& statement);

// Precondition: the node's process runs, its packets pass, and the statement does not wait.
sql::Answer answer(const ClusterState& state, const Settings& settings, const Node& asked,
                   const sql::Statement& statement, sim::Time now);

// <file>:<offset> as the views print it, for log files of this size.
sql::LogPosition log_position(std::int64_t position, std::int64_t file_bytes);

}  // namespace sdbtwin::singlestore
