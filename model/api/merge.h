// Merging on plain values, guided by the field tables. Internal to model/api; the public face is
// patch.h.
#pragma once

#include <string_view>

#include "model/api/result.h"
#include "model/api/type_info.h"
#include "model/api/value.h"

namespace sdbtwin::api {

// strategicpatch.StrategicMergeMapPatch of one object. `type` is the struct's table, or null where
// the schema is unknown: then maps merge and lists are replaced.
Result<Value> strategic_merge(const Value& original, const Value& patch, const TypeInfo* type);

// One list member, with what the schema says of it.
Result<Value> strategic_merge_list(const Value& original, const Value& patch,
                                   const FieldInfo* field);

inline constexpr std::string_view kPatchDirective = "$patch";
inline constexpr std::string_view kRetainKeysDirective = "$retainKeys";
inline constexpr std::string_view kDeleteFromListPrefix = "$deleteFromPrimitiveList/";
inline constexpr std::string_view kSetOrderPrefix = "$setElementOrder/";

// The member by which elements of a keyed list are told apart.
std::string_view merge_key(const FieldInfo& field);

// Whether a member of a patch is a directive, not a field.
bool is_directive(std::string_view key);

}  // namespace sdbtwin::api
