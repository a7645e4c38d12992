// HealthChecker: asks each database every healthChecker.periodSeconds whether it serves, and writes
// AcceptingConnection and Ready when the answer changes (reference/kubedb.md 1.4).
//
// One loop per database, started by watch() once its replicas have been up; a pause does not stop
// it, the end of the database does, at the next tick. A tick costs one statement, and a write only
// when something changed. A failure counts once it has come failureThreshold times in a row.
// Belongs to one process; what it is made of outlives it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "controller/provisioner/object_cache.h"
#include "model/api/client.h"
#include "model/api/singlestore.h"
#include "model/sql/client.h"
#include "sim/core/runtime.h"

namespace sdbtwin::provisioner {

enum class Health : std::uint8_t {
  kServing,
  kNotReady,      // it answers, but the check fails
  kNotAccepting,  // nobody answers
};

// What an error of the check says about the database.
Health health_of(sql::SqlErrorKind kind);

// Failures in a row, by what failed.
class FailureCount {
 public:
  // True: the failure counts now.
  bool add(Health failure, std::int32_t threshold);
  void clear() { times_ = 0; }

 private:
  Health last_ = Health::kServing;
  std::int32_t times_ = 0;
};

// The conditions that go with it; `why` is the error's message.
std::vector<api::Condition> health_conditions(const api::Singlestore& database, Health health,
                                              const std::string& why);

class HealthChecker {
 public:
  HealthChecker(sim::Runtime& runtime, api::Client& client, sql::DatabaseClient& sql,
                ObjectCache& cache)
      : runtime_(runtime), client_(client), sql_(sql), cache_(cache) {}

  // Effect: the loop of this incarnation of the database runs; its first check is now.
  void watch(const api::Singlestore& database);
  std::size_t watched() const { return loops_.size(); }

 private:
  struct Finding {
    Health health = Health::kServing;
    std::string why;
  };

  bool is_loop_of(const api::ObjectKey& key, const std::string& uid) const;
  sim::Task<void> run(api::ObjectKey key, std::string uid);
  sim::Task<void> check(std::shared_ptr<const api::Singlestore> database, FailureCount* failures);
  sim::Task<Finding> ask(std::shared_ptr<const api::Singlestore> database);
  sim::Task<void> write(std::shared_ptr<const api::Singlestore> database, Finding finding);

  sim::Runtime& runtime_;
  api::Client& client_;
  sql::DatabaseClient& sql_;
  ObjectCache& cache_;
  std::map<api::ObjectKey, std::string> loops_;  // by database, the UID it runs for
};

}  // namespace sdbtwin::provisioner
