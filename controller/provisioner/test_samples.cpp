#include "controller/provisioner/test_samples.h"

#include <fmt/format.h>

#include <utility>

#include "controller/kit/kubedb.h"
#include "controller/provisioner/conditions.h"
#include "controller/provisioner/phase.h"
#include "model/api/codec.h"
#include "model/api/schema.h"

namespace sdbtwin::provisioner {
namespace {

constexpr std::string_view kTopology = R"({
  "apiVersion": "kubedb.com/v1alpha2", "kind": "Singlestore",
  "metadata": {"name": "sample", "namespace": "demo", "uid": "db-uid", "generation": 1,
               "resourceVersion": "10", "labels": {"team": "blue", "kubedb.com/secret": "x"},
               "finalizers": ["kubedb.com"]},
  "spec": {
    "version": "8.7.10",
    "topology": {
      "aggregator": {
        "replicas": 1,
        "podTemplate": {"spec": {"containers": [{"name": "singlestore", "resources": {
          "limits": {"memory": "2Gi", "cpu": "500m"},
          "requests": {"memory": "2Gi", "cpu": "500m"}}}]}},
        "storage": {"storageClassName": "standard", "accessModes": ["ReadWriteOnce"],
                    "resources": {"requests": {"storage": "1Gi"}}}},
      "leaf": {
        "replicas": 2,
        "storage": {"storageClassName": "standard", "accessModes": ["ReadWriteOnce"],
                    "resources": {"requests": {"storage": "10Gi"}}}}},
    "licenseSecret": {"kind": "Secret", "name": "license"},
    "storageType": "Durable",
    "deletionPolicy": "WipeOut"}})";

constexpr std::string_view kStandalone = R"({
  "apiVersion": "kubedb.com/v1alpha2", "kind": "Singlestore",
  "metadata": {"name": "solo", "namespace": "demo", "uid": "solo-uid", "generation": 1,
               "resourceVersion": "10", "finalizers": ["kubedb.com"]},
  "spec": {
    "version": "8.7.10",
    "storage": {"storageClassName": "standard", "accessModes": ["ReadWriteOnce"],
                "resources": {"requests": {"storage": "1Gi"}}},
    "licenseSecret": {"kind": "Secret", "name": "license"}}})";

template <class T>
std::shared_ptr<T> parsed(std::string_view json) {
  const api::Result<api::ObjectPtr> object = api::from_json(json);
  SIM_ASSERT(object.ok());
  auto copy = api::copy(*api::as<T>(*object));
  api::apply_defaults(*copy);
  return copy;
}

}  // namespace

std::shared_ptr<api::Singlestore> sample_database() { return parsed<api::Singlestore>(kTopology); }

std::shared_ptr<api::Singlestore> sample_standalone() {
  return parsed<api::Singlestore>(kStandalone);
}

std::shared_ptr<api::SinglestoreVersion> sample_version(std::string_view name) {
  auto version = std::make_shared<api::SinglestoreVersion>();
  version->metadata.name = name;
  version->metadata.uid = fmt::format("version-{}", name);
  version->metadata.resource_version = 5;
  api::SinglestoreVersionSpec& spec = version->spec.edit();
  spec.version = name;
  spec.db.image = fmt::format("node:{}", name);
  spec.coordinator.image = fmt::format("coordinator:{}", name);
  spec.standalone.image = fmt::format("standalone:{}", name);
  spec.init_container.image = fmt::format("init:{}", name);
  spec.security_context.run_as_user = 999;
  spec.security_context.run_as_group = 998;
  return version;
}

std::shared_ptr<api::Secret> sample_license() {
  auto secret = std::make_shared<api::Secret>();
  secret->metadata.name = "license";
  secret->metadata.namespace_ = "demo";
  secret->type = "Opaque";
  secret->data = api::BytesMap{{"password", api::Bytes{"BDEyM"}}};
  return secret;
}

api::ObjectPtr stored_child(const Child& child, const api::Singlestore& database,
                            const api::SinglestoreVersion& version) {
  std::shared_ptr<const api::PetSet> petset;
  if (child.kind == ChildKind::kBudget) {
    petset =
        api::as<api::PetSet>(stored_child({ChildKind::kPetSet, child.role}, database, version));
  }
  ChildInputs inputs{database, version, petset.get(), "secret"};
  std::shared_ptr<api::Object> object = wanted(child, inputs);
  api::apply_defaults(*object);
  object->metadata.uid = fmt::format("uid of {}", to_string(child, database));
  object->metadata.resource_version = 20;
  object->metadata.generation = 1;
  if (child.kind == ChildKind::kPetSet) {
    auto& set = api::cast<api::PetSet>(*object);
    set.status.edit().ready_replicas = set.spec->replicas.value_or(0);
  }
  return object;
}

Snapshot settled_snapshot(std::shared_ptr<const api::Singlestore> database) {
  auto settled = api::copy(*database);
  for (const auto& condition :
       {provisioning_started(*settled), replicas_ready(*settled, kit::roles_of(*settled).back()),
        accepting_connection(*settled), ready(*settled), provisioned(*settled)}) {
    api::set_condition(settled->status.edit().conditions, condition, api::Timestamp{1});
  }
  settled->status.edit().phase = phase_of(settled->status->conditions);
  settled->status.edit().observed_generation = settled->metadata.generation;
  Snapshot snapshot;
  snapshot.version = sample_version(settled->spec->version);
  snapshot.has_license = true;
  for (const Child& child : children_of(*settled)) {
    const bool small = kit::replicas_of(*settled, child.role) <= 1;
    if (child.kind == ChildKind::kBudget && small) continue;
    snapshot.children.emplace(child, stored_child(child, *settled, *snapshot.version));
  }
  snapshot.leaf_delay = std::chrono::seconds(3);
  snapshot.database = std::move(settled);
  return snapshot;
}

void edit_database(Snapshot& snapshot, const std::function<void(api::Singlestore&)>& change) {
  auto next = api::copy(*snapshot.database);
  change(*next);
  snapshot.database = std::move(next);
}

void set_sample_condition(api::Singlestore& database, std::string_view type,
                          api::ConditionStatus status) {
  api::Condition condition = api::new_condition(std::string(type), "set by the test",
                                                database.metadata.generation, status);
  api::set_condition(database.status.edit().conditions, std::move(condition), api::Timestamp{2});
}

void stamp(api::Object& object, std::string_view request_uid) {
  object.metadata.annotations.edit()[std::string(kit::kFenceAnnotation)] = request_uid;
}

}  // namespace sdbtwin::provisioner
