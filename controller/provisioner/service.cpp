#include "controller/provisioner/service.h"

#include <algorithm>
#include <string>
#include <utility>

#include "controller/kit/kubedb.h"
#include "controller/provisioner/pod_template.h"

namespace sdbtwin::provisioner {
namespace {

std::shared_ptr<api::Service> service_named(const api::Singlestore& database, std::string name) {
  auto service = std::make_shared<api::Service>();
  service->metadata.name = std::move(name);
  service->metadata.namespace_ = database.metadata.namespace_;
  service->metadata.labels = kit::offshoot_labels(database);
  service->metadata.owner_references.edit().push_back(api::make_controller_ref(database));
  service->spec.edit().type = "ClusterIP";
  return service;
}

api::ServicePort port_to(std::string_view name, std::int32_t number) {
  api::ServicePort port;
  port.name = name;
  port.protocol = "TCP";
  port.port = number;
  port.target_port = api::IntOrString(std::string(name));  // The container's port has that name.
  return port;
}

void merge_port(std::vector<api::ServicePort>& ports, const api::ServicePort& user) {
  const auto ours = std::ranges::find_if(
      ports, [&user](const api::ServicePort& port) { return port.name == user.name; });
  if (ours == ports.end()) {
    ports.push_back(user);
    if (ports.back().protocol.empty()) ports.back().protocol = "TCP";
    return;
  }
  if (user.port != 0) ours->port = user.port;
  if (user.node_port != 0) ours->node_port = user.node_port;
}

void merge_template(api::Service& service, const api::ServiceTemplate& user) {
  const api::OffshootMeta& meta = user.metadata;
  if (!meta.labels.empty()) {
    service.metadata.labels.edit().insert(meta.labels.begin(), meta.labels.end());
  }
  if (!meta.annotations.empty()) service.metadata.annotations.edit() = meta.annotations;
  if (!user.spec) return;
  api::ServiceSpec& spec = service.spec.edit();
  if (!user.spec->type.empty()) spec.type = user.spec->type;
  if (!user.spec->cluster_ip.empty()) spec.cluster_ip = user.spec->cluster_ip;
  for (const api::ServicePort& port : user.spec->ports) merge_port(spec.ports, port);
  for (const auto& [name, value] : user.spec->extra.fields()) spec.extra.set(name, value);
}

}  // namespace

std::shared_ptr<api::Service> primary_service_of(const api::Singlestore& database) {
  auto service = service_named(database, database.metadata.name);
  api::ServiceSpec& spec = service->spec.edit();
  const bool standalone = kit::is_standalone(database);
  spec.selector = kit::petset_selector(
      database.metadata.name, standalone ? kit::Role::kStandalone : kit::Role::kAggregator);
  spec.ports = {port_to(kDatabasePortName, kDatabasePort), port_to(kStudioPortName, kStudioPort)};
  for (const api::ServiceTemplate& user : database.spec->service_templates) {
    if (user.alias == api::ServiceAlias::kPrimary) merge_template(*service, user);
  }
  return service;
}

std::shared_ptr<api::Service> governing_service_of(const api::Singlestore& database) {
  auto service = service_named(database, kit::governing_service_name(database.metadata.name));
  api::ServiceSpec& spec = service->spec.edit();
  spec.cluster_ip = "None";
  spec.selector = kit::selector_labels(database.metadata.name);
  spec.ports = {port_to(kDatabasePortName, kDatabasePort)};
  spec.publish_not_ready_addresses = true;
  return service;
}

}  // namespace sdbtwin::provisioner
