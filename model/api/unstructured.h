// Unstructured: an object of a kind that the model does not type (a PlacementPolicy, a
// CustomResourceDefinition, ...). Metadata is typed as everywhere; the rest is a Value.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "model/api/object.h"

namespace sdbtwin::api {

// Which kind it is, and what a REST path needs to know of it. `plural` may be unknown ("") to who
// only decoded the object; the server fills it in from its CustomResourceDefinition.
struct UnstructuredType {
  std::string group;
  std::string version;
  std::string name;  // Kind
  std::string plural;
  bool namespaced = true;
  bool status_subresource = false;

  std::string api_version() const { return join_api_version(group, version); }
  bool operator==(const UnstructuredType&) const = default;
};

struct Unstructured final : Object {
  static constexpr Kind kKind = Kind::kUnstructured;
  std::shared_ptr<const UnstructuredType> unstructured_type;  // never null
  Value body;  // an object: every top-level member but apiVersion, kind and metadata

  explicit Unstructured(UnstructuredType type);
  std::shared_ptr<Object> clone() const override;
};

// ObjectRef::untyped of a kind, and back ("apiVersion/Kind").
std::string untyped_name(std::string_view api_version, std::string_view kind);
std::pair<std::string, std::string> split_untyped_name(std::string_view untyped);

// "foos" for "Foo", as the server guesses when nothing else says (meta.UnsafeGuessKindToResource).
std::string guess_plural(std::string_view kind);

}  // namespace sdbtwin::api
