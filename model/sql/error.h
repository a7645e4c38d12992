// Why a statement gave no rows. A closed set: a caller handles each kind, without a default.
//
// The kind is for decisions, code and message are what a MySQL client would show a person.
// kTimeout and kConnectionLost leave the outcome of a write unknown; every other kind means that
// the statement had no effect.
#pragma once

#include <string>
#include <string_view>

namespace sdbtwin::sql {

enum class SqlErrorKind {
  kUnknownHost,       // the name does not resolve (2005)
  kRefused,           // the host answers, no process listens (2003)
  kTimeout,           // no answer within the caller's time; outcome unknown
  kConnectionLost,    // the server went away after the statement was sent; outcome unknown (2013)
  kAccessDenied,      // wrong user or password (1045)
  kClusterUpgrading,  // refused while nodes of several versions work together (1706)
  kDatabaseOffline,   // a partition that the statement needs has no online master
  kReadOnly,          // this node or copy takes no writes now
  kNotMasterAggregator,  // only the master aggregator runs this statement
  kNotAggregator,        // a leaf cannot run this statement
  kUnknownDatabase,      // (1049)
  kOther,
};
std::string_view to_string(SqlErrorKind kind);

struct SqlError {
  SqlError(SqlErrorKind error_kind, int error_code, std::string text);
  // The code and the message that go with `kind`; `subject` is the host, user or database
  // concerned.
  static SqlError make(SqlErrorKind error_kind, std::string_view subject);

  // False when a write that failed this way may have been done.
  bool had_no_effect() const;

  SqlErrorKind kind;
  int code;  // MySQL or SingleStore error number; 0 when the client made it up (timeout)
  std::string message;
};

}  // namespace sdbtwin::sql
