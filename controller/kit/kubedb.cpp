#include "controller/kit/kubedb.h"

#include <fmt/format.h>

namespace sdbtwin::kit {
namespace {

constexpr std::string_view kPausePrefix = "paused by SinglestoreOpsRequest: ";
constexpr std::string_view kPauseUid = "; RequestUID:";

const api::SinglestoreNode* node_of(const api::Singlestore& database, Role role) {
  const auto& topology = database.spec->topology;
  if (!topology) return nullptr;
  const auto& node = role == Role::kAggregator ? topology->aggregator : topology->leaf;
  return node ? &*node : nullptr;
}

}  // namespace

std::string_view fenced_by(const api::ObjectMeta& meta) {
  return api::annotation_of(meta, kFenceAnnotation);
}

std::string pause_message(std::string_view namespace_, const PauseOwner& owner) {
  return fmt::format("{}{}/{}{}{}", kPausePrefix, namespace_, owner.request, kPauseUid, owner.uid);
}

std::optional<PauseOwner> parse_pause_message(std::string_view message) {
  if (!message.starts_with(kPausePrefix)) return std::nullopt;
  const auto slash = message.find('/', kPausePrefix.size());
  const auto uid = message.find(kPauseUid, kPausePrefix.size());
  if (slash == std::string_view::npos || uid == std::string_view::npos || uid < slash) {
    return std::nullopt;
  }
  return PauseOwner{.request = std::string(message.substr(slash + 1, uid - slash - 1)),
                    .uid = std::string(message.substr(uid + kPauseUid.size()))};
}

bool is_paused(const api::Singlestore& database) {
  return api::is_condition_true(database.status->conditions, kPaused);
}

std::optional<PauseOwner> pause_owner(const api::Singlestore& database) {
  const api::Condition* paused = api::find_condition(database.status->conditions, kPaused);
  if (paused == nullptr || paused->status != api::ConditionStatus::kTrue) return std::nullopt;
  return parse_pause_message(paused->message);
}

std::string_view to_string(Role role) {
  switch (role) {
    case Role::kAggregator:
      return "aggregator";
    case Role::kLeaf:
      return "leaf";
    case Role::kStandalone:
      return "standalone";
  }
  SIM_UNREACHABLE();
}

bool is_standalone(const api::Singlestore& database) { return !database.spec->topology; }

std::vector<Role> roles_of(const api::Singlestore& database) {
  if (is_standalone(database)) return {Role::kStandalone};
  return {Role::kAggregator, Role::kLeaf};
}

std::string petset_name(const api::Singlestore& database, Role role) {
  std::string name = database.metadata.name;
  if (role == Role::kStandalone) return name;
  const api::SinglestoreNode* node = node_of(database, role);
  if (node != nullptr && !node->suffix.empty()) name += "-" + node->suffix;
  return name.append("-").append(to_string(role));
}

std::int32_t replicas_of(const api::Singlestore& database, Role role) {
  constexpr std::int32_t kAggregators = 3;  // kubedb.md 1.1, SetDefaults
  constexpr std::int32_t kLeaves = 2;       // kubedb.md 1.1, SetDefaults
  if (role == Role::kStandalone) return 1;
  const api::SinglestoreNode* node = node_of(database, role);
  if (node != nullptr && node->replicas) return *node->replicas;
  return role == Role::kAggregator ? kAggregators : kLeaves;
}

std::string pod_name(std::string_view petset, std::int32_t ordinal) {
  return fmt::format("{}-{}", petset, ordinal);
}

std::string governing_service_name(std::string_view database) {
  return std::string(database) + "-pods";
}

std::string auth_secret_name(const api::Singlestore& database) {
  const auto& reference = database.spec->auth_secret;
  if (reference && !reference->name.empty()) return reference->name;
  return database.metadata.name + "-auth";
}

std::string claim_name(std::string_view pod) { return fmt::format("data-{}", pod); }

std::string pod_host(const api::Singlestore& database, std::string_view pod) {
  return std::string(pod) + "." + governing_service_name(database.metadata.name) + "." +
         database.metadata.namespace_ + ".svc";
}

std::string service_host(const api::Singlestore& database) {
  return database.metadata.name + "." + database.metadata.namespace_ + ".svc";
}

std::string default_master_host(const api::Singlestore& database) {
  const Role role = is_standalone(database) ? Role::kStandalone : Role::kAggregator;
  return pod_host(database, pod_name(petset_name(database, role), 0));
}

api::StringMap selector_labels(std::string_view database) {
  return {{std::string(kInstanceLabel), std::string(database)},
          {std::string(kManagedByLabel), std::string(kManagedBy)},
          {std::string(kNameLabel), std::string(kDatabaseFqn)}};
}

api::StringMap petset_selector(std::string_view database, Role role) {
  api::StringMap labels = selector_labels(database);
  labels.emplace(kPetSetLabel, to_string(role));
  return labels;
}

api::StringMap offshoot_labels(const api::Singlestore& database) {
  api::StringMap labels = selector_labels(database.metadata.name);
  labels.emplace(kComponentLabel, "database");
  for (const auto& [key, value] : *database.metadata.labels) {
    if (!key.starts_with(kManagedBy)) labels.emplace(key, value);  // Ours win over the user's.
  }
  return labels;
}

}  // namespace sdbtwin::kit
