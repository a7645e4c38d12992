// Role and RoleBinding (rbac.authorization.k8s.io/v1). The model stores them; it does not
// authorise.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "model/api/object.h"

namespace sdbtwin::api {

struct PolicyRule {
  std::vector<std::string> verbs;
  std::vector<std::string> api_groups;
  std::vector<std::string> resources;
  std::vector<std::string> resource_names;
  Opaque extra;

  bool operator==(const PolicyRule&) const = default;
  static const TypeInfo& type_info();
};

struct Role final : Object {
  static constexpr Kind kKind = Kind::kRole;
  std::vector<PolicyRule> rules;
  Opaque extra;

  Role() : Object(kKind) {}
  std::shared_ptr<Object> clone() const override;
  static const TypeInfo& type_info();
};

struct Subject {
  std::string kind;
  std::string api_group;
  std::string name;
  std::string namespace_;
  Opaque extra;

  bool operator==(const Subject&) const = default;
  static const TypeInfo& type_info();
};

struct RoleRef {
  std::string api_group;
  std::string kind;
  std::string name;
  Opaque extra;

  bool operator==(const RoleRef&) const = default;
  static const TypeInfo& type_info();
};

struct RoleBinding final : Object {
  static constexpr Kind kKind = Kind::kRoleBinding;
  std::vector<Subject> subjects;
  RoleRef role_ref;
  Opaque extra;

  RoleBinding() : Object(kKind) {}
  std::shared_ptr<Object> clone() const override;
  static const TypeInfo& type_info();
};

}  // namespace sdbtwin::api
