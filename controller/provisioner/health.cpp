#include "controller/provisioner/health.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "controller/kit/edit.h"
#include "controller/kit/kubedb.h"
#include "controller/provisioner/conditions.h"
#include "controller/provisioner/connection.h"
#include "controller/provisioner/status_edit.h"

namespace sdbtwin::provisioner {
namespace {

// The CRD's defaults (kubedb.md 1.1).
constexpr std::int32_t kPeriodSeconds = 10;
constexpr std::int32_t kTimeoutSeconds = 10;
constexpr std::int32_t kFailureThreshold = 1;

std::int32_t positive(const std::optional<std::int32_t>& value, std::int32_t otherwise) {
  return value && *value > 0 ? *value : otherwise;
}

sim::Duration period_of(const api::Singlestore& database) {
  return std::chrono::seconds(
      positive(database.spec->health_checker.period_seconds, kPeriodSeconds));
}

sql::Statement statement_for(const api::Singlestore& database) {
  if (database.spec->health_checker.disable_write_check) return sql::ReadCheck();
  return sql::WriteCheck();
}

// An outage is one change, however many different errors it shows.
bool has_changed(const api::Singlestore& database, const api::Condition& next) {
  const auto* condition = api::find_condition(database.status->conditions, next.type);
  return condition == nullptr || condition->status != next.status ||
         condition->reason != next.reason;
}

bool is_to_be_asked(const api::Singlestore& database) {
  return !database.spec->halted &&
         !api::is_condition_true(database.status->conditions, kit::kHealthCheckPaused);
}

}  // namespace

Health health_of(sql::SqlErrorKind kind) {
  switch (kind) {
    case sql::SqlErrorKind::kUnknownHost:
    case sql::SqlErrorKind::kRefused:
    case sql::SqlErrorKind::kTimeout:
    case sql::SqlErrorKind::kConnectionLost:
    case sql::SqlErrorKind::kAccessDenied:
      return Health::kNotAccepting;
    case sql::SqlErrorKind::kClusterUpgrading:
    case sql::SqlErrorKind::kDatabaseOffline:
    case sql::SqlErrorKind::kReadOnly:
    case sql::SqlErrorKind::kNotMasterAggregator:
    case sql::SqlErrorKind::kNotAggregator:
    case sql::SqlErrorKind::kUnknownDatabase:
    case sql::SqlErrorKind::kOther:
      return Health::kNotReady;
  }
  SIM_UNREACHABLE();
}

bool FailureCount::add(Health failure, std::int32_t threshold) {
  if (failure != last_) times_ = 0;
  last_ = failure;
  if (times_ < threshold) ++times_;
  return times_ >= threshold;
}

std::vector<api::Condition> health_conditions(const api::Singlestore& database, Health health,
                                              const std::string& why) {
  switch (health) {
    case Health::kServing:
      return {accepting_connection(database), ready(database)};
    case Health::kNotReady:
      return {accepting_connection(database), not_ready(database, why)};
    case Health::kNotAccepting:
      return {not_accepting_connection(database, why), not_ready(database, why)};
  }
  SIM_UNREACHABLE();
}

void HealthChecker::watch(const api::Singlestore& database) {
  const api::ObjectKey key = api::key_of(database);
  std::string& uid = loops_[key];
  if (uid == database.metadata.uid) return;
  uid = database.metadata.uid;  // A loop of an older incarnation sees it and ends.
  runtime_.spawn(run(key, uid));
}

bool HealthChecker::is_loop_of(const api::ObjectKey& key, const std::string& uid) const {
  const auto loop = loops_.find(key);
  return loop != loops_.end() && loop->second == uid;
}

sim::Task<void> HealthChecker::run(api::ObjectKey key, std::string uid) {
  FailureCount failures;
  while (is_loop_of(key, uid)) {
    const auto database = cache_.get<api::Singlestore>(key);
    if (database == nullptr || database->metadata.uid != uid ||
        api::is_deleting(database->metadata)) {
      loops_.erase(key);
      co_return;
    }
    const sim::Time next = runtime_.now() + period_of(*database);
    if (is_to_be_asked(*database)) co_await check(database, &failures);
    co_await runtime_.sleep_until(std::max(next, runtime_.now()));
  }
}

sim::Task<void> HealthChecker::check(std::shared_ptr<const api::Singlestore> database,
                                     FailureCount* failures) {
  Finding finding = co_await ask(database);
  if (finding.health == Health::kServing) {
    failures->clear();
  } else {
    const std::int32_t threshold =
        positive(database->spec->health_checker.failure_threshold, kFailureThreshold);
    if (!failures->add(finding.health, threshold)) co_return;
  }
  co_await write(database, std::move(finding));
}

sim::Task<HealthChecker::Finding> HealthChecker::ask(
    std::shared_ptr<const api::Singlestore> database) {
  Finding finding;
  const auto secret =
      cache_.get<api::Secret>(database->metadata.namespace_, kit::auth_secret_name(*database));
  const auto credentials = secret == nullptr ? std::nullopt : credentials_in(*secret);
  if (!credentials) {
    finding.health = Health::kNotAccepting;
    finding.why = "the auth Secret is not there, or has no username and password";
    co_return finding;
  }
  const sim::Duration timeout = std::chrono::seconds(
      positive(database->spec->health_checker.timeout_seconds, kTimeoutSeconds));
  sql::Endpoint endpoint(kit::default_master_host(*database));
  sql::Statement statement = statement_for(*database);
  const sql::Answer answer =
      co_await sql_.query(std::move(endpoint), *credentials, std::move(statement), timeout);
  if (answer.ok()) co_return finding;
  finding.health = health_of(answer.error().kind);
  finding.why = answer.error().message;
  co_return finding;
}

sim::Task<void> HealthChecker::write(std::shared_ptr<const api::Singlestore> database,
                                     Finding finding) {
  // As it is now: the check took its time.
  const auto now = cache_.get<api::Singlestore>(api::key_of(*database));
  if (now == nullptr || now->metadata.uid != database->metadata.uid) co_return;
  StatusEdit status{now->metadata.uid, {}, {}, api::ClusterTime::at(runtime_.now())};
  for (api::Condition& condition : health_conditions(*now, finding.health, finding.why)) {
    if (has_changed(*now, condition)) status.set.push_back(std::move(condition));
  }
  if (status.set.empty()) co_return;
  auto edited = co_await kit::edit<api::Singlestore>(client_, api::key_of(*now), kit::Part::kStatus,
                                                     std::move(status));
  // What could not be written is found to be different again at the next tick.
  if (edited) cache_.note(edited->object);
}

}  // namespace sdbtwin::provisioner
