#include "scenarios/spec/catalogue.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>

#include "model/api/core.h"
#include "model/api/singlestore.h"
#include "model/api/storage.h"
#include "model/api/unstructured.h"

namespace sdbtwin::scenarios {
namespace {

struct Row {
  std::string_view version;
  std::string_view db_image;
  std::string_view standalone_image;  // newer versions lag behind here (kubedb.md section 5)
  std::string_view init_image;
  bool end_of_life;
  std::string_view allowed;  // the one entry of updateConstraints.allowlist
};

// KubeDB's catalogue: reference/kubedb.md section 5.
constexpr std::array<Row, 6> kRows{{
    {"8.1.32", "ghcr.io/appscode-images/singlestore-node:alma-8.1.32-e3d3cde6da",
     "docker.io/singlestore/cluster-in-a-box:alma-8.1.32-e3d3cde6da-4.0.16-1.17.6",
     "ghcr.io/kubedb/singlestore-init:8.1-v2", true, ">= 8.1.32, <= 8.9.3"},
    {"8.5.7", "ghcr.io/appscode-images/singlestore-node:alma-8.5.7-bf633c1a54",
     "docker.io/singlestore/cluster-in-a-box:alma-8.5.7-bf633c1a54-4.0.17-1.17.8",
     "ghcr.io/kubedb/singlestore-init:8.5-v2", true, ">= 8.5.7, <= 8.9.3"},
    {"8.5.30", "ghcr.io/appscode-images/singlestore-node:alma-8.5.30-4f46ab16a5",
     "docker.io/singlestore/cluster-in-a-box:alma-8.5.22-fe61f40cd1-4.1.0-1.17.11",
     "ghcr.io/kubedb/singlestore-init:8.5-v2", true, ">= 8.5.30, <= 8.9.3"},
    {"8.7.10", "ghcr.io/appscode-images/singlestore-node:alma-8.7.10-95e2357384",
     "docker.io/singlestore/cluster-in-a-box:alma-8.7.10-95e2357384-4.1.0-1.17.14",
     "ghcr.io/kubedb/singlestore-init:8.7.10-v1", false, ">= 8.7.10, <= 8.9.3"},
    {"8.7.21", "ghcr.io/appscode-images/singlestore-node:alma-8.7.21-f0b8de04d5",
     "docker.io/singlestore/cluster-in-a-box:alma-8.7.10-95e2357384-4.1.0-1.17.14",
     "ghcr.io/kubedb/singlestore-init:8.7.10-v1", false, ">= 8.7.21, <= 8.9.3"},
    {"8.9.3", "ghcr.io/appscode-images/singlestore-node:alma-8.9.3-bfa36a984a",
     "docker.io/singlestore/cluster-in-a-box:alma-8.7.10-95e2357384-4.1.0-1.17.14",
     "ghcr.io/kubedb/singlestore-init:8.7.10-v1", false, "8.9.3"},
}};
constexpr std::string_view kCoordinatorImage =
    "ghcr.io/kubedb/singlestore-coordinator:v0.22.0-rc.0";
constexpr std::string_view kGitSyncImage = "registry.k8s.io/git-sync/git-sync:v4.4.2";
constexpr std::string_view kOperators = "kubedb";  // as scenarios/world/processes.h
constexpr std::int64_t kRunAsUser = 999;           // kubedb.md 1.1
constexpr std::int64_t kRunAsGroup = 998;          // kubedb.md 1.1

std::shared_ptr<const api::SinglestoreVersion> make_version(const Row& row) {
  auto version = std::make_shared<api::SinglestoreVersion>();
  version->metadata.name = row.version;
  api::SinglestoreVersionSpec& spec = version->spec.edit();
  spec.version = row.version;
  spec.db.image = row.db_image;
  spec.coordinator.image = kCoordinatorImage;
  spec.standalone.image = row.standalone_image;
  spec.init_container.image = row.init_image;
  spec.git_syncer.image = kGitSyncImage;
  spec.end_of_life = row.end_of_life;
  spec.security_context.run_as_user = kRunAsUser;
  spec.security_context.run_as_group = kRunAsGroup;
  spec.update_constraints.allowlist = {std::string(row.allowed)};
  return version;
}

api::ObjectPtr make_storage_class(const std::string& name) {
  auto object = std::make_shared<api::StorageClass>();
  object->metadata.name = name;
  // Disks of the node itself: the class `standard` of a kind cluster, on which the documented runs
  // were recorded as far as one can tell (no time in them is left for attaching a volume). [us]
  object->provisioner = "rancher.io/local-path";
  object->reclaim_policy = api::ReclaimPolicy::kDelete;
  object->allow_volume_expansion = true;
  object->volume_binding_mode = api::VolumeBindingMode::kWaitForFirstConsumer;
  return object;
}

api::ObjectPtr make_license(const std::string& namespace_, const std::string& name) {
  auto object = std::make_shared<api::Secret>();
  object->metadata.namespace_ = namespace_;
  object->metadata.name = name;
  object->type = "Opaque";
  // KubeDB reads the licence from the key `password` (kubedb.md 1.1).
  object->data.edit()["username"] = api::Bytes{"license"};
  object->data.edit()["password"] = api::Bytes{"twin-license"};
  return object;
}

std::shared_ptr<const api::Node> make_node(const ClusterSettings& cluster, std::int32_t index) {
  auto object = std::make_shared<api::Node>();
  object->metadata.name = node_name(index);
  object->metadata.labels.edit()["kubernetes.io/hostname"] = object->metadata.name;
  api::NodeStatus& status = object->status.edit();
  api::ResourceList resources;
  resources["cpu"] = api::Quantity::from_milli(cluster.node_cpu_milli);
  resources["memory"] = api::Quantity::from_bytes(cluster.node_memory_bytes);
  resources["pods"] = api::Quantity(std::to_string(cluster.node_pods));
  status.capacity.edit() = resources;
  status.allocatable.edit() = resources;
  return object;
}

class Supplier {
 public:
  explicit Supplier(const Scenario& scenario) : scenario_(scenario) {
    for (const Manifest* manifest : all_objects(scenario)) {
      present_.insert(api::ref_of(*manifest->object));
    }
  }

