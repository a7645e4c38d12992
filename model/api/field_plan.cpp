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

// Whether a walk has something to do at the struct or below it. Tables do not refer to themselves.
bool FieldPlan::explore(const TypeInfo& type, Wants wants) {
  if (const auto known = fields_.find(&type); known != fields_.end()) {
    return !known->second.empty();
  }
  std::vector<const FieldInfo*> fields;
  for (const FieldInfo& info : type.fields) {
    if (!info.modelled()) continue;
    const TypeInfo& inner = innermost(info.type());
    const bool below = inner.kind == TypeKind::kStruct && explore(inner, wants);
    if (below || wants(info)) fields.push_back(&info);
  }
  return !fields_.emplace(&type, std::move(fields)).first->second.empty();
}

std::span<const FieldInfo* const> FieldPlan::of(const TypeInfo& type) const {
  const auto found = fields_.find(&type);
  SIM_ASSERT(found != fields_.end());
  return found->second;
}

}  // namespace sdbtwin::api
