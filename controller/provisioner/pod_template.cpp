#include "controller/provisioner/pod_template.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "controller/kit/images.h"
#include "controller/provisioner/defaults.h"

namespace sdbtwin::provisioner {
namespace {

// KubeDB's pods keep the default grace of Kubernetes.
constexpr std::int64_t kTerminationGraceSeconds = 30;

template <class T>
const T* pointer_to(const std::optional<T>& value) {
  return value ? &*value : nullptr;
}

NodeSettings settings_of_node(const std::optional<api::SinglestoreNode>& node) {
  if (!node) return {};
  return {pointer_to(node->pod_template), pointer_to(node->storage),
          pointer_to(node->configuration)};
}

// Replaces the item for which `same` holds, or appends: what is named twice is ours.
template <class T, class Same>
void upsert(std::vector<T>& items, T item, Same same) {
  const auto found = std::ranges::find_if(items, same);
  if (found != items.end()) {
    *found = std::move(item);
  } else {
    items.push_back(std::move(item));
  }
}

void add_env(api::Container& container, api::EnvVar variable) {
  const std::string name = variable.name;
  upsert(container.env, std::move(variable),
         [&name](const api::EnvVar& other) { return other.name == name; });
}

void add_secret_env(api::Container& container, std::string_view name, const std::string& secret,
                    std::string_view key) {
  api::EnvVar variable;
  variable.name = name;
  auto& reference = variable.value_from.emplace().secret_key_ref.emplace();
  reference.name = secret;
  reference.key = key;
  add_env(container, std::move(variable));
}

void add_field_env(api::Container& container, std::string_view name, std::string_view path) {
  api::EnvVar variable;
  variable.name = name;
  variable.value_from.emplace().field_ref.emplace().field_path = path;
  add_env(container, std::move(variable));
}

void add_port(api::Container& container, std::string_view name, std::int32_t number) {
  api::ContainerPort port;
  port.name = name;
  port.container_port = number;
  port.protocol = "TCP";
  upsert(container.ports, std::move(port),
         [number](const api::ContainerPort& other) { return other.container_port == number; });
}

void add_mount(api::Container& container, std::string_view volume, std::string_view path) {
  api::VolumeMount mount;
  mount.name = volume;
  mount.mount_path = path;
  upsert(container.volume_mounts, std::move(mount),
         [path](const api::VolumeMount& other) { return other.mount_path == path; });
}

void add_volume(api::PodSpec& pod, api::Volume volume) {
  const std::string name = volume.name;
  upsert(pod.volumes, std::move(volume),
         [&name](const api::Volume& other) { return other.name == name; });
}

api::Volume empty_volume(std::string_view name) {
  api::Volume volume;
  volume.name = name;
  volume.empty_dir.emplace();
  return volume;
}

// Our container at its place before the user's own; the user's settings of it are kept.
api::Container& claim_container(std::vector<api::Container>& containers, std::string_view name,
                                std::size_t place) {
  const auto found = std::ranges::find_if(
      containers, [name](const api::Container& container) { return container.name == name; });
  const auto target = containers.begin() + static_cast<std::ptrdiff_t>(place);
  if (found == containers.end()) {
    const auto added = containers.emplace(target);
    added->name = name;
    return *added;
  }
  std::rotate(target, found, found + 1);
  return containers[place];
}

void add_credentials(api::Container& container, const api::Singlestore& database) {
  const std::string secret = kit::auth_secret_name(database);
  add_secret_env(container, "ROOT_USERNAME", secret, "username");
  add_secret_env(container, "ROOT_PASSWORD", secret, "password");
}

void complete_database(api::Container& container, const api::Singlestore& database,
                       kit::Role role) {
  add_credentials(container, database);
  if (database.spec->license_secret) {
    const std::string& license = database.spec->license_secret->name;
    add_secret_env(container, "SINGLESTORE_LICENSE", license, "password");
    add_secret_env(container, "LICENSE_KEY", license, "password");
  }
  add_field_env(container, "HOST_IP", "status.hostIP");
  add_port(container, kDatabasePortName, kDatabasePort);
  add_port(container, kStudioPortName, kStudioPort);
  if (role == kit::Role::kStandalone && container.args.empty()) {
    container.args = {"/scripts/standalone-run.sh"};
  }
  add_mount(container, kScriptsVolume, kScriptsPath);
  add_mount(container, kDataVolume, kDataPath);
}

// What the sidecar needs to find its cluster [us]: no public dump shows its environment.
void complete_coordinator(api::Container& container, const api::Singlestore& database) {
  add_credentials(container, database);
  add_field_env(container, "POD_NAME", "metadata.name");
  add_field_env(container, "POD_NAMESPACE", "metadata.namespace");
  api::EnvVar service;
  service.name = "GOVERNING_SERVICE_NAME";
  service.value = kit::governing_service_name(database.metadata.name);
  add_env(container, std::move(service));
  add_mount(container, kScriptsVolume, kScriptsPath);
  add_mount(container, kDataVolume, kDataPath);
}

void add_configuration(api::PodSpec& pod, const NodeSettings& settings) {
  if (settings.configuration == nullptr || settings.configuration->secret_name.empty()) return;
  api::Volume volume;
  volume.name = kConfigVolume;
  volume.secret.emplace().secret_name = settings.configuration->secret_name;
  add_volume(pod, std::move(volume));
  add_mount(pod.containers.front(), kConfigVolume, kConfigPath);
}

void complete_containers(api::PodSpec& pod, const api::Singlestore& database,
                         const api::SinglestoreVersion& version, kit::Role role) {
  complete_database(claim_container(pod.containers, kit::kDatabaseContainer, 0), database, role);
  if (role != kit::Role::kStandalone) {
    complete_coordinator(claim_container(pod.containers, kit::kCoordinatorContainer, 1), database);
  }
  api::Container& init = claim_container(pod.init_containers, kit::kInitContainer, 0);
  add_mount(init, kScriptsVolume, kScriptsPath);
  add_mount(init, kDataVolume, kDataPath);
  kit::set_images(pod, kit::images_of(version, role == kit::Role::kStandalone));
  for (auto* containers : {&pod.containers, &pod.init_containers}) {
    for (api::Container& container : *containers) {
      if (default_resources(container.name) == api::ResourceRequirements()) continue;
      default_resources_into(container.resources, container.name);
      default_security_into(container, version);
    }
  }
}

void add_volumes(api::PodSpec& pod, const api::Singlestore& database,
                 const NodeSettings& settings) {
  add_volume(pod, empty_volume(kScriptsVolume));
  if (database.spec->storage_type == api::StorageType::kEphemeral || settings.storage == nullptr) {
    add_volume(pod, empty_volume(kDataVolume));
  }
  add_configuration(pod, settings);
}

api::TopologySpreadConstraint spread_over(std::string_view topology, const api::StringMap& labels) {
  api::TopologySpreadConstraint constraint;
  constraint.max_skew = 1;
  constraint.topology_key = topology;
  constraint.when_unsatisfiable = "ScheduleAnyway";
  constraint.label_selector = api::LabelSelector(labels);
  return constraint;
}

// What the placement policy `default` does (2.3), without needing the policy object to be there.
void spread(api::PodSpec& pod, const api::StringMap& labels) {
  if (!pod.topology_spread_constraints.empty()) return;
  pod.topology_spread_constraints = {spread_over("kubernetes.io/hostname", labels),
                                     spread_over("topology.kubernetes.io/zone", labels)};
}

}  // namespace

NodeSettings settings_of(const api::Singlestore& database, kit::Role role) {
  const api::SinglestoreSpec& spec = *database.spec;
  switch (role) {
    case kit::Role::kStandalone:
      return {pointer_to(spec.pod_template), pointer_to(spec.storage),
              pointer_to(spec.configuration)};
    case kit::Role::kAggregator:
      return spec.topology ? settings_of_node(spec.topology->aggregator) : NodeSettings();
    case kit::Role::kLeaf:
      return spec.topology ? settings_of_node(spec.topology->leaf) : NodeSettings();
  }
  SIM_UNREACHABLE();
}

api::PodTemplateSpec pod_template(const api::Singlestore& database,
                                  const api::SinglestoreVersion& version, kit::Role role) {
  const NodeSettings settings = settings_of(database, role);
  api::PodTemplateSpec result;
  api::StringMap& labels = result.metadata.labels.edit();
  labels = kit::offshoot_labels(database);
  labels.emplace(kit::kPetSetLabel, kit::to_string(role));
  if (settings.pod_template != nullptr) {
    const api::OffshootMeta& meta = settings.pod_template->metadata;
    labels.insert(meta.labels.begin(), meta.labels.end());
    if (!meta.annotations.empty()) result.metadata.annotations.edit() = meta.annotations;
    result.spec = settings.pod_template->spec;
  }
  api::PodSpec& pod = result.spec;
  complete_containers(pod, database, version, role);
  add_volumes(pod, database, settings);
  default_security_into(pod, version);
  spread(pod, kit::petset_selector(database.metadata.name, role));
  if (pod.service_account_name.empty()) pod.service_account_name = database.metadata.name;
  if (!pod.termination_grace_period_seconds) {
    pod.termination_grace_period_seconds = kTerminationGraceSeconds;
  }
  return result;
}

}  // namespace sdbtwin::provisioner
