#include "model/sql/statement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "model/sql/answer.h"
#include "model/sql/names.h"

namespace sdbtwin::sql {
namespace {

std::vector<Statement> every_statement() {
  return {Ping(),
          ShowLeaves(),
          ShowAggregators(),
          ShowClusterStatus(),
          ReplicationStatus(),
          DistributedPartitions(),
          DatabasesStatus(),
          TableStatistics(),
          DataDiskUsage(),
          ShowVariable("redundancy_level"),
          WriteCheck(),
          ReadCheck()};
}

// Goal: traces and reports tell statements apart by name. Method: names of all are different.
TEST(Statement, EachHasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (const Statement& statement : every_statement()) names.insert(statement_name(statement));
  EXPECT_EQ(names.size(), std::variant_size_v<Statement>);
  EXPECT_EQ(names.count("leaves"), 1u);
}

// Goal: only the write check leaves its outcome unknown when the answer is lost.
TEST(Statement, OnlyTheWriteCheckWrites) {
  int writes = 0;
  for (const Statement& statement : every_statement()) writes += is_write(statement) ? 1 : 0;
  EXPECT_EQ(writes, 1);
  EXPECT_TRUE(is_write(Statement(WriteCheck())));
}

// Goal: a leaf answers a ping, the cluster's state is asked at an aggregator.
TEST(Statement, ScopeSaysWhichNodesRunIt) {
  EXPECT_EQ(statement_scope(Statement(Ping())), StatementScope::kAnyNode);
  EXPECT_EQ(statement_scope(Statement(ShowLeaves("x"))), StatementScope::kAnyAggregator);
  EXPECT_EQ(statement_scope(Statement(ShowClusterStatus())), StatementScope::kMasterAggregator);
}

// Goal: a caller that is told "no effect" may send a write again. Method: the two kinds whose
// outcome is unknown, and one that is not.
TEST(SqlError, OnlyATimeoutOrALostConnectionLeavesTheOutcomeOpen) {
  EXPECT_FALSE(SqlError::make(SqlErrorKind::kTimeout, "h").had_no_effect());
  EXPECT_FALSE(SqlError::make(SqlErrorKind::kConnectionLost, "h").had_no_effect());
  EXPECT_TRUE(SqlError::make(SqlErrorKind::kRefused, "h").had_no_effect());
}

// Goal: codes and words are those of a MySQL client.
TEST(SqlError, CarriesTheCodeAndTheSubject) {
  const SqlError upgrading = SqlError::make(SqlErrorKind::kClusterUpgrading, "");
  EXPECT_EQ(upgrading.code, 1706);
  const SqlError refused = SqlError::make(SqlErrorKind::kRefused, "demo-leaf-0:3306");
  EXPECT_EQ(refused.code, 2003);
  EXPECT_THAT(refused.message, testing::HasSubstr("demo-leaf-0:3306"));
}

// Goal: rows come out as they went in, and an error is not a value.
TEST(Answer, HoldsRowsOfOneTypeOrAnError) {
  LeafRow row;
  row.host = "demo-leaf-0";
  Answer good = ResultSet(std::vector<LeafRow>{row});
  ASSERT_TRUE(good.ok());
  EXPECT_EQ(good->size(), 1u);
  EXPECT_EQ(good->rows<LeafRow>().front().host, "demo-leaf-0");
  Answer bad = SqlError::make(SqlErrorKind::kUnknownHost, "h");
  EXPECT_FALSE(bad.ok());
  EXPECT_EQ(bad.error().kind, SqlErrorKind::kUnknownHost);
}

TEST(AnswerDeathTest, RowsOfAnotherTypeAbort) {
  const ResultSet rows(std::vector<CheckRow>{});
  EXPECT_DEATH((void)rows.rows<LeafRow>(), "");
}

// Goal: positions compare as the log does, across files, and print as the views print them.
TEST(LogPosition, OrdersByFileThenOffset) {
  EXPECT_LT((LogPosition{0, 900}), (LogPosition{1, 4}));
  EXPECT_EQ(to_string(LogPosition{0, 8832}), "0:8832");
}

}  // namespace
}  // namespace sdbtwin::sql
