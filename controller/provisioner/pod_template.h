// The pod template of a database's PetSets: the user's podTemplate with KubeDB's containers, init
// container, volumes and defaults put into it (reference/kubedb.md 1.1, 2.3).
//
// Guarantees: a pure function; nothing of the user's template is lost, neither fields that are not
// modelled nor containers of his own; what the database cannot run without (image, environment,
// ports, mounts) is ours where both speak.
#pragma once

#include "controller/kit/kubedb.h"
#include "model/api/pod.h"
#include "model/api/singlestore.h"
#include "model/api/singlestore_version.h"

namespace sdbtwin::provisioner {

// The names of kubedb.md 1.3 (reserved volumes and mount paths).
inline constexpr std::string_view kScriptsVolume = "init-scripts";
inline constexpr std::string_view kDataVolume = "data";
inline constexpr std::string_view kConfigVolume = "custom-config";
inline constexpr std::string_view kScriptsPath = "/scripts";
inline constexpr std::string_view kDataPath = "/var/lib/memsql";
inline constexpr std::string_view kConfigPath = "/etc/memsql/conf.d";

inline constexpr std::int32_t kDatabasePort = 3306;
inline constexpr std::int32_t kStudioPort = 8081;
inline constexpr std::string_view kDatabasePortName = "db";
inline constexpr std::string_view kStudioPortName = "studio";

// What the spec says about one role; the standalone members for a standalone database.
struct NodeSettings {
  const api::OffshootPodTemplate* pod_template = nullptr;
  const api::PersistentVolumeClaimSpec* storage = nullptr;
  const api::ConfigurationSpec* configuration = nullptr;
};
NodeSettings settings_of(const api::Singlestore& database, kit::Role role);

api::PodTemplateSpec pod_template(const api::Singlestore& database,
                                  const api::SinglestoreVersion& version, kit::Role role);

}  // namespace sdbtwin::provisioner
