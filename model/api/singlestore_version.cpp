#include "model/api/singlestore_version.h"

#include "model/api/table.h"

namespace sdbtwin::api {

const TypeInfo& ImageSpec::type_info() {
  using T = ImageSpec;
  static constexpr FieldInfo kFields[] = {
      field<&T::image>("image").always().need(),
  };
  static constexpr TypeInfo kType = struct_type<T>("ImageSpec", kFields);
  return kType;
}

const TypeInfo& VersionSecurityContext::type_info() {
  using T = VersionSecurityContext;
  static constexpr FieldInfo kFields[] = {
      field<&T::run_as_user>("runAsUser"),
      field<&T::run_as_group>("runAsGroup"),
  };
  static constexpr TypeInfo kType = struct_type<T>("VersionSecurityContext", kFields);
  return kType;
}

const TypeInfo& UpdateConstraints::type_info() {
  using T = UpdateConstraints;
  static constexpr FieldInfo kFields[] = {
      field<&T::allowlist>("allowlist"),
      field<&T::denylist>("denylist"),
  };
  static constexpr TypeInfo kType = struct_type<T>("UpdateConstraints", kFields);
  return kType;
}

const TypeInfo& SinglestoreVersionSpec::type_info() {
  using T = SinglestoreVersionSpec;
  static constexpr FieldInfo kFields[] = {
      field<&T::version>("version").always().need(),
      field<&T::db>("db").always().need(),
      field<&T::coordinator>("coordinator").always().need(),
      field<&T::standalone>("standalone"),
      field<&T::init_container>("initContainer"),
      field<&T::git_syncer>("gitSyncer"),
      field<&T::deprecated>("deprecated"),
      field<&T::end_of_life>("endOfLife"),
      field<&T::security_context>("securityContext"),
      field<&T::update_constraints>("updateConstraints"),
      known("stash"),
      known("ui"),
      known("archiver"),
  };
  static constexpr TypeInfo kType = struct_type<T>("SinglestoreVersionSpec", kFields);
  return kType;
}

const TypeInfo& SinglestoreVersion::type_info() {
  using T = SinglestoreVersion;
  static constexpr FieldInfo kFields[] = {
      field<&T::spec>("spec").always(),
  };
  static constexpr TypeInfo kType = struct_type<T>("SinglestoreVersion", kFields);
  return kType;
}

std::shared_ptr<Object> SinglestoreVersion::clone() const { return clone_of(*this); }

}  // namespace sdbtwin::api
