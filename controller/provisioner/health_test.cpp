#include "controller/provisioner/health.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "controller/provisioner/conditions.h"
#include "controller/provisioner/connection.h"
#include "controller/provisioner/fake_server.h"
#include "controller/provisioner/test_samples.h"

namespace sdbtwin::provisioner {
namespace {

using ::testing::ElementsAre;
using namespace std::chrono_literals;
using sql::SqlErrorKind;

// Fails in the ways the test has prepared, one per query; answers otherwise.
class ScriptedDatabase final : public sql::DatabaseClient {
 public:
  explicit ScriptedDatabase(sim::Runtime& runtime) : runtime_(runtime) {}

  sim::Task<sql::Answer> query(sql::Endpoint endpoint, sql::Credentials credentials,
                               sql::Statement statement, sim::Duration) override {
    asked_at.push_back(runtime_.now().time_since_epoch());
    statements.emplace_back(sql::statement_name(statement));
    last_host = endpoint.host;
    last_credentials = credentials;
    if (failures.empty()) co_return std::vector<sql::CheckRow>();
    const std::optional<SqlErrorKind> failure = failures.front();
    failures.pop_front();
    if (!failure) co_return std::vector<sql::CheckRow>();
    co_return sql::SqlError::make(*failure, "scripted");
  }

  std::deque<std::optional<SqlErrorKind>> failures;
  std::vector<sim::Duration> asked_at;
  std::vector<std::string> statements;
  std::string last_host;
  sql::Credentials last_credentials;

 private:
  sim::Runtime& runtime_;
};

class LiveCache final : public ObjectCache {
 public:
  explicit LiveCache(const FakeServer& server) : server_(server) {}
  api::ObjectPtr find(const api::ObjectRef& ref) override { return server_.get(ref); }
  void note(api::ObjectPtr) override {}

 private:
  const FakeServer& server_;
};

class HealthTest : public ::testing::Test {
 protected:
  HealthTest()
      : sql_(simulation_.runtime()),
        cache_(server_),
        health_(simulation_.runtime(), server_, sql_, cache_) {
    auto space = std::make_shared<api::Namespace>();
    space->metadata.name = "demo";
    server_.put(space);
    server_.put(sample_database());
    edit([](api::Singlestore& db) {
      set_sample_condition(db, kit::kProvisioned, api::ConditionStatus::kTrue);
    });
    server_.put(auth_secret_of(*database(), "secret"));
  }

  std::shared_ptr<const api::Singlestore> database() {
    return server_.get<api::Singlestore>("sample");
  }
  template <class Change>
  void edit(Change change) {
    auto next = api::copy(*database());
    change(*next);
    server_.put(next);
    server_.put_status(next);
  }
  void run_for(sim::Duration duration) { simulation_.run_until(simulation_.now() + duration); }
  std::string status_of(std::string_view type) {
    const auto* condition = api::find_condition(database()->status->conditions, type);
    return condition == nullptr ? "absent" : std::string(to_string(condition->status));
  }
  std::size_t status_writes() {
    return static_cast<std::size_t>(
        std::ranges::count(server_.calls, "update Singlestore demo/sample /status"));
  }

