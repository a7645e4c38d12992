#pragma once

// Registry: which resources the server serves and the rules that differ between them. Typed kinds
// come from the table of model/api; other kinds from their CustomResourceDefinition, or, when there
// is none, from what is commonly known of them (model/api/common_kinds.h). References stay valid
// for the life of the registry.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "model/api/object.h"
#include "model/api/unstructured.h"

namespace sdbtwin::store {

struct Resource {
  api::Kind kind = api::Kind::kUnstructured;
  std::string group;
  std::string version;
  std::string name;  // Kind
  std::string plural;
  bool namespaced = true;
  bool status_subresource = false;
  bool scale_subresource = false;
  bool custom = true;
  bool unconditional_update = false;
  bool generation = true;

  api::GroupResource id() const { return {group, plural}; }
  // As error messages of deletion and binding name it: by Kind in place of the plural.
  api::GroupResource kind_id() const { return {group, name}; }
};

class Registry {
 public:
  Registry();

  const Resource& find(const api::ObjectRef& ref) { return find(ref.kind, ref.untyped); }
  const Resource& find(api::Kind kind, const std::string& untyped);

  // Takes over what a CustomResourceDefinition or an object of an untyped kind says of its kind.
  void learn(const api::Object& object);

 private:
  void learn_definition(const api::Unstructured& definition);

  std::vector<Resource> typed_;
  std::map<std::string, Resource> untyped_;
};

}  // namespace sdbtwin::store
