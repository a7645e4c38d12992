// The words of KubeDB that both operators use: names of what belongs to a database, labels,
// condition types, the pause marker and the fence annotation.
//
// Guarantees: every name is a pure function of the Singlestore's metadata and spec, so that two
// operators (and a restarted one) agree without asking each other. Sources: reference/kubedb.md
// 1.4, 2.1, 2.2, 3; what is our own choice is marked [us].
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/api/petset.h"
#include "model/api/singlestore.h"

namespace sdbtwin::kit {

// ---- Labels, finalizer, annotations

inline constexpr std::string_view kInstanceLabel = "app.kubernetes.io/instance";
inline constexpr std::string_view kNameLabel = "app.kubernetes.io/name";
inline constexpr std::string_view kManagedByLabel = "app.kubernetes.io/managed-by";
inline constexpr std::string_view kComponentLabel = "app.kubernetes.io/component";
inline constexpr std::string_view kPetSetLabel = "kubedb.com/petset";
inline constexpr std::string_view kManagedBy = "kubedb.com";
inline constexpr std::string_view kDatabaseFqn = "singlestores.kubedb.com";
inline constexpr std::string_view kFinalizer = "kubedb.com";

// The fence [us]: the UID of the request that owns a PetSet's images while it stands there. Who is
// not that request must not write the PetSet.
inline constexpr std::string_view kFenceAnnotation = "ops.kubedb.com/fenced-by";
std::string_view fenced_by(const api::ObjectMeta& meta);  // "" when not stamped

// ---- Conditions of a Singlestore (1.4)

inline constexpr std::string_view kProvisioningStarted = "ProvisioningStarted";
inline constexpr std::string_view kReplicaReady = "ReplicaReady";
inline constexpr std::string_view kAcceptingConnection = "AcceptingConnection";
inline constexpr std::string_view kReady = "Ready";
inline constexpr std::string_view kProvisioned = "Provisioned";
inline constexpr std::string_view kPaused = "Paused";
inline constexpr std::string_view kHalted = "Halted";
inline constexpr std::string_view kHealthCheckPaused = "HealthCheckPaused";
inline constexpr std::string_view kDataRestoreStarted = "DataRestoreStarted";
inline constexpr std::string_view kDataRestored = "DataRestored";
inline constexpr std::string_view kDependencyReady = "DatabaseDependencyReady";

// ---- The pause marker: who paused the database, in the message of its Paused condition [us]

struct PauseOwner {
  std::string request;  // name, in the database's namespace
  std::string uid;
  bool operator==(const PauseOwner&) const = default;
};
// "paused by SinglestoreOpsRequest: <ns>/<name>; RequestUID:<uid>"
std::string pause_message(std::string_view namespace_, const PauseOwner& owner);
// nullopt: not a message of pause_message(), so somebody else's pause.
std::optional<PauseOwner> parse_pause_message(std::string_view message);
bool is_paused(const api::Singlestore& database);
// Of a database that is paused by a request.
std::optional<PauseOwner> pause_owner(const api::Singlestore& database);

// ---- Names (2.1)

enum class Role : std::uint8_t { kAggregator, kLeaf, kStandalone };
std::string_view to_string(Role role);  // the value of kPetSetLabel

bool is_standalone(const api::Singlestore& database);
// Roles in the order in which their PetSets are created: aggregator, leaf; or standalone.
std::vector<Role> roles_of(const api::Singlestore& database);
std::string petset_name(const api::Singlestore& database, Role role);
// As the spec asks for, with KubeDB's defaults (1.1): aggregator 3, leaf 2, standalone 1.
std::int32_t replicas_of(const api::Singlestore& database, Role role);
std::string pod_name(std::string_view petset, std::int32_t ordinal);

std::string governing_service_name(std::string_view database);   // <db>-pods
std::string auth_secret_name(const api::Singlestore& database);  // spec.authSecret, or <db>-auth
std::string claim_name(std::string_view pod);                    // data-<pod>

// DNS names: of one pod, and of the primary service.
std::string pod_host(const api::Singlestore& database, std::string_view pod);
std::string service_host(const api::Singlestore& database);
// Where KubeDB's AppBinding says the master aggregator is: aggregator-0, or the standalone pod.
std::string default_master_host(const api::Singlestore& database);

// Selects everything that belongs to the database: instance, managed-by, name.
api::StringMap selector_labels(std::string_view database);
// The same and the role: the selector of one PetSet.
api::StringMap petset_selector(std::string_view database, Role role);
// On every object: the selector, component=database, and the user's own labels of the Singlestore
// except those with the prefix kubedb.com.
api::StringMap offshoot_labels(const api::Singlestore& database);

}  // namespace sdbtwin::kit