  sim::Simulation simulation_{1};
  FakeServer server_;
  ScriptedDatabase sql_;
  LiveCache cache_;
  HealthChecker health_;
};

// Goal: one statement per period, at once and then every 10 s, and a write only for the change.
// Method: a database that serves, for 35 s.
TEST_F(HealthTest, AsksOncePerPeriodAndWritesOnce) {
  health_.watch(*database());
  run_for(35s);
  EXPECT_THAT(sql_.asked_at, ElementsAre(0s, 10s, 20s, 30s));
  EXPECT_EQ(sql_.statements.front(), "write-check");
  EXPECT_EQ(sql_.last_host, "sample-aggregator-0.sample-pods.demo.svc");
  EXPECT_EQ(sql_.last_credentials, sql::Credentials("root", "secret"));
  EXPECT_EQ(status_writes(), 1U);
  EXPECT_EQ(status_of(kit::kAcceptingConnection), "True");
  EXPECT_EQ(status_of(kit::kReady), "True");
  EXPECT_EQ(database()->status->phase, api::DatabasePhase::kReady);
}

// Goal: asking twice for the watch is one loop. Method: watch() three times.
TEST_F(HealthTest, RunsOneLoopForADatabase) {
  for (int i = 0; i < 3; ++i) health_.watch(*database());
  run_for(15s);
  EXPECT_EQ(sql_.asked_at.size(), 2U);
}

// Goal: an outage shows as NotReady, its end as Ready, and the phase is written with it. Method:
// two checks that fail for different reasons among good ones: one write for the outage.
TEST_F(HealthTest, WritesAnOutageAndItsEnd) {
  sql_.failures = {std::nullopt, SqlErrorKind::kRefused, SqlErrorKind::kTimeout};
  health_.watch(*database());
  run_for(15s);
  EXPECT_EQ(status_of(kit::kAcceptingConnection), "False");
  EXPECT_EQ(status_of(kit::kReady), "False");
  EXPECT_EQ(database()->status->phase, api::DatabasePhase::kNotReady);
  run_for(20s);
  EXPECT_EQ(database()->status->phase, api::DatabasePhase::kReady);
  EXPECT_EQ(status_writes(), 3U);
}

// Goal: a database that answers and cannot write is Critical, not NotReady. Method: an offline
// partition.
TEST_F(HealthTest, CallsADatabaseThatAnswersButCannotWriteCritical) {
  sql_.failures = {SqlErrorKind::kDatabaseOffline};
  health_.watch(*database());
  run_for(1s);
  EXPECT_EQ(status_of(kit::kAcceptingConnection), "True");
  EXPECT_EQ(status_of(kit::kReady), "False");
  EXPECT_EQ(database()->status->phase, api::DatabasePhase::kCritical);
}

// Goal: a pause does not stop the checks. Method: Paused True, an outage.
TEST_F(HealthTest, GoesOnWhilePaused) {
  edit([](api::Singlestore& db) {
    set_sample_condition(db, kit::kPaused, api::ConditionStatus::kTrue);
  });
  sql_.failures = {SqlErrorKind::kTimeout};
  health_.watch(*database());
  run_for(1s);
  EXPECT_EQ(database()->status->phase, api::DatabasePhase::kNotReady);
  EXPECT_EQ(status_of(kit::kPaused), "True");
}

// Goal: a failure counts after failureThreshold times in a row. Method: threshold 3; two failures,
// a success, three failures.
TEST_F(HealthTest, CountsAFailureOnceItHasRepeated) {
  edit([](api::Singlestore& db) { db.spec.edit().health_checker.failure_threshold = 3; });
  sql_.failures = {SqlErrorKind::kRefused, SqlErrorKind::kRefused, std::nullopt,
                   SqlErrorKind::kRefused, SqlErrorKind::kRefused, SqlErrorKind::kRefused};
  health_.watch(*database());
  run_for(45s);
  EXPECT_EQ(status_of(kit::kAcceptingConnection), "True");
  run_for(10s);
  EXPECT_EQ(status_of(kit::kAcceptingConnection), "False");
}

// Goal: period and kind of check are the user's. Method: 3 s, no write check.
TEST_F(HealthTest, FollowsTheSpec) {
  edit([](api::Singlestore& db) {
    db.spec.edit().health_checker.period_seconds = 3;
    db.spec.edit().health_checker.disable_write_check = true;
  });
  health_.watch(*database());
  run_for(4s);
  EXPECT_THAT(sql_.asked_at, ElementsAre(0s, 3s));
  EXPECT_EQ(sql_.statements.front(), "read-check");
}

// Goal: the loop ends with its database, and another one of the same name gets its own. Method:
// deleted, then made anew.
TEST_F(HealthTest, EndsWithItsDatabase) {
  health_.watch(*database());
  run_for(5s);
  edit([](api::Singlestore& db) { db.metadata.finalizers.edit().clear(); });
  server_.erase(api::ref_of(*database()));
  run_for(30s);
  EXPECT_EQ(sql_.asked_at.size(), 1U);
  EXPECT_EQ(health_.watched(), 0U);
  server_.put(sample_database());
  health_.watch(*database());
  run_for(15s);
  EXPECT_EQ(sql_.asked_at.size(), 3U);
}

// Goal: a database made anew between two ticks is asked by one loop only. Method: replaced within a
// period, watched at once.
TEST_F(HealthTest, LeavesTheOldLoopOfAReplacedDatabase) {
  health_.watch(*database());
  run_for(5s);
  edit([](api::Singlestore& db) { db.metadata.finalizers.edit().clear(); });
  server_.erase(api::ref_of(*database()));
  server_.put(sample_database());
  health_.watch(*database());
  run_for(31s);
  EXPECT_THAT(sql_.asked_at, ElementsAre(0s, 5s, 15s, 25s, 35s));
}

// Goal: no secret is a failed check, not a crash. Method: the auth secret is gone.
TEST_F(HealthTest, CallsADatabaseWithoutCredentialsNotAccepting) {
  server_.erase(api::ObjectRef(api::Kind::kSecret, "demo", "sample-auth"));
  health_.watch(*database());
  run_for(1s);
  EXPECT_TRUE(sql_.asked_at.empty());
  EXPECT_EQ(status_of(kit::kAcceptingConnection), "False");
}

}  // namespace
}  // namespace sdbtwin::provisioner
