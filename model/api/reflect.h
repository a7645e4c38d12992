// Algorithms over the field tables that the codec, patches and validation share. Internal to
// model/api. Pointers follow type_info.h: the void* of a kind points to its Object base.
#pragma once

#include <string_view>

#include "model/api/opaque.h"
#include "model/api/type_info.h"

namespace sdbtwin::api {

const Opaque& extra_of(const TypeInfo& type, const void* owner);
Opaque& edit_extra(const TypeInfo& type, void* owner);

// What Go's omitempty leaves out, and nil pointers. A struct is zero when all its members are and
// nothing is kept in its extra.
bool is_zero(const TypeInfo& type, const void* value);

// Deep, by what would be encoded; shared parts are compared by pointer first.
bool equal_values(const TypeInfo& type, const void* a, const void* b);

void reset(const TypeInfo& type, void* value);  // to the zero value; not of kinds

// Follows optional and shared to what they hold. `*type` becomes the type of the result; null when
// an optional is empty.
const void* unbox(const TypeInfo** type, const void* value);
// The same, making optional and shared parts present and owned.
void* unbox_for_edit(const TypeInfo** type, void* value);

// Makes shared parts of `fresh` that equal those of `old` the same parts.
void share_equal(const TypeInfo& type, void* fresh, const void* old);

inline bool is_box(TypeKind kind) {
  return kind == TypeKind::kOptional || kind == TypeKind::kShared;
}

}  // namespace sdbtwin::api
