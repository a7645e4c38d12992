#include "controller/provisioner/conditions.h"

#include <fmt/format.h>

#include <utility>

namespace sdbtwin::provisioner {
namespace {

using api::ConditionStatus;

std::string path_of(const api::Singlestore& database) {
  return database.metadata.namespace_ + "/" + database.metadata.name;
}

api::Condition make(const api::Singlestore& database, std::string_view type, ConditionStatus status,
                    std::string_view reason, std::string message) {
  api::Condition condition = api::new_condition(std::string(type), std::move(message),
                                                database.metadata.generation, status);
  condition.reason = reason;
  return condition;
}

// As KubeDB writes the roles into ReplicaReady: one with a capital, one without.
std::string_view role_word(kit::Role role) {
  switch (role) {
    case kit::Role::kAggregator:
      return "Aggregator ";
    case kit::Role::kLeaf:
      return "leaf ";
    case kit::Role::kStandalone:
      return "";
  }
  SIM_UNREACHABLE();
}

}  // namespace

api::Condition provisioning_started(const api::Singlestore& database) {
  return make(database, kit::kProvisioningStarted, ConditionStatus::kTrue,
              "DatabaseProvisioningStartedSuccessfully",
              fmt::format("The KubeDB operator has started the provisioning of Singlestore: {}",
                          path_of(database)));
}

api::Condition replicas_ready(const api::Singlestore& database, kit::Role role) {
  return make(database, kit::kReplicaReady, ConditionStatus::kTrue, "AllReplicasReady",
              fmt::format("All {}replicas are ready for Singlestore {}", role_word(role),
                          path_of(database)));
}

api::Condition replicas_not_ready(const api::Singlestore& database, kit::Role role) {
  return make(database, kit::kReplicaReady, ConditionStatus::kFalse, "SomeReplicasNotReady",
              fmt::format("Some {}replicas are not ready for Singlestore {}", role_word(role),
                          path_of(database)));
}

api::Condition accepting_connection(const api::Singlestore& database) {
  return make(database, kit::kAcceptingConnection, ConditionStatus::kTrue, "AcceptingConnection",
              fmt::format("database {} is accepting connection", path_of(database)));
}

api::Condition not_accepting_connection(const api::Singlestore& database, std::string why) {
  return make(database, kit::kAcceptingConnection, ConditionStatus::kFalse,
              "DatabaseNotAcceptingConnectionRequest",
              fmt::format("database {} is not accepting connection: {}", path_of(database), why));
}

api::Condition ready(const api::Singlestore& database) {
  return make(database, kit::kReady, ConditionStatus::kTrue, "AllReplicasReady",
              fmt::format("database {} is ready", path_of(database)));
}

api::Condition not_ready(const api::Singlestore& database, std::string why) {
  return make(database, kit::kReady, ConditionStatus::kFalse, "ReadinessCheckFailed",
              fmt::format("database {} is not ready: {}", path_of(database), why));
}

api::Condition provisioned(const api::Singlestore& database) {
  return make(database, kit::kProvisioned, ConditionStatus::kTrue,
              "DatabaseSuccessfullyProvisioned",
              fmt::format("The Singlestore: {} is successfully provisioned.", path_of(database)));
}

api::Condition halted(const api::Singlestore& database) {
  return make(database, kit::kHalted, ConditionStatus::kTrue, "DatabaseHaltedSuccessfully",
              fmt::format("The Singlestore: {} is halted.", path_of(database)));
}

api::Condition dependency_missing(const api::Singlestore& database, std::string why) {
  return make(database, kit::kDependencyReady, ConditionStatus::kFalse, "DependencyMissing",
              std::move(why));
}

api::Condition dependency_found(const api::Singlestore& database) {
  return make(database, kit::kDependencyReady, ConditionStatus::kTrue, "DependencyReady",
              fmt::format("All that Singlestore {} needs is there", path_of(database)));
}

bool says_something_new(const api::Singlestore& database, const api::Condition& next) {
  const api::Condition* now = api::find_condition(database.status->conditions, next.type);
  return now == nullptr || now->status != next.status || now->reason != next.reason ||
         now->message != next.message;
}

}  // namespace sdbtwin::provisioner
