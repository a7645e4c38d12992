#include "scenarios/reading/manifest.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>

#include "model/api/codec.h"
#include "model/api/common_kinds.h"
#include "model/api/kind.h"
#include "model/api/unstructured.h"
#include "scenarios/text/suggest.h"

namespace sdbtwin::scenarios {
namespace {

struct PathStep {
  std::string name;  // of a member; empty: an index
  std::size_t index = 0;
};

// "spec.containers[0].image" or "metadata.labels[a.b/c]" in steps.
std::vector<PathStep> split_path(std::string_view path) {
  std::vector<PathStep> steps;
  while (!path.empty()) {
    if (path.front() == '.') {
      path.remove_prefix(1);
      continue;
    }
    if (path.front() == '[') {
      const std::size_t close = path.find(']');
      const std::string_view inside = path.substr(1, close == path.npos ? path.npos : close - 1);
      PathStep step;
      const auto result = std::from_chars(inside.data(), inside.data() + inside.size(), step.index);
      if (result.ec != std::errc() || result.ptr != inside.data() + inside.size()) {
        step.name = inside;
      }
      steps.push_back(std::move(step));
      path.remove_prefix(close == path.npos ? path.size() : close + 1);
      continue;
    }
    const std::size_t end = std::min(path.find('.'), path.find('['));
    steps.push_back({std::string(path.substr(0, end)), 0});
    path.remove_prefix(end == path.npos ? path.size() : end);
  }
  return steps;
}

// The field names of the struct that holds the last step of `path`.
std::vector<std::string> known_siblings(const api::KindInfo& kind, std::string_view path) {
  std::vector<PathStep> steps = split_path(path);
  if (steps.empty()) return {};
  steps.pop_back();
  const api::TypeInfo* type = &kind.type();
  std::size_t at = 0;
  if (!steps.empty() && steps.front().name == "metadata") {
    type = &api::ObjectMeta::type_info();
    at = 1;
  }
  while (type != nullptr) {
    if (type->kind == api::TypeKind::kOptional || type->kind == api::TypeKind::kShared) {
      type = &type->element();
    } else if (at == steps.size()) {
      break;
    } else if (type->kind == api::TypeKind::kList || type->kind == api::TypeKind::kMap) {
      type = &type->element();
      ++at;
    } else {
      const api::FieldInfo* field = type->find(steps[at++].name);
      type = field != nullptr && field->type != nullptr ? &field->type() : nullptr;
    }
  }
  std::vector<std::string> names;
  if (type == nullptr) return names;
  for (const api::FieldInfo& field : type->fields) names.emplace_back(field.name);
  if (steps.empty()) names.insert(names.end(), {"apiVersion", "kind", "metadata"});
  std::sort(names.begin(), names.end());
  return names;
}

// The position of the key of the last step: for "unknown field" the name itself is wrong.
Position key_position(const YamlNode& root, std::string_view field_path) {
  const YamlNode* node = &root;
  Position at = root.at;
  for (const PathStep& step : split_path(field_path)) {
    if (!step.name.empty()) {
      const YamlEntry* entry = node->find(step.name);
      if (entry == nullptr) return at;
      at = entry->key_at;
      node = entry->value.get();
    } else {
      if (step.index >= node->items.size()) return at;
      node = node->items[step.index].get();
      at = node->at;
    }
  }
  return at;
}

std::string last_name(std::string_view path) {
  const std::vector<PathStep> steps = split_path(path);
  return steps.empty() ? std::string() : steps.back().name;
}

// What the CustomResourceDefinitions of a file declare, by "apiVersion/Kind".
using Definitions = std::map<std::string, api::UnstructuredType>;

constexpr std::string_view kDefinition = "CustomResourceDefinition";

void declare(const api::Value& definition, Definitions& into) {
  const api::Value* spec = definition.find("spec");
  const api::Value* names = spec == nullptr ? nullptr : spec->find("names");
  const api::Value* versions = spec == nullptr ? nullptr : spec->find("versions");
  if (names == nullptr || versions == nullptr || !versions->is_array()) return;
  for (const api::Value& version : versions->items()) {
    api::UnstructuredType type;
    type.group = spec->string_at("group");
    type.version = version.string_at("name");
    type.name = names->string_at("kind");
    type.plural = names->string_at("plural");
    type.namespaced = spec->string_at("scope") != "Cluster";
    into[api::untyped_name(type.api_version(), type.name)] = std::move(type);
  }
}

// The scope of a kind that is not typed; nullopt: nobody has declared it.
std::optional<api::UnstructuredType> find_untyped(const std::string& api_version,
                                                  const std::string& kind,
                                                  const Definitions& definitions) {
  const auto declared = definitions.find(api::untyped_name(api_version, kind));
  if (declared != definitions.end()) return declared->second;
  const auto [group, version] = api::split_api_version(api_version);
  if (api::find_common_kind(group, kind) == nullptr) return std::nullopt;
  return api::untyped_kind(group, version, kind);
}

class ManifestReader {
 public:
  ManifestReader(const YamlDocument& document, const Definitions& definitions, Problems& problems)
      : document_(document), definitions_(definitions), problems_(problems) {}

