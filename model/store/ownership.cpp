#include "model/store/ownership.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "model/api/codec.h"
#include "model/api/enum_names.h"
#include "model/store/field_set.h"

namespace sdbtwin::store {

namespace {

using api::Value;

constexpr std::string_view kApply = "Apply";
constexpr std::string_view kUpdate = "Update";

// What tells entries of managedFields apart, in the order in which they are listed (time aside).
struct Manager {
  std::string operation;
  std::string name;
  std::string api_version;
  std::string subresource;

  auto operator<=>(const Manager&) const = default;

  std::string text() const {
    std::string text = Value(name).dump();
    if (!subresource.empty()) text += " with subresource " + Value(subresource).dump();
    return operation == kUpdate ? text + " using " + api_version : text;
  }
};

struct Owned {
  FieldSet fields;
  std::string time;
};

using Managers = std::map<Manager, Owned>;

Managers parse_managers(const Value& managed_fields) {
  Managers managers;
  if (!managed_fields.is_array()) return managers;
  for (const Value& entry : managed_fields.items()) {
    Manager manager{
        std::string(entry.string_at("operation")), std::string(entry.string_at("manager")),
        std::string(entry.string_at("apiVersion")), std::string(entry.string_at("subresource"))};
    const Value* fields = entry.find("fieldsV1");
    managers[std::move(manager)] = Owned{fields == nullptr ? FieldSet() : FieldSet::parse(*fields),
                                         std::string(entry.string_at("time"))};
  }
  return managers;
}

Value managed_fields_of(const Managers& managers) {
  std::vector<const Managers::value_type*> sorted;
  for (const auto& entry : managers) {
    if (!entry.second.fields.empty()) sorted.push_back(&entry);
  }
  if (sorted.empty()) return {};
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) {
    return std::tie(a->first.operation, a->second.time) <
           std::tie(b->first.operation, b->second.time);
  });
  Value::Array entries;
  for (const auto* entry : sorted) {
    const auto& [manager, owned] = *entry;
    Value::Object members{
        {"manager", manager.name},           {"operation", manager.operation},
        {"apiVersion", manager.api_version}, {"time", owned.time},
        {"fieldsType", "FieldsV1"},          {"fieldsV1", owned.fields.fields_v1()}};
    if (!manager.subresource.empty()) members.emplace("subresource", manager.subresource);
    entries.emplace_back(std::move(members));
  }
  return Value(std::move(entries));
}

// fieldmanager.DefaultMaxUpdateManagers: more updaters than this are not told apart.
constexpr std::size_t kUpdatersMax = 10;
constexpr std::string_view kOldUpdaters = "ancient-changes";

// Effect: of too many updaters, the oldest become one per apiVersion, as upstream's capmanagers.go.
void cap_updaters(Managers& managers) {
  std::vector<std::pair<std::string, Manager>> updaters;  // with their times
  for (const auto& [manager, owned] : managers) {
    const bool updater = manager.operation == kUpdate && !owned.fields.empty();
    if (updater) updaters.emplace_back(owned.time, manager);
  }
  std::sort(updaters.begin(), updaters.end());
  std::size_t left = updaters.size();
  std::map<std::string, Manager> first_of_version;
  for (auto it = updaters.begin(); it != updaters.end() && left > kUpdatersMax; ++it) {
    const Manager& manager = it->second;
    const auto [first, fresh] = first_of_version.try_emplace(manager.api_version, manager);
    if (fresh) continue;
    const Manager bucket{std::string(kUpdate), std::string(kOldUpdaters), manager.api_version, ""};
    if (first->second != bucket) {
      Owned moved = std::move(managers.extract(first->second).mapped());
      managers[bucket] = std::move(moved);
      first->second = bucket;
    }
    const Owned merged = std::move(managers.extract(manager).mapped());
    managers[bucket].fields = managers[bucket].fields.united(merged.fields);
    managers[bucket].time = merged.time;
    --left;
  }
}

