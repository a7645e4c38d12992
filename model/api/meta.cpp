#include "model/api/meta.h"

#include <algorithm>
#include <utility>

#include "model/api/table.h"

namespace sdbtwin::api {

const TypeInfo& OwnerReference::type_info() {
  using T = OwnerReference;
  static constexpr FieldInfo kFields[] = {
      field<&T::api_version>("apiVersion").always().need(),
      field<&T::kind>("kind").always().need(),
      field<&T::name>("name").always().need(),
      field<&T::uid>("uid").always().need(),
      field<&T::controller>("controller"),
      field<&T::block_owner_deletion>("blockOwnerDeletion"),
  };
  static constexpr TypeInfo kType = struct_type<T>("OwnerReference", kFields);
  return kType;
}

const TypeInfo& ObjectMeta::type_info() {
  using T = ObjectMeta;
  static constexpr FieldInfo kFields[] = {
      field<&T::name>("name"),
      field<&T::generate_name>("generateName"),
      field<&T::namespace_>("namespace"),
      known("selfLink"),
      field<&T::uid>("uid"),
      field<&T::resource_version>("resourceVersion"),
      field<&T::generation>("generation"),
      field<&T::creation_timestamp>("creationTimestamp"),
      field<&T::deletion_timestamp>("deletionTimestamp"),
      field<&T::deletion_grace_period_seconds>("deletionGracePeriodSeconds"),
      field<&T::labels>("labels"),
      field<&T::annotations>("annotations"),
      field<&T::owner_references>("ownerReferences").list_map("uid"),
      field<&T::finalizers>("finalizers").list_set(),
      field<&T::managed_fields>("managedFields"),
  };
  static constexpr TypeInfo kType = struct_type<T>("ObjectMeta", kFields);
  return kType;
}

namespace {

std::string_view value_at(const StringMap& map, std::string_view key) {
  auto found = map.find(std::string(key));
  return found == map.end() ? std::string_view() : std::string_view(found->second);
}

}  // namespace

std::string_view label_of(const ObjectMeta& meta, std::string_view key) {
  return value_at(*meta.labels, key);
}

std::string_view annotation_of(const ObjectMeta& meta, std::string_view key) {
  return value_at(*meta.annotations, key);
}

bool has_finalizer(const ObjectMeta& meta, std::string_view finalizer) {
  return std::ranges::find(*meta.finalizers, finalizer) != meta.finalizers->end();
}

void add_finalizer(ObjectMeta& meta, std::string finalizer) {
  if (!has_finalizer(meta, finalizer)) meta.finalizers.edit().push_back(std::move(finalizer));
}

bool remove_finalizer(ObjectMeta& meta, std::string_view finalizer) {
  if (!has_finalizer(meta, finalizer)) return false;
  std::erase(meta.finalizers.edit(), finalizer);
  return true;
}

const OwnerReference* controller_of(const ObjectMeta& meta) {
  for (const OwnerReference& reference : *meta.owner_references) {
    if (reference.controller.value_or(false)) return &reference;
  }
  return nullptr;
}

bool is_owned_by(const ObjectMeta& meta, std::string_view uid) {
  return std::ranges::any_of(*meta.owner_references, [uid](const OwnerReference& reference) {
    return reference.uid == uid;
  });
}

}  // namespace sdbtwin::api
