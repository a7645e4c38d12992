// PriorityClass (scheduling.k8s.io/v1): which pods may push others off a node.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "model/api/object.h"

namespace sdbtwin::api {

struct PriorityClass final : Object {
  static constexpr Kind kKind = Kind::kPriorityClass;
  int32_t value = 0;
  bool global_default = false;
  std::string description;
  std::string preemption_policy;  // "PreemptLowerPriority", "Never"
  Opaque extra;

  PriorityClass() : Object(kKind) {}
  std::shared_ptr<Object> clone() const override;
  static const TypeInfo& type_info();
};

}  // namespace sdbtwin::api