const api::TypeInfo* type_of_kind(const Resource& resource) {
  if (resource.kind == api::Kind::kUnstructured) return nullptr;
  return &api::kind_info(resource.kind).type();
}

// What nobody owns: identity and what the server keeps for itself.
Value ownable(const Value& document) {
  Value rest = document.without("apiVersion").without("kind");
  const Value* metadata = rest.find("metadata");
  if (metadata == nullptr) return rest;
  Value kept = *metadata;
  for (const char* name : {"name", "namespace", "uid", "resourceVersion", "generation",
                           "creationTimestamp", "selfLink", "managedFields"}) {
    kept = kept.without(name);
  }
  return rest.with("metadata", std::move(kept));
}

// A configuration that says nothing about metadata does not own it.
FieldSet fields_of(const Value& configuration, const api::TypeInfo* type) {
  const Value* metadata = configuration.find("metadata");
  const bool silent = metadata != nullptr && metadata->size() == 0;
  return FieldSet::of(silent ? configuration.without("metadata") : configuration, type);
}

Value document_of(const Resource& resource, const api::Object& object) {
  api::EncodeOptions options;
  options.go_typed = !resource.custom;
  return ownable(api::to_value(object, options));
}

// Effect: the others lose what has changed under them.
void release(Managers& managers, const Manager* except, const FieldChanges& changes) {
  const FieldSet taken = changes.added.united(changes.modified);
  for (auto& [manager, owned] : managers) {
    if (except != nullptr && manager == *except) continue;
    owned.fields = owned.fields.without(taken).without(changes.removed);
  }
}

Manager manager_of(const Transaction& transaction, std::string_view operation) {
  const Resource& resource = transaction.resource();
  const std::string& named = transaction.request().field_manager;
  return Manager{std::string(operation), named.empty() ? std::string(transaction.user()) : named,
                 api::join_api_version(resource.group, resource.version),
                 std::string(api::to_string(transaction.request().subresource))};
}

api::ApiError no_manager() {
  return api::errors::invalid(
      "meta.k8s.io", "PatchOptions", "",
      {api::field_error::required("fieldManager", "is required for apply patch")});
}

using Conflicts = std::vector<std::pair<Manager, std::vector<std::string>>>;

api::ApiError apply_conflict(const Conflicts& conflicts) {
  api::ApiError error;
  error.reason = api::Reason::kConflict;
  error.code = 409;
  std::string listed;
  for (const auto& [manager, paths] : conflicts) {
    listed += fmt::format("{}conflicts with {}:", listed.empty() ? "" : "\n", manager.text());
    for (const std::string& path : paths) {
      listed += "\n- " + path;
      error.causes.push_back(api::StatusCause{.type = "FieldManagerConflict",
                                              .message = "conflict with " + manager.text(),
                                              .field = path});
    }
  }
  if (error.causes.size() == 1) {
    listed = error.causes.front().message + ": " + error.causes.front().field;
    error.message = "Apply failed with 1 conflict: " + listed;
  } else {
    error.message = fmt::format("Apply failed with {} conflicts: {}", error.causes.size(), listed);
  }
  return error;
}

Conflicts conflicts_of(const Managers& managers, const Manager& applier,
                       const FieldChanges& changes) {
  const FieldSet taken = changes.added.united(changes.modified);
  Conflicts conflicts;
  for (const auto& [manager, owned] : managers) {
    if (manager == applier) continue;
    std::vector<std::string> paths = owned.fields.common(taken).paths();
    if (!paths.empty()) conflicts.emplace_back(manager, std::move(paths));
  }
  return conflicts;
}

// What the applier had applied before, does not apply any more, and nobody else wants.
Value prune(const Value& merged, const Managers& managers, const FieldSet& applied_before,
            const api::TypeInfo* type) {
  FieldSet orphaned = applied_before;
  for (const auto& [manager, owned] : managers) orphaned = orphaned.without(owned.fields);
  return orphaned.empty() ? merged : orphaned.removed_from(merged, type);
}