  std::vector<Manifest> read(const YamlPtr& node) {
    if (node->type != YamlType::kMapping) {
      problem(node->at, fmt::format("a manifest is a mapping, not {}", describe(node->type)),
              "begin with `apiVersion:` and `kind:`");
      return {};
    }
    const std::string api_version = text_of(*node, "apiVersion");
    const std::string kind = text_of(*node, "kind");
    if (api_version.empty() || kind.empty()) return {};
    if (kind == "List" && api_version == "v1") return read_list(*node);
    const api::KindInfo* info = api::find_kind(api_version, kind);
    if (info != nullptr) return read_object(node, *info);
    if (const auto untyped = find_untyped(api_version, kind, definitions_)) {
      return read_untyped(node, *untyped);
    }
    unknown_kind(*node, api_version, kind);
    return {};
  }

 private:
  void problem(Position at, std::string message, std::string hint) {
    problems_.add(document_.source, at, std::move(message), std::move(hint));
  }

  std::string text_of(const YamlNode& node, std::string_view name) {
    const YamlEntry* entry = node.find(name);
    if (entry == nullptr) {
      problem(node.at, fmt::format("{} is missing", name),
              "a manifest begins with `apiVersion:` and `kind:`");
      return {};
    }
    if (entry->value->type != YamlType::kString || entry->value->text.empty()) {
      problem(entry->value->at, fmt::format("{} must be text", name),
              "for example `apiVersion: kubedb.com/v1alpha2`, `kind: Singlestore`");
      return {};
    }
    return entry->value->text;
  }

  std::vector<Manifest> read_list(const YamlNode& node) {
    std::vector<Manifest> out;
    const YamlEntry* items = node.find("items");
    if (items == nullptr || items->value->type != YamlType::kSequence) {
      problem(node.at, "a List without items", "give `items:` as a list of objects");
      return out;
    }
    for (const YamlPtr& item : items->value->items) {
      for (Manifest& manifest : read(item)) out.push_back(std::move(manifest));
    }
    return out;
  }

  void unknown_kind(const YamlNode& node, const std::string& api_version, const std::string& kind) {
    std::vector<std::string> names;
    for (const api::KindInfo& info : api::all_kinds()) {
      if (info.name == kind) {
        problem(node.find("apiVersion")->value->at,
                fmt::format("{} is not a version of {}", printable(api_version, 60), kind),
                fmt::format("write `apiVersion: {}`", info.api_version()));
        return;
      }
      names.emplace_back(info.name);
    }
    problem(node.find("kind")->value->at,
            fmt::format("there is no kind \"{}\" in {}", printable(kind, 60),
                        printable(api_version, 60)),
            suggestion(kind, names, "the twin knows"));
  }

  std::vector<Manifest> read_object(const YamlPtr& root, const api::KindInfo& info) {
    const YamlNode& node = *root;
    api::DecodeOptions options;
    options.strict = true;
    const api::Result<api::ObjectPtr> decoded = api::from_value(to_value(node), options);
    if (!decoded) {
      decode_problems(node, info, decoded.error());
      return {};
    }
    std::shared_ptr<api::Object> object = (*decoded)->clone();
    return placed(root, std::move(object), info.name, info.namespaced);
  }

  // Nothing but the metadata is known of it.
  std::vector<Manifest> read_untyped(const YamlPtr& root, const api::UnstructuredType& type) {
    api::DecodeOptions options;
    options.strict = true;
    const api::Result<api::ObjectPtr> decoded = api::from_value(to_value(*root), options);
    if (!decoded) {
      problem(root->at, printable(decoded.error().message, 300), "");
      return {};
    }
    std::shared_ptr<api::Object> object = (*decoded)->clone();
    api::cast<api::Unstructured>(*object).unstructured_type =
        std::make_shared<const api::UnstructuredType>(type);
    return placed(root, std::move(object), type.name, type.namespaced);
  }

  // With a name, and in a namespace if its kind has one.
  std::vector<Manifest> placed(const YamlPtr& root, std::shared_ptr<api::Object> object,
                               std::string_view kind, bool namespaced) {
    const YamlNode& node = *root;
    const YamlEntry* metadata = node.find("metadata");
    if (object->metadata.name.empty() && object->metadata.generate_name.empty()) {
      problem(metadata ? metadata->value->at : node.at, fmt::format("this {} has no name", kind),
              "give metadata.name");
      return {};
    }
    if (namespaced && object->metadata.namespace_.empty()) {
      object->metadata.namespace_ = "default";
    }
    if (!namespaced && !object->metadata.namespace_.empty()) {
      problem(find_position(node, "metadata.namespace"), fmt::format("a {} has no namespace", kind),
              "remove metadata.namespace");
      return {};
    }
    std::vector<Manifest> out;
    out.push_back({std::move(object), document_.location(node.at), root});
    return out;
  }

