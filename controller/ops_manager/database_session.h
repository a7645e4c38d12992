// DatabaseSession: the way of one request to its database. Knows the credentials and who the master
// aggregator is, asks it, and finds both again when they have changed.
//
// Forgets nothing that matters: everything in it can be read again, so it dies with the process.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "controller/kit/kubedb.h"
#include "model/api/client.h"
#include "model/sql/client.h"
#include "sim/core/task.h"

namespace sdbtwin::ops_manager {

// Below the poll, so that one silent query does not cost two polls [us].
inline constexpr sim::Duration kQueryTimeout = std::chrono::seconds(4);

class DatabaseSession {
 public:
  DatabaseSession(api::Client& client, sql::DatabaseClient& database_client)
      : client_(client), database_client_(database_client) {}

  // Effect: asks the master aggregator. When the one we know says that it is not, the aggregators
  // are asked who is, and the statement is sent once more.
  template <class S>
  sim::Task<sql::Rows<typename S::Row>> ask(std::shared_ptr<const api::Singlestore> database,
                                            S statement) {
    if (auto problem = co_await prepare(database)) co_return std::move(*problem);
    sql::Endpoint endpoint(master_host_);
    auto rows = co_await sql::query_rows<S>(database_client_, endpoint, *credentials_, statement,
                                            kQueryTimeout);
    if (rows) co_return rows;
    note(rows.error());
    if (rows.error().kind != sql::SqlErrorKind::kNotMasterAggregator) co_return rows;
    const bool found = co_await find_master(database);
    if (!found) co_return rows;
    endpoint.host = master_host_;
    co_return co_await sql::query_rows<S>(database_client_, endpoint, *credentials_, statement,
                                          kQueryTimeout);
  }

  // SELECT 1 on one pod.
  sim::Task<sql::Rows<sql::CheckRow>> ping(std::shared_ptr<const api::Singlestore> database,
                                           std::string host);

  // 1 or 2, by the master aggregator's own variable; nullopt: could not be read. Asked once.
  sim::Task<std::optional<int>> redundancy(std::shared_ptr<const api::Singlestore> database);

 private:
  // Credentials and a first guess at the master; the problem if there is one.
  sim::Task<std::optional<sql::SqlError>> prepare(std::shared_ptr<const api::Singlestore> database);
  sim::Task<bool> find_master(std::shared_ptr<const api::Singlestore> database);
  // A refused password is read again next time.
  void note(const sql::SqlError& error);

  api::Client& client_;
  sql::DatabaseClient& database_client_;
  std::optional<sql::Credentials> credentials_;
  std::string master_host_;
  std::optional<int> redundancy_;
};

}  // namespace sdbtwin::ops_manager
