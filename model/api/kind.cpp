#include "model/api/kind.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "model/api/coordination.h"
#include "model/api/core.h"
#include "model/api/ops_request.h"
#include "model/api/petset.h"
#include "model/api/pod.h"
#include "model/api/policy.h"
#include "model/api/rbac.h"
#include "model/api/scheduling.h"
#include "model/api/singlestore.h"
#include "model/api/singlestore_version.h"
#include "model/api/storage.h"
#include "sim/core/assert.h"

namespace sdbtwin::api {

namespace {

using Names = std::array<std::string_view, 1>;

constexpr Names kPo{"po"};
constexpr Names kSvc{"svc"};
constexpr Names kCm{"cm"};
constexpr Names kPvc{"pvc"};
constexpr Names kPv{"pv"};
constexpr Names kSc{"sc"};
constexpr Names kPdb{"pdb"};
constexpr Names kNo{"no"};
constexpr Names kEv{"ev"};
constexpr Names kNs{"ns"};
constexpr Names kSa{"sa"};
constexpr Names kPc{"pc"};
constexpr Names kSdb{"sdb"};
constexpr Names kSdbops{"sdbops"};
constexpr Names kSdbv{"sdbv"};
constexpr Names kCategoryAll{"all"};
constexpr std::array<std::string_view, 4> kSdbCategories{"datastore", "kubedb", "appscode", "all"};
constexpr std::array<std::string_view, 3> kOpsCategories{"ops", "kubedb", "appscode"};
constexpr std::array<std::string_view, 3> kCatalogCategories{"catalog", "kubedb", "appscode"};
constexpr std::array<std::string_view, 3> kAppCategories{"catalog", "appscode", "all"};

// Columns of the CRDs: kubedb.md 1 and 4, petset's CRD has none.
constexpr std::array<PrinterColumn, 3> kSdbColumns{{
    {"Version", ".spec.version", "string"},
    {"Status", ".status.phase", "string"},
    {"Age", ".metadata.creationTimestamp", "date"},
}};
constexpr std::array<PrinterColumn, 3> kOpsColumns{{
    {"Type", ".spec.type", "string"},
    {"Status", ".status.phase", "string"},
    {"Age", ".metadata.creationTimestamp", "date"},
}};
constexpr std::array<PrinterColumn, 4> kVersionColumns{{
    {"Version", ".spec.version", "string"},
    {"DB_IMAGE", ".spec.db.image", "string"},
    {"Deprecated", ".spec.deprecated", "boolean"},
    {"Age", ".metadata.creationTimestamp", "date"},
}};
constexpr std::array<PrinterColumn, 3> kAppColumns{{
    {"Type", ".spec.type", "string"},
    {"Version", ".spec.version", "string"},
    {"Age", ".metadata.creationTimestamp", "date"},
}};

template <class T>
constexpr KindInfo entry(std::string_view group, std::string_view version, std::string_view name,
                         std::string_view plural, std::string_view singular) {
  KindInfo info{};
  info.kind = T::kKind;
  info.group = group;
  info.version = version;
  info.name = name;
  info.plural = plural;
  info.singular = singular;
  info.namespaced = true;
  info.unconditional_update = true;
  info.type = &T::type_info;
  info.make = []() -> std::shared_ptr<Object> { return std::make_shared<T>(); };
  return info;
}

// A custom resource: generation is kept, and a PUT without resourceVersion is refused.
template <class T>
constexpr KindInfo custom(std::string_view group, std::string_view version, std::string_view name,
                          std::string_view plural, std::string_view singular) {
  KindInfo info = entry<T>(group, version, name, plural, singular);
  info.custom_resource = true;
  info.generation = true;
  info.unconditional_update = false;
  return info;
}

constexpr std::string_view kRbac = "rbac.authorization.k8s.io";

using KindTable = std::array<KindInfo, kTypedKindCount>;

constexpr KindInfo& add(KindTable& kinds, const KindInfo& info) {
  KindInfo& slot = kinds[static_cast<size_t>(info.kind)];
  slot = info;
  return slot;
}

constexpr void add_workload_kinds(KindTable& kinds) {
  KindInfo& pod = add(kinds, entry<Pod>("", "v1", "Pod", "pods", "pod"));
  pod.short_names = kPo;
  pod.categories = kCategoryAll;
  pod.status_subresource = true;
  pod.generation = true;

  KindInfo& set =
      add(kinds, custom<PetSet>("apps.k8s.appscode.com", "v1", "PetSet", "petsets", "petset"));
  set.status_subresource = true;
  set.scale_subresource = true;

  add(kinds, entry<ControllerRevision>("apps", "v1", "ControllerRevision", "controllerrevisions",
                                       "controllerrevision"));

  KindInfo& budget =
      add(kinds, entry<PodDisruptionBudget>("policy", "v1", "PodDisruptionBudget",
                                            "poddisruptionbudgets", "poddisruptionbudget"));
  budget.short_names = kPdb;
  budget.status_subresource = true;
  budget.generation = true;
  budget.unconditional_update = false;
}

constexpr void add_storage_kinds(KindTable& kinds) {
  KindInfo& claim =
      add(kinds, entry<PersistentVolumeClaim>("", "v1", "PersistentVolumeClaim",
                                              "persistentvolumeclaims", "persistentvolumeclaim"));
  claim.short_names = kPvc;
  claim.status_subresource = true;

  KindInfo& volume = add(kinds, entry<PersistentVolume>("", "v1", "PersistentVolume",
                                                        "persistentvolumes", "persistentvolume"));
  volume.short_names = kPv;
  volume.namespaced = false;
  volume.status_subresource = true;

  KindInfo& storage_class = add(kinds, entry<StorageClass>("storage.k8s.io", "v1", "StorageClass",
                                                           "storageclasses", "storageclass"));
  storage_class.short_names = kSc;
  storage_class.namespaced = false;
}

constexpr void add_cluster_kinds(KindTable& kinds) {
  KindInfo& node = add(kinds, entry<Node>("", "v1", "Node", "nodes", "node"));
  node.short_names = kNo;
  node.namespaced = false;
  node.status_subresource = true;

  KindInfo& space = add(kinds, entry<Namespace>("", "v1", "Namespace", "namespaces", "namespace"));
  space.short_names = kNs;
  space.namespaced = false;
  space.status_subresource = true;

  KindInfo& lease =
      add(kinds, entry<Lease>("coordination.k8s.io", "v1", "Lease", "leases", "lease"));
  lease.unconditional_update = false;

  KindInfo& account = add(kinds, entry<ServiceAccount>("", "v1", "ServiceAccount",
                                                       "serviceaccounts", "serviceaccount"));
  account.short_names = kSa;
  account.unconditional_update = false;

  KindInfo& priority = add(kinds, entry<PriorityClass>("scheduling.k8s.io", "v1", "PriorityClass",
                                                       "priorityclasses", "priorityclass"));
  priority.short_names = kPc;
  priority.namespaced = false;

  add(kinds, entry<Role>(kRbac, "v1", "Role", "roles", "role"));
  add(kinds, entry<RoleBinding>(kRbac, "v1", "RoleBinding", "rolebindings", "rolebinding"));
}

constexpr void add_plain_kinds(KindTable& kinds) {
  KindInfo& service = add(kinds, entry<Service>("", "v1", "Service", "services", "service"));
  service.short_names = kSvc;
  service.categories = kCategoryAll;
  service.status_subresource = true;

  add(kinds, entry<Secret>("", "v1", "Secret", "secrets", "secret"));
  KindInfo& config = add(kinds, entry<ConfigMap>("", "v1", "ConfigMap", "configmaps", "configmap"));
  config.short_names = kCm;
  KindInfo& event = add(kinds, entry<Event>("", "v1", "Event", "events", "event"));
  event.short_names = kEv;
}

constexpr void add_database_kinds(KindTable& kinds) {
  KindInfo& binding = add(kinds, custom<AppBinding>("appcatalog.appscode.com", "v1alpha1",
                                                    "AppBinding", "appbindings", "appbinding"));
  binding.categories = kAppCategories;
  binding.printer_columns = kAppColumns;

  KindInfo& database = add(kinds, custom<Singlestore>("kubedb.com", "v1alpha2", "Singlestore",
                                                      "singlestores", "singlestore"));
  database.short_names = kSdb;
  database.categories = kSdbCategories;
  database.printer_columns = kSdbColumns;
  database.status_subresource = true;

  KindInfo& request = add(
      kinds, custom<SinglestoreOpsRequest>("ops.kubedb.com", "v1alpha1", "SinglestoreOpsRequest",
                                           "singlestoreopsrequests", "singlestoreopsrequest"));
  request.short_names = kSdbops;
  request.categories = kOpsCategories;
  request.printer_columns = kOpsColumns;
  request.status_subresource = true;

  KindInfo& version =
      add(kinds, custom<SinglestoreVersion>("catalog.kubedb.com", "v1alpha1", "SinglestoreVersion",
                                            "singlestoreversions", "singlestoreversion"));
  version.short_names = kSdbv;
  version.categories = kCatalogCategories;
  version.printer_columns = kVersionColumns;
  version.namespaced = false;
}

constexpr KindTable make_kinds() {
  KindTable kinds{};
  add_workload_kinds(kinds);
  add_storage_kinds(kinds);
  add_cluster_kinds(kinds);
  add_plain_kinds(kinds);
  add_database_kinds(kinds);
  return kinds;
}

constexpr KindTable kKinds = make_kinds();

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(
      a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

}  // namespace

std::string_view to_string(Kind kind) {
  return kind == Kind::kUnstructured ? "Unstructured" : kind_info(kind).name;
}

std::string GroupResource::text() const {
  std::string text(plural);
  if (!group.empty()) text.append(".").append(group);
  return text;
}

std::string KindInfo::api_version() const { return join_api_version(group, version); }

const KindInfo& kind_info(Kind kind) {
  SIM_ASSERT(kind != Kind::kUnstructured);
  return kKinds[static_cast<size_t>(kind)];
}

std::span<const KindInfo> all_kinds() { return kKinds; }

const KindInfo* find_kind(std::string_view api_version, std::string_view name) {
  const size_t slash = api_version.find('/');
  const std::string_view group =
      slash == std::string_view::npos ? std::string_view() : api_version.substr(0, slash);
  const std::string_view version =
      slash == std::string_view::npos ? api_version : api_version.substr(slash + 1);
  for (const KindInfo& info : kKinds) {
    if (info.name == name && info.group == group && info.version == version) return &info;
  }
  return nullptr;
}

const KindInfo* find_resource(std::string_view group, std::string_view version,
                              std::string_view plural) {
  for (const KindInfo& info : kKinds) {
    if (info.plural == plural && info.group == group && info.version == version) return &info;
  }
  return nullptr;
}

const KindInfo* find_kind_by_any_name(std::string_view name) {
  for (const KindInfo& info : kKinds) {
    if (equal_ignoring_case(name, info.name)) return &info;
    if (equal_ignoring_case(name, info.plural)) return &info;
    if (equal_ignoring_case(name, info.singular)) return &info;
    if (equal_ignoring_case(name, info.resource().text())) return &info;
    for (std::string_view short_name : info.short_names) {
      if (equal_ignoring_case(name, short_name)) return &info;
    }
  }
  return nullptr;
}

GroupVersion split_api_version(std::string_view api_version) {
  const size_t slash = api_version.find('/');
  if (slash == std::string_view::npos) return {"", std::string(api_version)};
  return {std::string(api_version.substr(0, slash)), std::string(api_version.substr(slash + 1))};
}

std::string join_api_version(std::string_view group, std::string_view version) {
  if (group.empty()) return std::string(version);
  std::string joined(group);
  return joined.append("/").append(version);
}

}  // namespace sdbtwin::api
