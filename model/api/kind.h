// The registry of the kinds that the model types: names, scope, and the rules that differ between
// built-in kinds and custom resources. Everything else travels as Kind::kUnstructured.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "model/api/type_info.h"

namespace sdbtwin::api {

class Object;

enum class Kind : uint8_t {
  kPod,
  kPetSet,
  kControllerRevision,
  kService,
  kSecret,
  kConfigMap,
  kPersistentVolumeClaim,
  kPersistentVolume,
  kStorageClass,
  kPodDisruptionBudget,
  kNode,
  kEvent,
  kLease,
  kNamespace,
  kServiceAccount,
  kRole,
  kRoleBinding,
  kAppBinding,
  kSinglestore,
  kSinglestoreOpsRequest,
  kSinglestoreVersion,
  kPriorityClass,
  kUnstructured,
};
inline constexpr size_t kTypedKindCount = static_cast<size_t>(Kind::kUnstructured);
inline constexpr size_t kKindCount = kTypedKindCount + 1;

std::string_view to_string(Kind kind);  // "PetSet"; "Unstructured"

// Group and plural, as error messages name a resource: petsets.apps.k8s.appscode.com.
struct GroupResource {
  std::string_view group;
  std::string_view plural;

  std::string text() const;
};

struct PrinterColumn {
  std::string_view name;
  std::string_view json_path;
  std::string_view type;  // "string", "boolean", "date"
};

struct KindInfo {
  Kind kind;
  std::string_view group;  // "" for core
  std::string_view version;
  std::string_view name;      // "PetSet"
  std::string_view plural;    // "petsets"
  std::string_view singular;  // "petset"
  std::span<const std::string_view> short_names;
  std::span<const std::string_view> categories;
  std::span<const PrinterColumn> printer_columns;  // of custom resources
  bool namespaced;
  bool status_subresource;
  bool scale_subresource;
  bool custom_resource;       // against built-in
  bool unconditional_update;  // a PUT without resourceVersion is taken (kubernetes.md 4.1)
  bool generation;            // metadata.generation is kept (some built-ins have none)
  const TypeInfo& (*type)();  // table of the members beside apiVersion, kind and metadata
  std::shared_ptr<Object> (*make)();

  std::string api_version() const;  // "group/version", or "v1"
  GroupResource resource() const { return {group, plural}; }
};

// Precondition: not kUnstructured.
const KindInfo& kind_info(Kind kind);
std::span<const KindInfo> all_kinds();
// Null when the kind is not typed (or another version of a typed kind is meant).
const KindInfo* find_kind(std::string_view api_version, std::string_view name);
const KindInfo* find_resource(std::string_view group, std::string_view version,
                              std::string_view plural);
// By anything that kubectl takes: kind, plural, singular, short name; case-insensitive.
const KindInfo* find_kind_by_any_name(std::string_view name);

// "group/version" or "v1" in its two parts.
struct GroupVersion {
  std::string group;
  std::string version;
};
GroupVersion split_api_version(std::string_view api_version);
std::string join_api_version(std::string_view group, std::string_view version);

}  // namespace sdbtwin::api
