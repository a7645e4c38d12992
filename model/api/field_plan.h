// FieldPlan: of each struct type, the fields at which a walk over the tables has something to do,
// so that defaulting, validation and pruning skip the rest. Internal to model/api.
#pragma once

#include <map>
#include <span>
#include <vector>

#include "model/api/type_info.h"

namespace sdbtwin::api {

class FieldPlan {
 public:
  // Whether a walk has to look at a field itself; those above it follow.
  using Wants = bool (*)(const FieldInfo& info);

  // Looks through all types that the typed kinds are made of. To be made once per kind of walk.
  explicit FieldPlan(Wants wants);

  // In the order of the table. `type` is a struct, part of a typed kind.
  std::span<const FieldInfo* const> of(const TypeInfo& type) const;

  // Every field of every type.
  template <class Each>
  void for_each(Each each) const {
    for (const auto& [type, fields] : fields_) {
      for (const FieldInfo* field : fields) each(*field);
    }
  }

 private:
  bool explore(const TypeInfo& type, Wants wants);

  std::map<const TypeInfo*, std::vector<const FieldInfo*>> fields_;  // looked up only
};

// Follows optional, shared, list and map to the type inside.
const TypeInfo& innermost(const TypeInfo& type);

}  // namespace sdbtwin::api
