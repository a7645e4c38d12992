#include "model/api/decode.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

#include "model/api/base64.h"
#include "model/api/core.h"
#include "model/api/errors.h"
#include "model/api/petset.h"
#include "model/api/quantity.h"
#include "model/api/reflect.h"
#include "sim/core/assert.h"

namespace sdbtwin::api {

void PathScope::append_to(std::string& path) const {
  if (outer_ != nullptr) outer_->append_to(path);
  if (field_.data() == nullptr) {
    path += fmt::format("[{}]", index_);
    return;
  }
  if (!path.empty()) path += '.';
  path += field_;
}

std::string DecodeContext::path() const {
  std::string text;
  if (innermost != nullptr) innermost->append_to(text);
  return text;
}

void DecodeContext::wrong_type(const Value& value, std::string_view wanted) {
  const std::string found = fmt::format("\"{}\"", to_string(value.type()));
  const std::string where = path();
  problems.push_back(field_error::type_invalid(
      where, found, fmt::format("{} in body must be of type {}: {}", where, wanted, found)));
}

void DecodeContext::wrong_form(const Value& value, std::string_view detail) {
  problems.push_back(field_error::invalid(path(), value.dump(), detail));
}

namespace {

template <class T>
T& write(void* value) {
  return *static_cast<T*>(value);
}

template <class T>
void decode_integer(void* value, const Value& from, DecodeContext& context) {
  if (!from.is_integer()) return context.wrong_type(from, "integer");
  if (!std::in_range<T>(from.as_integer())) {
    return context.wrong_form(from, "must fit into a 32-bit integer");
  }
  write<T>(value) = static_cast<T>(from.as_integer());
}

// "" and "0" both mean "not set".
void decode_resource_version(void* value, const Value& from, DecodeContext& context) {
  if (!from.is_string()) return context.wrong_type(from, "string");
  const std::string& text = from.text();
  uint64_t version = 0;
  auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), version);
  const bool whole = stop == text.data() + text.size();
  if (!text.empty() && (error != std::errc() || !whole)) {
    return context.wrong_form(from, "must be a decimal number");
  }
  write<uint64_t>(value) = version;
}

void decode_bytes(void* value, const Value& from, DecodeContext& context) {
  if (!from.is_string()) return context.wrong_type(from, "string");
  std::optional<std::string> bytes = base64_decode(from.text());
  if (!bytes) return context.wrong_form(from, "must be base64");
  write<Bytes>(value).raw = std::move(*bytes);
}

template <class T, class Parse>
void decode_time(void* value, const Value& from, DecodeContext& context, Parse parse) {
  if (!from.is_string()) return context.wrong_type(from, "string");
  std::optional<T> time = parse(from.text());
  if (!time) return context.wrong_form(from, "must be a time in the form of RFC 3339");
  write<T>(value) = *time;
}

void decode_quantity(void* value, const Value& from, DecodeContext& context) {
  Quantity quantity;
  if (from.is_string() || from.type() == Value::Type::kNumber) {
    quantity.text = from.text();
  } else if (from.is_integer()) {
    quantity.text = std::to_string(from.as_integer());
  } else {
    return context.wrong_type(from, "string");
  }
  if (!quantity.valid()) {
    return context.wrong_form(from,
                              "quantities must match the regular expression "
                              "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
  }
  write<Quantity>(value) = std::move(quantity);
}

void decode_int_or_string(void* value, const Value& from, DecodeContext& context) {
  if (from.is_string()) {
    write<IntOrString>(value) = IntOrString(from.text());
  } else if (from.is_integer() && std::in_range<int32_t>(from.as_integer())) {
    write<IntOrString>(value) = IntOrString(static_cast<int32_t>(from.as_integer()));
  } else {
    context.wrong_type(from, "integer or string");
  }
}

void decode_list(const TypeInfo& type, void* list, const Value& from, DecodeContext& context) {
  if (!from.is_array()) return context.wrong_type(from, "array");
  const TypeInfo& element = type.element();
  size_t index = 0;
  for (const Value& item : from.items()) {
    PathScope scope(context, index++);
    void* slot = type.list->append(list);
    if (!item.is_null()) decode(element, slot, item, context);
  }
}

void decode_map(const TypeInfo& type, void* map, const Value& from, DecodeContext& context) {
  if (!from.is_object()) return context.wrong_type(from, "object");
  const TypeInfo& element = type.element();
  for (const auto& [key, member] : from.members()) {
    PathScope scope(context, key);
    void* slot = type.map->put(map, key);
    if (!member.is_null()) decode(element, slot, member, context);
  }
}

void decode_unknown(const TypeInfo& type, void* owner, const std::string& name, const Value& member,
                    DecodeContext& context) {
  if (context.strict && type.find(name) == nullptr) {
    PathScope scope(context, name);
    std::string where = context.path();
    context.unknown.push_back(
        {"FieldValueInvalid", fmt::format("unknown field \"{}\"", where), std::move(where)});
  }
  edit_extra(type, owner).set(name, member);
}

// A kind's members that are not in its table.
bool is_type_meta(std::string_view name) {
  return name == "apiVersion" || name == "kind" || name == "metadata";
}

void decode_members(const TypeInfo& type, void* owner, const Value& from, bool is_kind,
                    DecodeContext& context) {
  if (!from.is_object()) return context.wrong_type(from, "object");
  for (const FieldInfo& info : type.fields) {
    if (info.modelled()) decode_field(type, info, owner, from.find(info.name), context);
  }
  for (const auto& [name, member] : from.members()) {
    if (is_kind && is_type_meta(name)) continue;
    const FieldInfo* info = type.find(name);
    if (info != nullptr && info->modelled()) continue;
    if (!member.is_null()) decode_unknown(type, owner, name, member, context);
  }
}

// Whether a zero member must remember how it was written: it would be left out or, an empty list,
// written as null.
bool loses_zero(const FieldInfo& info, const TypeInfo& type) {
  if (info.presence != Presence::kAlways) return true;
  return type.kind == TypeKind::kList || type.kind == TypeKind::kMap ||
         type.kind == TypeKind::kShared;
}

}  // namespace

