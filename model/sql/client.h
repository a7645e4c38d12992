// A process's way to the database: one statement at a time, typed rows back.
//
// A client belongs to one process; a call in flight when the process dies is dropped on the
// client's side and may still be done by the server. Implementations: the twin's
// (model/singlestore) and, one day, a MySQL protocol client. Nothing above this interface may see
// the model's truth.
#pragma once

#include <utility>
#include <vector>

#include "model/sql/answer.h"
#include "model/sql/endpoint.h"
#include "model/sql/statement.h"
#include "sim/core/task.h"
#include "sim/core/time.h"

namespace sdbtwin::sql {

class DatabaseClient {
 public:
  virtual ~DatabaseClient() = default;

  // Effect: connects to `endpoint` as `credentials`, runs `statement` once, disconnects.
  // The rows are the server's state at the instant at which the server answered, which lies between
  // the call and the return. `timeout` (> 0) bounds connect, statement and answer together; after
  // it the result is kTimeout, at exactly that instant.
  virtual sim::Task<Answer> query(Endpoint endpoint, Credentials credentials, Statement statement,
                                  sim::Duration timeout) = 0;
};

template <class Row>
using Rows = Result<std::vector<Row>>;

// query() with the statement's own row type: `co_await query_rows(client, at, as, ShowLeaves(),
// 10s)`. `client` must outlive the task.
template <class S>
sim::Task<Rows<typename S::Row>> query_rows(DatabaseClient& client, Endpoint endpoint,
                                            Credentials credentials, S statement,
                                            sim::Duration timeout) {
  Statement general(std::move(statement));
  Answer answer = co_await client.query(std::move(endpoint), std::move(credentials),
                                        std::move(general), timeout);
  if (!answer.ok()) co_return Rows<typename S::Row>(answer.error());
  co_return Rows<typename S::Row>(std::move(answer).value().template take<typename S::Row>());
}

}  // namespace sdbtwin::sql