api::Result<api::ObjectPtr> decoded(const Value& document, const api::ObjectPtr& live,
                                    const Resource& resource) {
  const Value* metadata = document.find("metadata");
  Value whole = document.with("kind", resource.name)
                    .with("apiVersion", api::join_api_version(resource.group, resource.version));
  if (metadata == nullptr) whole = whole.with("metadata", Value::Object());
  api::Result<api::ObjectPtr> object = api::from_value(whole);
  if (!object) return object;
  std::shared_ptr<api::Object> next = (*object)->clone();
  next->metadata.name = live->metadata.name;
  next->metadata.uid = live->metadata.uid;
  next->metadata.resource_version = live->metadata.resource_version;
  api::share_equal_parts(*next, *live);
  return api::ObjectPtr(std::move(next));
}

}  // namespace

Value managers_after_write(const Transaction& transaction, const api::Object* before,
                           const api::Object& after) {
  const Resource& resource = transaction.resource();
  const api::TypeInfo* type = type_of_kind(resource);
  Managers managers = parse_managers(before == nullptr ? Value() : before->metadata.managed_fields);
  const Value old_document = before != nullptr ? document_of(resource, *before)
                                               : Value::object({{"metadata", Value::object({})}});
  const FieldChanges changes =
      compare_fields(old_document, document_of(resource, after), type, !resource.custom);
  if (changes.none()) return before == nullptr ? Value() : before->metadata.managed_fields;
  release(managers, nullptr, changes);
  const FieldSet taken = changes.added.united(changes.modified).without(changes.removed);
  if (!taken.empty()) {
    Owned& own = managers[manager_of(transaction, kUpdate)];
    own.fields = own.fields.united(taken);
    own.time = api::to_string(transaction.timestamp());
  }
  cap_updaters(managers);
  return managed_fields_of(managers);
}

api::Result<api::ObjectPtr> apply_configuration(const Transaction& transaction,
                                                const api::ObjectPtr& live) {
  const api::Request& request = transaction.request();
  if (request.field_manager.empty()) return no_manager();
  const Resource& resource = transaction.resource();
  const api::TypeInfo* type = type_of_kind(resource);
  const Value configuration =
      ownable(request.object == nullptr ? request.patch_body : api::to_value(*request.object));
  const Manager applier = manager_of(transaction, kApply);
  Managers managers = parse_managers(live == nullptr ? Value() : live->metadata.managed_fields);
  const FieldSet applied_before =
      std::exchange(managers[applier].fields, fields_of(configuration, type));
  managers[applier].time = api::to_string(transaction.timestamp());
  if (live == nullptr) {
    if (request.object == nullptr) return transaction.not_found();
    std::shared_ptr<api::Object> fresh = request.object->clone();
    fresh->metadata.managed_fields = managed_fields_of(managers);
    return api::ObjectPtr(std::move(fresh));
  }
  const Value before = ownable(api::to_value(*live));
  Value after = merge_applied(before, configuration, type);
  const bool tracked = transaction.options().field_ownership;
  if (tracked) after = prune(after, managers, applied_before, type);
  const FieldChanges changes = compare_fields(before, after, type, !resource.custom);
  if (tracked && !request.force) {
    const Conflicts conflicts = conflicts_of(managers, applier, changes);
    if (!conflicts.empty()) return apply_conflict(conflicts);
  }
  release(managers, &applier, changes);
  api::Result<api::ObjectPtr> object = decoded(after, live, resource);
  if (!object) return object.error();
  std::shared_ptr<api::Object> next = (*object)->clone();
  const bool same = changes.none() && managers[applier].fields == applied_before;
  next->metadata.managed_fields =
      same ? live->metadata.managed_fields : managed_fields_of(managers);
  return api::ObjectPtr(std::move(next));
}

}  // namespace sdbtwin::store
