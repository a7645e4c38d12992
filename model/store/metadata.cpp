#include "model/store/metadata.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "model/api/core.h"
#include "model/api/schema.h"

namespace sdbtwin::store {

namespace {

using api::field_error::forbidden;
using api::field_error::invalid;
using api::field_error::required;

std::string json_text(std::string_view text) {
  std::string json;
  api::append_json_string(json, text);
  return json;
}

void check_owners(const std::vector<api::OwnerReference>& owners, Causes& causes) {
  const api::OwnerReference* controller = nullptr;
  for (std::size_t i = 0; i < owners.size(); ++i) {
    const api::OwnerReference& owner = owners[i];
    const auto path = [i](std::string_view field) {
      return fmt::format("metadata.ownerReferences[{}].{}", i, field);
    };
    if (owner.api_version.empty()) causes.push_back(required(path("apiVersion")));
    if (owner.kind.empty()) causes.push_back(required(path("kind")));
    if (owner.name.empty()) causes.push_back(required(path("name")));
    if (owner.uid.empty()) causes.push_back(required(path("uid"), "must not be empty"));
    if (!owner.controller.value_or(false)) continue;
    if (controller != nullptr) {
      causes.push_back(invalid(
          "metadata.ownerReferences", "{}",
          fmt::format("Only one reference can have Controller set to true. Found \"true\" in "
                      "references for {}/{} and {}/{}",
                      controller->kind, controller->name, owner.kind, owner.name)));
    }
    controller = &owner;
  }
}

// apimachinery's TotalAnnotationSizeLimitB, of names and values together.
constexpr std::size_t kAnnotationBytesMax = 256 << 10;

void check_annotations(const api::StringMap& annotations, Causes& causes) {
  std::size_t bytes = 0;
  for (const auto& [name, value] : annotations) bytes += name.size() + value.size();
  if (bytes <= kAnnotationBytesMax) return;
  causes.push_back(api::field_error::too_long("metadata.annotations", "", kAnnotationBytesMax));
}

template <class T>
void check_same(const char* path, const T& next, const T& before, std::string_view shown,
                Causes& causes) {
  if (next == before) return;
  causes.push_back(invalid(path, json_text(shown), "field is immutable"));
}

}  // namespace

void fill_system_fields(Transaction& transaction, api::ObjectMeta& meta) {
  const Resource& resource = transaction.resource();
  const bool counts = resource.generation &&
                      (resource.kind != api::Kind::kPod || transaction.options().pod_generation);
  meta.uid = transaction.ids().next_uid();
  meta.creation_timestamp = transaction.timestamp();
  meta.deletion_timestamp.reset();
  meta.deletion_grace_period_seconds.reset();
  meta.generation = counts ? 1 : 0;
  meta.managed_fields = api::Value();
}

void restore_system_fields(api::ObjectMeta& next, const api::ObjectMeta& before) {
  if (next.namespace_.empty()) next.namespace_ = before.namespace_;
  next.uid = before.uid;
  next.resource_version = before.resource_version;
  next.generation = before.generation;
  next.creation_timestamp = before.creation_timestamp;
  next.deletion_timestamp = before.deletion_timestamp;
  next.deletion_grace_period_seconds = before.deletion_grace_period_seconds;
  next.managed_fields = before.managed_fields;
}

void mark_deleting(api::ObjectMeta& meta, api::Timestamp now, std::int64_t grace_seconds) {
  if (!meta.deletion_timestamp && meta.generation > 0) ++meta.generation;
  meta.deletion_timestamp = api::Timestamp{now.seconds + grace_seconds};
  meta.deletion_grace_period_seconds = grace_seconds;
}

void generate_name(Transaction& transaction, api::ObjectMeta& meta) {
  if (!meta.name.empty() || meta.generate_name.empty()) return;
  constexpr std::size_t kBaseMax = 58;
  constexpr int kTries = 8;
  for (int i = 0; i < kTries; ++i) {
    meta.name = meta.generate_name.substr(0, kBaseMax) + transaction.ids().next_suffix();
    const api::ObjectKey key(meta.namespace_, meta.name);
    if (transaction.table().find(key) == nullptr) return;
  }
}

Causes check_metadata(const Resource& resource, const api::ObjectMeta& meta) {
  Causes causes;
  if (resource.namespaced && meta.namespace_.empty()) {
    causes.push_back(required("metadata.namespace"));
  }
  check_owners(*meta.owner_references, causes);
  check_annotations(*meta.annotations, causes);
  for (const std::string& finalizer : *meta.finalizers) {
    if (const std::string_view problem = api::check_qualified_name(finalizer); !problem.empty()) {
      causes.push_back(invalid("metadata.finalizers", json_text(finalizer), problem));
    }
  }
  return causes;
}

Causes check_metadata_update(const api::ObjectMeta& next, const api::ObjectMeta& before) {
  Causes causes;
  check_same("metadata.name", next.name, before.name, next.name, causes);
  check_same("metadata.namespace", next.namespace_, before.namespace_, next.namespace_, causes);
  if (!next.owner_references.same(before.owner_references)) {
    check_owners(*next.owner_references, causes);
  }
  if (!next.annotations.same(before.annotations)) check_annotations(*next.annotations, causes);
  if (!before.deletion_timestamp || next.finalizers.same(before.finalizers)) return causes;
  std::string fresh;
  for (const std::string& finalizer : *next.finalizers) {
    if (api::has_finalizer(before, finalizer)) continue;
    fresh += (fresh.empty() ? "" : ", ") + json_text(finalizer);
  }
  if (fresh.empty()) return causes;
  causes.push_back(forbidden(
      "metadata.finalizers",
      fmt::format("no new finalizers can be added if the object is being deleted, found new "
                  "finalizers []string{{{}}}",
                  fresh)));
  return causes;
}

api::Result<void> check_namespace(const Transaction& transaction, const std::string& name) {
  if (!transaction.resource().namespaced) return {};
  const std::string& namespace_ = transaction.key().namespace_;
  const api::ObjectPtr found =
      transaction.table_of(api::Kind::kNamespace).find(api::ObjectKey("", namespace_));
  if (found == nullptr) {
    return api::errors::not_found(api::kind_info(api::Kind::kNamespace).resource(), namespace_);
  }
  if (!api::is_deleting(found->metadata)) return {};
  api::ApiError error = api::errors::forbidden(
      transaction.resource().id(), name,
      fmt::format("unable to create new content in namespace {} because it is being terminated",
                  namespace_));
  error.causes.push_back(
      api::StatusCause{.type = "NamespaceTerminating",
                       .message = fmt::format("namespace {} is being terminated", namespace_),
                       .field = "metadata.namespace"});
  return error;
}

api::Result<void> check_preconditions(const Resource& resource, const api::DeleteOptions& options,
                                      const api::ObjectMeta& meta) {
  if (options.uid && *options.uid != meta.uid) {
    return api::errors::conflict(
        resource.kind_id(), meta.name,
        fmt::format("the UID in the precondition ({}) does not match the UID in record ({}). The "
                    "object might have been deleted and then recreated",
                    *options.uid, meta.uid));
  }
  if (options.resource_version && *options.resource_version != meta.resource_version) {
    return api::errors::conflict(
        resource.kind_id(), meta.name,
        fmt::format("the ResourceVersion in the precondition ({}) does not match the "
                    "ResourceVersion in record ({}). The object might have been modified",
                    *options.resource_version, meta.resource_version));
  }
  return {};
}

}  // namespace sdbtwin::store