void decode_field(const TypeInfo& owner_type, const FieldInfo& info, void* owner, const Value* from,
                  DecodeContext& context) {
  const TypeInfo& type = info.type();
  if (from == nullptr || from->is_null()) {
    const bool writes_null = from != nullptr && type.kind == TypeKind::kOptional;
    if (context.custom_resource && info.presence == Presence::kAlways && !writes_null) {
      edit_extra(owner_type, owner).set_absent(std::string(info.name));
    }
    return;
  }
  PathScope scope(context, info.name);
  void* member = info.at(owner);
  if (type.kind == TypeKind::kEnum && from->is_string()) {
    const auto found = std::ranges::find(type.enum_names, from->text());
    if (found == type.enum_names.end()) {
      edit_extra(owner_type, owner).set(std::string(info.name), *from);
      return;
    }
    write<uint8_t>(member) = static_cast<uint8_t>(found - type.enum_names.begin());
  } else {
    decode(type, member, *from, context);
  }
  if (context.custom_resource && loses_zero(info, type) && is_zero(type, member)) {
    edit_extra(owner_type, owner).set(std::string(info.name), *from);
  }
}

void decode_body(const TypeInfo& type, void* object, const Value& from, DecodeContext& context) {
  decode_members(type, object, from, true, context);
}

void decode(const TypeInfo& type, void* value, const Value& from, DecodeContext& context) {
  switch (type.kind) {
    case TypeKind::kBool:
      if (!from.is_bool()) return context.wrong_type(from, "boolean");
      write<bool>(value) = from.as_bool();
      return;
    case TypeKind::kInt32:
      return decode_integer<int32_t>(value, from, context);
    case TypeKind::kInt64:
      return decode_integer<int64_t>(value, from, context);
    case TypeKind::kResourceVersion:
      return decode_resource_version(value, from, context);
    case TypeKind::kString:
      if (!from.is_string()) return context.wrong_type(from, "string");
      write<std::string>(value) = from.text();
      return;
    case TypeKind::kBytes:
      return decode_bytes(value, from, context);
    case TypeKind::kEnum: {
      if (!from.is_string()) return context.wrong_type(from, "string");
      const auto found = std::ranges::find(type.enum_names, from.text());
      if (found == type.enum_names.end()) return context.wrong_form(from, "unsupported value");
      write<uint8_t>(value) = static_cast<uint8_t>(found - type.enum_names.begin());
      return;
    }
    case TypeKind::kTimestamp:
      return decode_time<Timestamp>(value, from, context, parse_timestamp);
    case TypeKind::kMicroTime:
      return decode_time<MicroTime>(value, from, context, parse_micro_time);
    case TypeKind::kQuantity:
      return decode_quantity(value, from, context);
    case TypeKind::kIntOrString:
      return decode_int_or_string(value, from, context);
    case TypeKind::kDurationText:
      if (!from.is_string()) return context.wrong_type(from, "string");
      write<DurationText>(value).text = from.text();
      return;
    case TypeKind::kValue:
      write<Value>(value) = from;
      return;
    case TypeKind::kRawJson:
      write<RawJson>(value).bytes = from.dump();
      return;
    case TypeKind::kList:
      return decode_list(type, value, from, context);
    case TypeKind::kMap:
      return decode_map(type, value, from, context);
    case TypeKind::kOptional:
    case TypeKind::kShared:
      return decode(type.element(), type.box->edit(value), from, context);
    case TypeKind::kStruct:
      return decode_members(type, value, from, false, context);
  }
  SIM_UNREACHABLE();
}

}  // namespace sdbtwin::api
