// For tests: makes a JSON document of a kind that names every field of its table, at every level.
// It walks the tables but shares no code with the codec.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "model/api/kind.h"
#include "model/api/meta.h"
#include "model/api/type_info.h"
#include "model/api/value.h"

namespace sdbtwin::api {

enum class Fill {
  kValues,      // every field has a value, and each struct has fields that nobody models
  kEmptyValues  // every field is there and empty: "", 0, false, {}, []
};

// Parameters of a suite that runs for every typed kind, and their names.
inline std::vector<Kind> all_typed_kinds() {
  std::vector<Kind> kinds;
  for (const KindInfo& kind : all_kinds()) kinds.push_back(kind.kind);
  return kinds;
}
inline std::string kind_test_name(const testing::TestParamInfo<Kind>& kind) {
  return std::string(to_string(kind.param));
}

inline Value sample_value(const TypeInfo& type, Fill fill);

inline Value::Object sample_members(const TypeInfo& type, Fill fill) {
  Value::Object members;
  const Value opaque = Value::object({{"kept", Value::array({Value(1), Value::number("2.50")})}});
  for (const FieldInfo& field : type.fields) {
    if (field.modelled()) {
      members.emplace(field.name, sample_value(field.type(), fill));
    } else if (fill == Fill::kValues) {
      members.emplace(field.name, opaque);
    }
  }
  if (fill == Fill::kValues) members.emplace("zzUnknown", opaque);
  return members;
}

inline Value sample_leaf(const TypeInfo& type) {
  switch (type.kind) {
    case TypeKind::kBool:
      return true;
    case TypeKind::kInt32:
      return 32;
    case TypeKind::kInt64:
      return int64_t{1} << 40;
    case TypeKind::kResourceVersion:
      return "12345";
    case TypeKind::kBytes:
      return "aGk=";
    case TypeKind::kEnum:
      return type.enum_names[1];
    case TypeKind::kTimestamp:
      return "2025-01-01T00:00:07Z";
    case TypeKind::kMicroTime:
      return "2025-01-01T00:00:07.000123Z";
    case TypeKind::kQuantity:
      return "0.50";
    case TypeKind::kIntOrString:
      return "25%";
    case TypeKind::kDurationText:
      return "90s";
    case TypeKind::kValue:
    case TypeKind::kRawJson:
      return Value::object({{"any", Value::array({Value("x"), Value()})}});
    default:
      return "text";
  }
}

inline Value empty_leaf(const TypeInfo& type) {
  switch (type.kind) {
    case TypeKind::kBool:
      return false;
    case TypeKind::kInt32:
    case TypeKind::kInt64:
    case TypeKind::kIntOrString:
      return 0;
    case TypeKind::kTimestamp:
    case TypeKind::kMicroTime:
    case TypeKind::kQuantity:
    case TypeKind::kRawJson:
      return sample_leaf(type);  // have no empty form
    case TypeKind::kValue:
      return Value(Value::Object());
    default:
      return "";
  }
}

inline Value sample_value(const TypeInfo& type, Fill fill) {
  const bool values = fill == Fill::kValues;
  switch (type.kind) {
    case TypeKind::kOptional:
    case TypeKind::kShared:
      return sample_value(type.element(), fill);
    case TypeKind::kList:
      return values ? Value::array({sample_value(type.element(), fill)}) : Value(Value::Array());
    case TypeKind::kMap:
      return values ? Value::object({{"key", sample_value(type.element(), fill)}})
                    : Value(Value::Object());
    case TypeKind::kStruct:
      return Value(sample_members(type, fill));
    default:
      return values ? sample_leaf(type) : empty_leaf(type);
  }
}

inline Value sample_object(const KindInfo& info, Fill fill) {
  Value::Object members = sample_members(info.type(), fill);
  members.insert_or_assign("apiVersion", info.api_version());
  members.insert_or_assign("kind", info.name);
  return Value(std::move(members))
      .with("metadata", fill == Fill::kValues ? sample_value(ObjectMeta::type_info(), fill)
                                              : Value::object({{"name", Value("x")}}));
}

}  // namespace sdbtwin::api
