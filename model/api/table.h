// How the field tables of type_info.h are written. Included by the .cpp files that hold tables,
// never by a public header: it is the only place where a member's C++ type becomes a TypeInfo.
//
//   const TypeInfo& Taint::type_info() {
//     static constexpr FieldInfo kFields[] = {field<&Taint::key>("key").need(), ...};
//     static constexpr TypeInfo kType = struct_type<Taint>("Taint", kFields);
//     return kType;
//   }
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "model/api/core.h"
#include "model/api/enum_names.h"
#include "model/api/meta.h"
#include "model/api/object.h"
#include "model/api/petset.h"
#include "model/api/quantity.h"
#include "model/api/shared.h"
#include "model/api/type_info.h"

namespace sdbtwin::api {

template <class T>
struct TypeOf {
  static const TypeInfo& get() { return T::type_info(); }
};

template <class T>
void assign_value(void* to, const void* from) {
  *static_cast<T*>(to) = *static_cast<const T*>(from);
}

template <class T, TypeKind K>
struct ScalarType {
  static constexpr bool kEqualByOperator = true;
  static const TypeInfo& get() {
    static constexpr TypeInfo kType{.kind = K, .assign = &assign_value<T>};
    return kType;
  }
};

template <>
struct TypeOf<bool> : ScalarType<bool, TypeKind::kBool> {};
template <>
struct TypeOf<int32_t> : ScalarType<int32_t, TypeKind::kInt32> {};
template <>
struct TypeOf<int64_t> : ScalarType<int64_t, TypeKind::kInt64> {};
template <>
struct TypeOf<uint64_t> : ScalarType<uint64_t, TypeKind::kResourceVersion> {};
template <>
struct TypeOf<std::string> : ScalarType<std::string, TypeKind::kString> {};
template <>
struct TypeOf<Bytes> : ScalarType<Bytes, TypeKind::kBytes> {};
template <>
struct TypeOf<Timestamp> : ScalarType<Timestamp, TypeKind::kTimestamp> {};
template <>
struct TypeOf<MicroTime> : ScalarType<MicroTime, TypeKind::kMicroTime> {};
template <>
struct TypeOf<Quantity> : ScalarType<Quantity, TypeKind::kQuantity> {};
template <>
struct TypeOf<IntOrString> : ScalarType<IntOrString, TypeKind::kIntOrString> {};
template <>
struct TypeOf<DurationText> : ScalarType<DurationText, TypeKind::kDurationText> {};
template <>
struct TypeOf<Value> : ScalarType<Value, TypeKind::kValue> {};
template <>
struct TypeOf<RawJson> : ScalarType<RawJson, TypeKind::kRawJson> {};

template <NamedEnum E>
struct TypeOf<E> {
  static_assert(sizeof(E) == 1, "the codec reads and writes enums as one byte");
  static const TypeInfo& get() {
    static constexpr TypeInfo kType{
        .kind = TypeKind::kEnum, .enum_names = EnumNames<E>::kNames, .assign = &assign_value<E>};
    return kType;
  }
};

template <class T>
struct TypeOf<std::vector<T>> {
  using List = std::vector<T>;
  static constexpr ListOps kOps{
      .size = [](const void* list) { return static_cast<const List*>(list)->size(); },
      .at = [](const void* list, size_t index) -> const void* {
        return &(*static_cast<const List*>(list))[index];
      },
      .edit = [](void* list, size_t index) -> void* { return &(*static_cast<List*>(list))[index]; },
      .append = [](void* list) -> void* { return &static_cast<List*>(list)->emplace_back(); },
      .clear = [](void* list) { static_cast<List*>(list)->clear(); },
  };
  static const TypeInfo& get() {
    static constexpr TypeInfo kType{.kind = TypeKind::kList,
                                    .element = &TypeOf<T>::get,
                                    .list = &kOps,
                                    .assign = &assign_value<List>};
    return kType;
  }
};

template <class T>
struct TypeOf<std::map<std::string, T>> {
  using Map = std::map<std::string, T>;
  static constexpr auto equal_operation() -> bool (*)(const void*, const void*) {
    if constexpr (requires { TypeOf<T>::kEqualByOperator; }) {
      return [](const void* a, const void* b) {
        return *static_cast<const Map*>(a) == *static_cast<const Map*>(b);
      };
    } else {
      return nullptr;
    }
  }
  static constexpr MapOps kOps{
      .size = [](const void* map) { return static_cast<const Map*>(map)->size(); },
      .visit =
          [](const void* map, void* context, void (*each)(void*, const std::string&, const void*)) {
            for (const auto& [key, value] : *static_cast<const Map*>(map)) {
              each(context, key, &value);
            }
          },
      .find = [](const void* map, std::string_view key) -> const void* {
        const Map& typed = *static_cast<const Map*>(map);
        auto found = typed.find(std::string(key));
        return found == typed.end() ? nullptr : &found->second;
      },
      .put = [](void* map, std::string_view key) -> void* {
        return &(*static_cast<Map*>(map))[std::string(key)];
      },
      .erase = [](void* map,
                  std::string_view key) { static_cast<Map*>(map)->erase(std::string(key)); },
      .clear = [](void* map) { static_cast<Map*>(map)->clear(); },
      .equal = equal_operation(),
  };
  static const TypeInfo& get() {
    static constexpr TypeInfo kType{.kind = TypeKind::kMap,
                                    .element = &TypeOf<T>::get,
                                    .map = &kOps,
                                    .assign = &assign_value<Map>};
    return kType;
  }
};

template <class T>
struct TypeOf<std::optional<T>> {
  using Box = std::optional<T>;
  static constexpr BoxOps kOps{
      .get = [](const void* box) -> const void* {
        const Box& typed = *static_cast<const Box*>(box);
        return typed ? &*typed : nullptr;
      },
      .edit = [](void* box) -> void* {
        Box& typed = *static_cast<Box*>(box);
        if (!typed) typed.emplace();
        return &*typed;
      },
      .reset = [](void* box) { static_cast<Box*>(box)->reset(); },
  };
  static const TypeInfo& get() {
    static constexpr TypeInfo kType{.kind = TypeKind::kOptional,
                                    .element = &TypeOf<T>::get,
                                    .box = &kOps,
                                    .assign = &assign_value<Box>};
    return kType;
  }
};

template <class T>
struct TypeOf<Shared<T>> {
  using Box = Shared<T>;
  static constexpr BoxOps kOps{
      .get = [](const void* box) -> const void* { return &**static_cast<const Box*>(box); },
      .edit = [](void* box) -> void* { return &static_cast<Box*>(box)->edit(); },
      .reset = [](void* box) { *static_cast<Box*>(box) = Box(); },
  };
  static const TypeInfo& get() {
    static constexpr TypeInfo kType{
        .kind = TypeKind::kShared,
        .element = &TypeOf<T>::get,
        .box = &kOps,
        .assign = &assign_value<Box>,
        .same = [](const void* a, const void* b) {
          return static_cast<const Box*>(a)->same(*static_cast<const Box*>(b));
        }};
    return kType;
  }
};

template <class M>
struct MemberOf;
template <class C, class T>
struct MemberOf<T C::*> {
  using Owner = C;
  using Type = T;
};

// The void* of a kind points to its Object base.
template <class Owner>
Owner* owner_cast(void* owner) {
  if constexpr (std::is_base_of_v<Object, Owner>) {
    return static_cast<Owner*>(static_cast<Object*>(owner));
  } else {
    return static_cast<Owner*>(owner);
  }
}

// A modelled member. `Owner` is given for members that a derived struct inherits.
template <auto Member, class Owner = typename MemberOf<decltype(Member)>::Owner>
constexpr FieldInfo field(std::string_view name) {
  using T = typename MemberOf<decltype(Member)>::Type;
  FieldInfo info;
  info.name = name;
  info.type = &TypeOf<T>::get;
  info.at = [](void* owner) -> void* { return &(owner_cast<Owner>(owner)->*Member); };
  if constexpr (requires(T value) { value.has_value(); }) info.presence = Presence::kOptional;
  return info;
}

// A member that the schema knows and the model keeps as it is.
constexpr FieldInfo known(std::string_view name) {
  FieldInfo info;
  info.name = name;
  return info;
}

template <class T>
constexpr TypeInfo struct_type(std::string_view name, std::span<const FieldInfo> fields) {
  TypeInfo info{.kind = TypeKind::kStruct, .name = name, .fields = fields};
  info.extra = [](void* owner) -> Opaque* { return &owner_cast<T>(owner)->extra; };
  if constexpr (!std::is_base_of_v<Object, T>) info.assign = &assign_value<T>;
  return info;
}

template <class T>
std::shared_ptr<Object> clone_of(const T& object) {
  return std::make_shared<T>(object);
}

}  // namespace sdbtwin::api
