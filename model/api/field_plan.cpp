#include "model/api/field_plan.h"

#include <utility>

#include "model/api/kind.h"
#include "sim/core/assert.h"

namespace sdbtwin::api {

const TypeInfo& innermost(const TypeInfo& type) {
  const TypeInfo* inner = &type;
  while (inner->element != nullptr) inner = &inner->element();
  return *inner;
}

FieldPlan::FieldPlan(Wants wants) {
  for (const KindInfo& kind : all_kinds()) explore(kind.type(), wants);
}

// No steps: a walk has nothing to do at the struct or below it. Tables do not refer to themselves.
const FieldPlan::Steps& FieldPlan::explore(const TypeInfo& type, Wants wants) {
  if (const auto known = steps_.find(&type); known != steps_.end()) return known->second;
  Steps steps;
  for (const FieldInfo& info : type.fields) {
    if (!info.modelled()) continue;
    const TypeInfo& inner = innermost(info.type());
    const Steps* below = inner.kind == TypeKind::kStruct ? &explore(inner, wants) : nullptr;
    const bool leads_on = below != nullptr && !below->empty();
    if (leads_on || wants(info)) steps.push_back({&info, &info.type(), below});
  }
  return steps_.emplace(&type, std::move(steps)).first->second;
}

const FieldPlan::Steps& FieldPlan::of(const TypeInfo& type) const {
  const auto found = steps_.find(&type);
  SIM_ASSERT(found != steps_.end());
  return found->second;
}

}  // namespace sdbtwin::api