  Supplied supply() {
    namespaces();
    storage_classes();
    versions();
    licenses();
    nodes();
    untyped_kinds();
    return std::move(out_);
  }

 private:
  bool missing(const api::ObjectRef& ref) { return present_.insert(ref).second; }

  void namespaces() {
    std::vector<std::string> names;
    for (const Manifest* manifest : all_objects(scenario_)) {
      const std::string& name = manifest->object->metadata.namespace_;
      if (name.empty()) continue;
      if (missing({api::Kind::kNamespace, "", name})) names.push_back(name);
    }
    if (scenario_.operators.elect() &&
        missing({api::Kind::kNamespace, "", std::string(kOperators)})) {
      names.emplace_back(kOperators);
    }
    for (const std::string& name : names) out_.objects.push_back(make_namespace(name));
    if (!names.empty()) note("namespace {}", fmt::join(names, ", "));
  }

  void untyped_kinds() {
    std::set<std::string> told{"PlacementPolicy"};  // which the PetSet controller reads
    for (const Manifest* manifest : all_objects(scenario_)) {
      const auto object = api::as_if<api::Unstructured>(manifest->object);
      if (object == nullptr || !told.insert(object->unstructured_type->name).second) continue;
      out_.notes.push_back(fmt::format("a {} is stored, and nothing in the twin acts on it",
                                       object->unstructured_type->name));
    }
  }

  void storage_classes() {
    const std::string& name = scenario_.cluster.storage_class;
    if (name.empty() || !missing({api::Kind::kStorageClass, "", name})) return;
    out_.objects.push_back(make_storage_class(name));
    note("storage class {}", name);
  }

  void versions() {
    std::vector<std::string_view> names;
    for (const auto& version : default_catalogue()) {
      if (!missing(api::ref_of(*version))) continue;
      out_.objects.push_back(version);
      names.push_back(version->metadata.name);
    }
    if (!names.empty()) note("SinglestoreVersions {}", fmt::join(names, ", "));
  }

  void licenses() {
    std::vector<std::string> names;
    for (const Manifest* manifest : all_objects(scenario_)) {
      const auto database = api::as_if<api::Singlestore>(manifest->object);
      if (database == nullptr) continue;
      const std::string& in = database->metadata.namespace_;
      const std::string name = database->spec->license_secret ? database->spec->license_secret->name
                                                              : scenario_.cluster.license_secret;
      if (name.empty() || !missing({api::Kind::kSecret, in, name})) continue;
      out_.objects.push_back(make_license(in, name));
      names.push_back(in + "/" + name);
    }
    if (!names.empty()) note("licence secret {}", fmt::join(names, ", "));
  }

  void nodes() {
    std::int32_t supplied = 0;
    for (std::int32_t i = 0; i < scenario_.cluster.nodes; ++i) {
      if (!missing({api::Kind::kNode, "", node_name(i)})) continue;
      out_.objects.push_back(make_node(scenario_.cluster, i));
      ++supplied;
    }
    if (supplied > 0) {
      note("{} nodes of {} CPUs and {} memory", supplied, scenario_.cluster.node_cpu_milli / 1'000,
           api::Quantity::from_bytes(scenario_.cluster.node_memory_bytes).text);
    }
  }

  template <class... Args>
  void note(fmt::format_string<Args...> format, Args&&... args) {
    out_.notes.push_back("the twin supplies " + fmt::format(format, std::forward<Args>(args)...));
  }

  const Scenario& scenario_;
  std::set<api::ObjectRef> present_;
  Supplied out_;
};

}  // namespace

std::vector<std::shared_ptr<const api::SinglestoreVersion>> default_catalogue() {
  std::vector<std::shared_ptr<const api::SinglestoreVersion>> out;
  for (const Row& row : kRows) out.push_back(make_version(row));
  return out;
}

Supplied supply_defaults(const Scenario& scenario) { return Supplier(scenario).supply(); }

std::vector<std::shared_ptr<const api::SinglestoreVersion>> versions_of(const Scenario& scenario) {
  std::vector<std::shared_ptr<const api::SinglestoreVersion>> out;
  for (const Manifest* manifest : all_objects(scenario)) {
    if (auto version = api::as_if<api::SinglestoreVersion>(manifest->object)) {
      out.push_back(std::move(version));
    }
  }
  for (auto& version : default_catalogue()) {
    const bool own = std::any_of(out.begin(), out.end(), [&](const auto& known) {
      return known->metadata.name == version->metadata.name;
    });
    if (!own) out.push_back(std::move(version));
  }
  return out;
}

api::ObjectPtr make_namespace(std::string_view name) {
  auto object = std::make_shared<api::Namespace>();
  object->metadata.name = name;
  return object;
}

std::shared_ptr<const api::Node> node_of(const Scenario& scenario, std::int32_t index) {
  for (const Manifest& manifest : scenario.manifests) {
    auto own = api::as_if<api::Node>(manifest.object);
    if (own != nullptr && own->metadata.name == node_name(index)) return own;
  }
  return make_node(scenario.cluster, index);
}

std::string node_name(std::int32_t index) { return fmt::format("node-{}", index); }

}  // namespace sdbtwin::scenarios
