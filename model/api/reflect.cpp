#include "model/api/reflect.h"

#include <cstdint>
#include <optional>
#include <string>

#include "model/api/core.h"
#include "model/api/meta.h"
#include "model/api/petset.h"
#include "model/api/quantity.h"
#include "model/api/value.h"
#include "sim/core/assert.h"

namespace sdbtwin::api {

const Opaque& extra_of(const TypeInfo& type, const void* owner) {
  return *type.extra(const_cast<void*>(owner));
}

Opaque& edit_extra(const TypeInfo& type, void* owner) { return *type.extra(owner); }

namespace {

template <class T>
const T& read(const void* value) {
  return *static_cast<const T*>(value);
}

template <class T>
bool same_value(const void* a, const void* b) {
  return read<T>(a) == read<T>(b);
}

// Whether what `extra` keeps for a member is written, or hidden by a member that is set.
bool is_hidden(const TypeInfo& type, const void* owner, std::string_view field) {
  const FieldInfo* info = type.find(field);
  return info != nullptr && info->modelled() && !is_zero(info->type(), info->get(owner));
}

bool is_zero_struct(const TypeInfo& type, const void* owner) {
  for (const FieldInfo& info : type.fields) {
    if (info.modelled() && !is_zero(info.type(), info.get(owner))) return false;
  }
  return extra_of(type, owner).fields().empty();
}

// Precondition: the modelled members of a and b are equal, so they hide the same entries.
bool equal_extras(const TypeInfo& type, const void* a, const void* b) {
  const Opaque& left = extra_of(type, a);
  const Opaque& right = extra_of(type, b);
  if (left == right) return true;
  Opaque visible_left;
  Opaque visible_right;
  auto copy_visible = [&](const Opaque& from, Opaque& to) {
    for (const auto& [name, value] : from.fields()) {
      if (!is_hidden(type, a, name)) to.set(name, value);
    }
    for (const std::string& name : from.absent()) {
      if (!is_hidden(type, a, name)) to.set_absent(name);
    }
  };
  copy_visible(left, visible_left);
  copy_visible(right, visible_right);
  return visible_left == visible_right;
}

bool equal_structs(const TypeInfo& type, const void* a, const void* b) {
  for (const FieldInfo& info : type.fields) {
    if (info.modelled() && !equal_values(info.type(), info.get(a), info.get(b))) return false;
  }
  return equal_extras(type, a, b);
}

bool equal_lists(const TypeInfo& type, const void* a, const void* b) {
  const size_t size = type.list->size(a);
  if (size != type.list->size(b)) return false;
  const TypeInfo& element = type.element();
  for (size_t index = 0; index < size; ++index) {
    if (!equal_values(element, type.list->at(a, index), type.list->at(b, index))) return false;
  }
  return true;
}

bool equal_maps(const TypeInfo& type, const void* a, const void* b) {
  if (type.map->equal != nullptr) return type.map->equal(a, b);
  if (type.map->size(a) != type.map->size(b)) return false;
  struct Context {
    const TypeInfo& type;
    const void* other;
    bool equal = true;
  } context{type, b};
  type.map->visit(a, &context, [](void* raw, const std::string& key, const void* value) {
    auto& state = *static_cast<Context*>(raw);
    if (!state.equal) return;
    const void* other = state.type.map->find(state.other, key);
    state.equal = other != nullptr && equal_values(state.type.element(), value, other);
  });
  return context.equal;
}

bool equal_boxes(const TypeInfo& type, const void* a, const void* b) {
  if (type.same != nullptr && type.same(a, b)) return true;
  const void* left = type.box->get(a);
  const void* right = type.box->get(b);
  if (left == nullptr || right == nullptr) return left == right;
  return equal_values(type.element(), left, right);
}

}  // namespace

bool is_zero(const TypeInfo& type, const void* value) {
  switch (type.kind) {
    case TypeKind::kBool:
      return !read<bool>(value);
    case TypeKind::kInt32:
      return read<int32_t>(value) == 0;
    case TypeKind::kInt64:
      return read<int64_t>(value) == 0;
    case TypeKind::kResourceVersion:
      return read<uint64_t>(value) == 0;
    case TypeKind::kString:
      return read<std::string>(value).empty();
    case TypeKind::kBytes:
      return read<Bytes>(value).raw.empty();
    case TypeKind::kEnum:
      return read<uint8_t>(value) == 0;
    case TypeKind::kTimestamp:
    case TypeKind::kMicroTime:
      return false;
    case TypeKind::kQuantity:
      return read<Quantity>(value).empty();
    case TypeKind::kIntOrString:
      return read<IntOrString>(value) == IntOrString();
    case TypeKind::kDurationText:
      return read<DurationText>(value).empty();
    case TypeKind::kValue:
      return read<Value>(value).is_null();
    case TypeKind::kRawJson:
      return read<RawJson>(value).empty();
    case TypeKind::kList:
      return type.list->size(value) == 0;
    case TypeKind::kMap:
      return type.map->size(value) == 0;
    case TypeKind::kOptional:
      return type.box->get(value) == nullptr;
    case TypeKind::kShared:
      return is_zero(type.element(), type.box->get(value));
    case TypeKind::kStruct:
      return is_zero_struct(type, value);
  }
  SIM_UNREACHABLE();
}

bool equal_values(const TypeInfo& type, const void* a, const void* b) {
  switch (type.kind) {
    case TypeKind::kBool:
      return same_value<bool>(a, b);
    case TypeKind::kInt32:
      return same_value<int32_t>(a, b);
    case TypeKind::kInt64:
      return same_value<int64_t>(a, b);
    case TypeKind::kResourceVersion:
      return same_value<uint64_t>(a, b);
    case TypeKind::kString:
      return same_value<std::string>(a, b);
    case TypeKind::kBytes:
      return same_value<Bytes>(a, b);
    case TypeKind::kEnum:
      return same_value<uint8_t>(a, b);
    case TypeKind::kTimestamp:
      return same_value<Timestamp>(a, b);
    case TypeKind::kMicroTime:
      return same_value<MicroTime>(a, b);
    case TypeKind::kQuantity:
      return same_value<Quantity>(a, b);
    case TypeKind::kIntOrString:
      return same_value<IntOrString>(a, b);
    case TypeKind::kDurationText:
      return same_value<DurationText>(a, b);
    case TypeKind::kValue:
      return same_value<Value>(a, b);
    case TypeKind::kRawJson:
      return same_value<RawJson>(a, b);
    case TypeKind::kList:
      return equal_lists(type, a, b);
    case TypeKind::kMap:
      return equal_maps(type, a, b);
    case TypeKind::kOptional:
    case TypeKind::kShared:
      return equal_boxes(type, a, b);
    case TypeKind::kStruct:
      return equal_structs(type, a, b);
  }
  SIM_UNREACHABLE();
}

void reset(const TypeInfo& type, void* value) {
  switch (type.kind) {
    case TypeKind::kBool:
      *static_cast<bool*>(value) = false;
      return;
    case TypeKind::kInt32:
      *static_cast<int32_t*>(value) = 0;
      return;
    case TypeKind::kInt64:
      *static_cast<int64_t*>(value) = 0;
      return;
    case TypeKind::kResourceVersion:
      *static_cast<uint64_t*>(value) = 0;
      return;
    case TypeKind::kString:
      static_cast<std::string*>(value)->clear();
      return;
    case TypeKind::kBytes:
      static_cast<Bytes*>(value)->raw.clear();
      return;
    case TypeKind::kEnum:
      *static_cast<uint8_t*>(value) = 0;
      return;
    case TypeKind::kTimestamp:
      *static_cast<Timestamp*>(value) = {};
      return;
    case TypeKind::kMicroTime:
      *static_cast<MicroTime*>(value) = {};
      return;
    case TypeKind::kQuantity:
      *static_cast<Quantity*>(value) = {};
      return;
    case TypeKind::kIntOrString:
      *static_cast<IntOrString*>(value) = {};
      return;
    case TypeKind::kDurationText:
      *static_cast<DurationText*>(value) = {};
      return;
    case TypeKind::kValue:
      *static_cast<Value*>(value) = {};
      return;
    case TypeKind::kRawJson:
      *static_cast<RawJson*>(value) = {};
      return;
    case TypeKind::kList:
      type.list->clear(value);
      return;
    case TypeKind::kMap:
      type.map->clear(value);
      return;
    case TypeKind::kOptional:
    case TypeKind::kShared:
      type.box->reset(value);
      return;
    case TypeKind::kStruct:
      for (const FieldInfo& info : type.fields) {
        if (info.modelled()) reset(info.type(), info.at(value));
      }
      edit_extra(type, value) = Opaque();
      return;
  }
}

const void* unbox(const TypeInfo** type, const void* value) {
  while (value != nullptr && is_box((*type)->kind)) {
    value = (*type)->box->get(value);
    *type = &(*type)->element();
  }
  return value;
}

void* unbox_for_edit(const TypeInfo** type, void* value) {
  while (is_box((*type)->kind)) {
    value = (*type)->box->edit(value);
    *type = &(*type)->element();
  }
  return value;
}

void share_equal(const TypeInfo& type, void* fresh, const void* old) {
  if (type.kind == TypeKind::kShared) {
    if (type.same(fresh, old)) return;
    if (equal_values(type, fresh, old)) {
      type.assign(fresh, old);
    } else {
      share_equal(type.element(), type.box->edit(fresh), type.box->get(old));
    }
  } else if (type.kind == TypeKind::kStruct) {
    for (const FieldInfo& info : type.fields) {
      if (info.modelled()) share_equal(info.type(), info.at(fresh), info.get(old));
    }
  }
}

}  // namespace sdbtwin::api
