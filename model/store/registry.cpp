#include "model/store/registry.h"

#include <utility>

#include "model/api/common_kinds.h"

namespace sdbtwin::store {

Registry::Registry() {
  typed_.resize(api::kTypedKindCount);
  for (const api::KindInfo& info : api::all_kinds()) {
    typed_[static_cast<std::size_t>(info.kind)] = Resource{
        .kind = info.kind,
        .group = std::string(info.group),
        .version = std::string(info.version),
        .name = std::string(info.name),
        .plural = std::string(info.plural),
        .namespaced = info.namespaced,
        .status_subresource = info.status_subresource,
        .scale_subresource = info.scale_subresource,
        .custom = info.custom_resource,
        .unconditional_update = info.unconditional_update,
        .generation = info.generation,
    };
  }
}

const Resource& Registry::find(api::Kind kind, const std::string& untyped) {
  if (kind != api::Kind::kUnstructured) return typed_[static_cast<std::size_t>(kind)];
  const auto [place, fresh] = untyped_.try_emplace(untyped);
  if (fresh) {
    auto [api_version, name] = api::split_untyped_name(untyped);
    auto [group, version] = api::split_api_version(api_version);
    const api::UnstructuredType type = api::untyped_kind(group, version, name);
    place->second.plural = type.plural;
    place->second.namespaced = type.namespaced;
    place->second.group = std::move(group);
    place->second.version = std::move(version);
    place->second.name = std::move(name);
  }
  return place->second;
}

void Registry::learn(const api::Object& object) {
  if (object.kind() != api::Kind::kUnstructured) return;
  const auto& untyped = api::cast<api::Unstructured>(object);
  const api::UnstructuredType& type = *untyped.unstructured_type;
  const std::string name = api::untyped_name(type.api_version(), type.name);
  if (!type.plural.empty() && !untyped_.contains(name)) {
    untyped_[name] = Resource{.group = type.group,
                              .version = type.version,
                              .name = type.name,
                              .plural = type.plural,
                              .namespaced = type.namespaced,
                              .status_subresource = type.status_subresource};
  }
  if (type.name == "CustomResourceDefinition") learn_definition(untyped);
}

void Registry::learn_definition(const api::Unstructured& definition) {
  const api::Value* spec = definition.body.find("spec");
  if (spec == nullptr) return;
  const api::Value* names = spec->find("names");
  const api::Value* versions = spec->find("versions");
  if (names == nullptr || versions == nullptr || !versions->is_array()) return;
  for (const api::Value& version : versions->items()) {
    Resource resource;
    resource.group = spec->string_at("group");
    resource.version = version.string_at("name");
    resource.name = names->string_at("kind");
    resource.plural = names->string_at("plural");
    resource.namespaced = spec->string_at("scope") != "Cluster";
    resource.status_subresource = version.find_path({"subresources", "status"}) != nullptr;
    const std::string api_version = api::join_api_version(resource.group, resource.version);
    untyped_[api::untyped_name(api_version, resource.name)] = std::move(resource);
  }
}

}  // namespace sdbtwin::store
