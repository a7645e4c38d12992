// Runtime descriptors of the typed structs: the single source for codec, equality, patches,
// defaulting, validation, pruning and schemas. One table per struct, in the .cpp of its header
// (made with table.h); the algorithms that walk a table are not templates.
//
// Convention: the `void*` of a struct points to that struct; of a kind (Pod, PetSet, ...) to its
// Object base. Tables are constant data; they are never changed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace sdbtwin::api {

class Opaque;
struct TypeInfo;

// When a member is written. Go: no tag / omitempty / pointer with omitempty.
enum class Presence : uint8_t { kAlways, kOmitEmpty, kOptional };
enum class Mutability : uint8_t { kMutable, kImmutable, kSetOnce };

// How strategic merge and server-side apply treat a list.
enum class ListRule : uint8_t { kAtomic, kMap, kSet };

enum class DefaultBy : uint8_t { kNobody, kBuiltIn, kCustomResource, kBoth };

struct FieldInfo {
  std::string_view name;                // JSON name
  const TypeInfo& (*type)() = nullptr;  // null: known to the schema but not modelled (opaque)
  void* (*at)(void* owner) = nullptr;
  Presence presence = Presence::kOmitEmpty;
  Mutability mutability = Mutability::kMutable;
  ListRule list_rule = ListRule::kAtomic;
  std::string_view list_map_keys;  // comma separated; strategic merge uses the first
  bool required = false;
  bool schema_enum = false;  // the CRD lists the values (built-in kinds always check them)
  std::string_view default_json;
  DefaultBy default_by = DefaultBy::kNobody;

  const void* get(const void* owner) const { return at(const_cast<void*>(owner)); }
  bool modelled() const noexcept { return at != nullptr; }

  // Builders for the tables.
  constexpr FieldInfo always() const {
    FieldInfo copy = *this;
    copy.presence = Presence::kAlways;
    return copy;
  }
  constexpr FieldInfo need() const {
    FieldInfo copy = *this;
    copy.required = true;
    return copy;
  }
  constexpr FieldInfo crd_enum() const {
    FieldInfo copy = *this;
    copy.schema_enum = true;
    return copy;
  }
  constexpr FieldInfo immutable() const {
    FieldInfo copy = *this;
    copy.mutability = Mutability::kImmutable;
    return copy;
  }
  constexpr FieldInfo set_once() const {
    FieldInfo copy = *this;
    copy.mutability = Mutability::kSetOnce;
    return copy;
  }
  constexpr FieldInfo list_map(std::string_view keys) const {
    FieldInfo copy = *this;
    copy.list_rule = ListRule::kMap;
    copy.list_map_keys = keys;
    return copy;
  }
  constexpr FieldInfo list_set() const {
    FieldInfo copy = *this;
    copy.list_rule = ListRule::kSet;
    return copy;
  }
  constexpr FieldInfo built_in_default(std::string_view json) const {
    FieldInfo copy = *this;
    copy.default_json = json;
    copy.default_by = DefaultBy::kBuiltIn;
    return copy;
  }
  constexpr FieldInfo crd_default(std::string_view json) const {
    FieldInfo copy = *this;
    copy.default_json = json;
    copy.default_by = DefaultBy::kCustomResource;
    return copy;
  }
  constexpr FieldInfo default_always(std::string_view json) const {
    FieldInfo copy = *this;
    copy.default_json = json;
    copy.default_by = DefaultBy::kBoth;
    return copy;
  }
};

enum class TypeKind : uint8_t {
  kBool,
  kInt32,
  kInt64,
  kResourceVersion,  // uint64_t in C++, decimal string in JSON, "" and "0" are the zero
  kString,
  kBytes,  // base64 in JSON
  kEnum,
  kTimestamp,
  kMicroTime,
  kQuantity,
  kIntOrString,
  kDurationText,
  kValue,
  kRawJson,
  kList,      // std::vector
  kMap,       // std::map by string
  kOptional,  // std::optional: a Go pointer
  kShared,    // Shared<T>: transparent
  kStruct,
};

// Operations on std::vector<T>.
struct ListOps {
  size_t (*size)(const void* list);
  const void* (*at)(const void* list, size_t index);
  void* (*edit)(void* list, size_t index);
  void* (*append)(void* list);  // a new empty element
  void (*clear)(void* list);
};

// Operations on std::map<std::string, T>.
struct MapOps {
  size_t (*size)(const void* map);
  void (*visit)(const void* map, void* context,
                void (*each)(void* context, const std::string& key, const void* value));
  const void* (*find)(const void* map, std::string_view key);
  void* (*put)(void* map, std::string_view key);  // existing, or a new empty value
  void (*erase)(void* map, std::string_view key);
  void (*clear)(void* map);
  bool (*equal)(const void* a, const void* b);  // null: to be compared value by value
};

// Operations on std::optional<T> and Shared<T>.
struct BoxOps {
  const void* (*get)(const void* box);  // null: absent; a Shared is never absent
  void* (*edit)(void* box);             // makes it present, and its own
  void (*reset)(void* box);
};

struct TypeInfo {
  TypeKind kind;
  std::string_view name;                   // of a struct or enum
  const TypeInfo& (*element)() = nullptr;  // of list, map, optional, shared
  const ListOps* list = nullptr;
  const MapOps* map = nullptr;
  const BoxOps* box = nullptr;
  std::span<const std::string_view> enum_names;
  std::span<const FieldInfo> fields;
  Opaque* (*extra)(void* owner) = nullptr;               // of a struct
  void (*assign)(void* to, const void* from) = nullptr;  // not of a kind
  // Of optional, shared, list, map: whether both are the very same allocation, hence equal.
  bool (*same)(const void* a, const void* b) = nullptr;

  const FieldInfo* find(std::string_view field) const;
};

// The descriptor of a struct; other types (std::vector<Container>, ...) have theirs in table.h.
template <class T>
requires requires { T::type_info(); }
const TypeInfo& type_of() { return T::type_info(); }

}  // namespace sdbtwin::api
