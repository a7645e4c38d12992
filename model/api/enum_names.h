// Go's string constants as enum classes. A Kubernetes "enum" field is a string in JSON; each enum
// class specialises EnumNames with the texts in the order of its enumerators. The first enumerator
// is kUnset with the text "" (field absent). A text that is not in the table is not lost when an
// object is decoded: the member stays kUnset and the text goes to the struct's `extra`.
#pragma once

#include <concepts>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace sdbtwin::api {

template <class E>
struct EnumNames;  // static constexpr std::array<std::string_view, N> kNames

template <class E>
concept NamedEnum = requires {
  EnumNames<E>::kNames[0];
};

template <NamedEnum E>
constexpr std::string_view to_string(E value) {
  return EnumNames<E>::kNames[static_cast<size_t>(value)];
}

// nullopt when no enumerator has this text.
template <NamedEnum E>
constexpr std::optional<E> parse_enum(std::string_view text) {
  size_t index = 0;
  for (std::string_view name : EnumNames<E>::kNames) {
    if (name == text) return static_cast<E>(index);
    ++index;
  }
  return std::nullopt;
}

}  // namespace sdbtwin::api
