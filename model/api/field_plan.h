// FieldPlan: of each struct type, the fields at which a walk over the tables has something to do,
// so that defaulting, validation and pruning skip the rest. Internal to model/api.
#pragma once

#include <map>
#include <vector>

#include "model/api/type_info.h"

namespace sdbtwin::api {

class FieldPlan {
 public:
  // Whether a walk has to look at a field itself; those above it follow.
  using Wants = bool (*)(const FieldInfo& info);

  struct Step;
  using Steps = std::vector<Step>;  // in the order of the table
  struct Step {
    const FieldInfo* info;
    const TypeInfo* type;  // of the field
    const Steps* below;    // of the struct inside it (innermost()); null: no struct
  };

  // Looks through all types that the typed kinds are made of. To be made once per kind of walk.
  explicit FieldPlan(Wants wants);
  FieldPlan(const FieldPlan&) = delete;  // steps point to steps
  FieldPlan& operator=(const FieldPlan&) = delete;

  // `type` is a struct, part of a typed kind. A walk asks once, and then goes along with `below`.
  const Steps& of(const TypeInfo& type) const;

  // Every field of every type.
  template <class Each>
  void for_each(Each each) const {
    for (const auto& [type, steps] : steps_) {
      for (const Step& step : steps) each(*step.info);
    }
  }

 private:
  const Steps& explore(const TypeInfo& type, Wants wants);

  std::map<const TypeInfo*, Steps> steps_;  // looked up only
};

// Follows optional, shared, list and map to the type inside.
const TypeInfo& innermost(const TypeInfo& type);

}  // namespace sdbtwin::api