  void decode_problems(const YamlNode& node, const api::KindInfo& info,
                       const api::ApiError& error) {
    if (error.causes.empty()) problem(node.at, printable(error.message, 300), "");
    for (const api::StatusCause& cause : error.causes) {
      const std::vector<std::string> names = known_siblings(info, cause.field);
      const std::string name = last_name(cause.field);
      const bool unknown =
          cause.message.find("unknown field") != std::string::npos ||
          (!names.empty() && std::find(names.begin(), names.end(), name) == names.end());
      if (unknown && !name.empty()) {
        problem(key_position(node, cause.field),
                fmt::format("unknown field \"{}\" of {}", printable(cause.field, 120), info.name),
                suggestion(name, names, "fields here"));
      } else {
        problem(find_position(node, cause.field),
                fmt::format("{} of {}: {}", printable(cause.field, 120), info.name,
                            printable(cause.message, 200)),
                "change the value; quote it if it is meant to be text");
      }
    }
  }

  const YamlDocument& document_;
  const Definitions& definitions_;
  Problems& problems_;
};

}  // namespace

api::Value to_value(const YamlNode& node) {
  switch (node.type) {
    case YamlType::kNull:
      return {};
    case YamlType::kBool:
      return node.boolean;
    case YamlType::kInteger:
      return node.integer;
    case YamlType::kNumber:
      return api::Value::number(node.text);
    case YamlType::kString:
      return node.text;
    case YamlType::kSequence: {
      api::Value::Array items;
      for (const YamlPtr& item : node.items) items.push_back(to_value(*item));
      return items;
    }
    case YamlType::kMapping: {
      api::Value::Object members;
      for (const YamlEntry& entry : node.entries) members[entry.key] = to_value(*entry.value);
      return members;
    }
  }
  return {};
}

Position find_position(const YamlNode& root, std::string_view field_path) {
  const YamlNode* node = &root;
  for (const PathStep& step : split_path(field_path)) {
    const YamlNode* next = nullptr;
    if (!step.name.empty()) {
      if (const YamlEntry* entry = node->find(step.name)) next = entry->value.get();
    } else if (step.index < node->items.size()) {
      next = node->items[step.index].get();
    }
    if (next == nullptr) break;
    node = next;
  }
  return node->at;
}

Location place_of(const Manifest& manifest, std::string_view field_path) {
  if (manifest.root == nullptr) return manifest.location;
  return {manifest.location.source, find_position(*manifest.root, field_path)};
}

std::vector<Manifest> read_manifests(const YamlDocument& document, const YamlPtr& node,
                                     Problems& problems) {
  return ManifestReader(document, Definitions(), problems).read(node);
}

std::vector<Manifest> load_manifests(const std::string& path, Problems& problems) {
  const SourcePtr source = read_source(path, problems);
  if (source == nullptr) return {};
  const auto documents = parse_yaml(source, problems);
  if (!documents) return {};
  Definitions definitions;
  for (const YamlDocument& document : *documents) {
    const YamlEntry* kind = document.root->find("kind");
    if (kind != nullptr && kind->value->text == kDefinition) {
      declare(to_value(*document.root), definitions);
    }
  }
  std::vector<Manifest> out;
  bool found = false;
  for (const YamlDocument& document : *documents) {
    if (document.root->type == YamlType::kNull) continue;  // nothing between two `---`
    found = true;
    ManifestReader reader(document, definitions, problems);
    for (Manifest& manifest : reader.read(document.root)) {
      out.push_back(std::move(manifest));
    }
  }
  if (!found) {
    problems.add(source, {1, 1}, "no manifest in this file",
                 "a manifest begins with `apiVersion:` and `kind:`");
  }
  return out;
}

void check_duplicates(const std::vector<Manifest>& manifests, Problems& problems) {
  std::map<api::ObjectRef, const Manifest*> seen;
  for (const Manifest& manifest : manifests) {
    if (manifest.object->metadata.name.empty()) continue;
    const api::ObjectRef ref = api::ref_of(*manifest.object);
    const auto [first, fresh] = seen.emplace(ref, &manifest);
    if (fresh) continue;
    const Location& before = first->second->location;
    problems.add(manifest.location, fmt::format("{} is here twice", to_string(ref)),
                 fmt::format("rename one of them; the first is at {}:{}:{}", before.source->path,
                             before.at.line, before.at.column));
  }
}

}  // namespace sdbtwin::scenarios
