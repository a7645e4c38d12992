// SinglestoreVersion (catalog.kubedb.com/v1alpha1, cluster-scoped): images and upgrade rules of one
// version of the database.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/api/object.h"

namespace sdbtwin::api {

struct ImageSpec {
  std::string image;
  Opaque extra;

  bool operator==(const ImageSpec&) const = default;
  static const TypeInfo& type_info();
};

struct VersionSecurityContext {
  std::optional<int64_t> run_as_user;
  std::optional<int64_t> run_as_group;
  Opaque extra;

  bool operator==(const VersionSecurityContext&) const = default;
  static const TypeInfo& type_info();
};

// Semver constraints: ">= 8.7.10, <= 8.9.3".
struct UpdateConstraints {
  std::vector<std::string> allowlist;
  std::vector<std::string> denylist;
  Opaque extra;

  bool operator==(const UpdateConstraints&) const = default;
  static const TypeInfo& type_info();
};

struct SinglestoreVersionSpec {
  std::string version;
  ImageSpec db;
  ImageSpec coordinator;
  ImageSpec standalone;
  ImageSpec init_container;
  ImageSpec git_syncer;
  bool deprecated = false;
  bool end_of_life = false;
  VersionSecurityContext security_context;
  UpdateConstraints update_constraints;
  Opaque extra;  // stash

  bool operator==(const SinglestoreVersionSpec&) const = default;
  static const TypeInfo& type_info();
};

struct SinglestoreVersion final : Object {
  static constexpr Kind kKind = Kind::kSinglestoreVersion;
  Shared<SinglestoreVersionSpec> spec;
  Opaque extra;

  SinglestoreVersion() : Object(kKind) {}
  std::shared_ptr<Object> clone() const override;
  static const TypeInfo& type_info();
};

}  // namespace sdbtwin::api
