#include "scenarios/reading/action_yaml.h"

#include <fmt/format.h>

#include <array>
#include <filesystem>
#include <set>

#include "faults/node_name.h"
#include "scenarios/reading/fault_yaml.h"
#include "scenarios/reading/manifest.h"
#include "scenarios/text/suggest.h"

namespace sdbtwin::scenarios {
namespace {

std::string beside(const SourcePtr& source, const std::string& path) {
  const std::filesystem::path given(path);
  if (given.is_absolute()) return path;
  return (std::filesystem::path(source->path).parent_path() / given).lexically_normal().string();
}

void append(std::vector<Manifest>& to, std::vector<Manifest> from) {
  for (Manifest& manifest : from) to.push_back(std::move(manifest));
}

std::vector<Manifest> read_manifest_item(MapReader& reader, std::string_view field,
                                         const YamlPtr& item) {
  if (item->type == YamlType::kMapping) {
    return read_manifests(reader.document(), item, reader.problems());
  }
  if (item->type != YamlType::kString) {
    reader.wrong_type(*item, field, "files or objects", "[manifests/database.yaml]");
    return {};
  }
  const std::string path = beside(reader.document().source, item->text);
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) {
    reader.problems().add(reader.document().source, item->at,
                          fmt::format("there is no file {}", printable(path)),
                          "the path is relative to the folder of this scenario");
    return {};
  }
  return load_manifests(path, reader.problems());
}

api::ObjectRef read_ref(MapReader& reader) {
  api::ObjectRef ref;
  std::string kind;
  if (reader.required("kind", "name the kind, for example `kind: PetSet`")) {
    reader.read("kind", kind);
    const api::KindInfo* found = nullptr;
    std::vector<std::string> names;
    for (const api::KindInfo& info : api::all_kinds()) {
      names.emplace_back(info.name);
      if (info.name == kind) found = &info;
    }
    if (found == nullptr) {
      reader.problems().add(reader.location_of("kind"),
                            fmt::format("there is no kind \"{}\"", printable(kind, 60)),
                            suggestion(kind, names, "kinds"));
    } else {
      ref.kind = found->kind;
      if (found->namespaced) ref.key.namespace_ = "default";
    }
  }
  reader.read("namespace", ref.key.namespace_);
  if (reader.required("name", "name the object")) reader.read("name", ref.key.name);
  return ref;
}

PatchAction read_patch(MapReader& action) {
  MapReader reader = action.nested("patch");
  PatchAction patch;
  patch.ref = read_ref(reader);
  reader.read_enum("type", patch.type,
                   {{"merge", api::PatchType::kMerge},
                    {"json", api::PatchType::kJson},
                    {"strategic", api::PatchType::kStrategicMerge}});
  reader.read("status", patch.status);
  if (const YamlPtr body = reader.required("body", "give the patch: `body: {spec: ...}`")) {
    patch.body = to_value(*body);
  }
  reader.finish();
  return patch;
}

// `cordon: {node: leaf/1}` and the like: the names of the fields of an action, with what they mean.
constexpr std::array<std::pair<std::string_view, NodeVerb>, 5> kNodeVerbs{{
    {"cordon", NodeVerb::kCordon},
    {"uncordon", NodeVerb::kUncordon},
    {"taint", NodeVerb::kTaint},
    {"untaint", NodeVerb::kUntaint},
    {"deleteNode", NodeVerb::kDelete},
}};

void read_node(MapReader& reader, std::string& node) {
  if (reader.required("node", faults::kNodeHint)) reader.read("node", node);
  if (node.empty() || faults::names_node(node)) return;
  reader.problems().add(reader.location_of("node"),
                        fmt::format("{} names no node", reader.path_of("node")),
                        std::string(faults::kNodeHint));
}

NodeAction read_node_action(MapReader& action, std::string_view field, NodeVerb verb) {
  MapReader reader = action.nested(field);
  NodeAction what;
  what.verb = verb;
  read_node(reader, what.node);
  if (verb == NodeVerb::kTaint || verb == NodeVerb::kUntaint) {
    const std::string hint = "name the taint, for example `key: node.kubernetes.io/out-of-service`";
    if (reader.required("key", hint)) reader.read("key", what.taint.key);
    reader.read("value", what.taint.value);
    what.taint.effect = api::TaintEffect::kNoExecute;
    reader.read_enum("effect", what.taint.effect,
                     {{"NoSchedule", api::TaintEffect::kNoSchedule},
                      {"PreferNoSchedule", api::TaintEffect::kPreferNoSchedule},
                      {"NoExecute", api::TaintEffect::kNoExecute}});
  }
  reader.finish();
  return what;
}

DrainAction read_drain(MapReader& action) {
  MapReader reader = action.nested("drain");
  DrainAction drain;
  read_node(reader, drain.node);
  sim::Duration grace{};
  if (reader.read("gracePeriod", grace))
    drain.grace_seconds = std::chrono::duration_cast<std::chrono::seconds>(grace).count();
  reader.read("timeout", drain.timeout);
  reader.read("force", drain.force);
  reader.finish();
  return drain;
}

Action read_action(MapReader& item) {
  Action action;
  action.location = item.location();
  item.read("name", action.name);
  item.read("mayBeRefused", action.may_be_refused);
  action.trigger = read_trigger(item);
  int kinds = 0;
  if (const YamlPtr apply = item.field("apply")) {
    ++kinds;
    ApplyAction what;
    if (apply->type == YamlType::kSequence) {
      what.objects = read_manifest_list(item, "apply");
    } else {
      what.objects = read_manifest_item(item, "apply", apply);
    }
    action.what = std::move(what);
  }
  if (item.field("delete")) {
    ++kinds;
    MapReader reader = item.nested("delete");
    DeleteAction what;
    what.ref = read_ref(reader);
    reader.read("force", what.force);
    action.what = std::move(what);
    reader.finish();
  }
  if (item.field("patch")) {
    ++kinds;
    action.what = read_patch(item);
  }
  for (const auto& [field, verb] : kNodeVerbs) {
    if (!item.field(field)) continue;
    ++kinds;
    action.what = read_node_action(item, field, verb);
  }
  if (item.field("drain")) {
    ++kinds;
    action.what = read_drain(item);
  }
  if (kinds != 1 && item.present()) {
    item.problems().add(item.location(), fmt::format("{} says {} things to do", item.path(), kinds),
                        "give one of apply, delete, patch, cordon, uncordon, taint, untaint, "
                        "deleteNode, drain");
  }
  item.finish();
  return action;
}

}  // namespace

std::vector<Manifest> read_manifest_list(MapReader& reader, std::string_view field) {
  std::vector<Manifest> out;
  for (const auto& [item, path] : reader.items(field)) {
    append(out, read_manifest_item(reader, field, item));
  }
  return out;
}

std::vector<Action> read_actions(MapReader& spec) {
  std::vector<Action> actions;
  std::set<std::string> names;
  for (const auto& [node, path] : spec.items("actions")) {
    MapReader item(spec.document(), node, path, spec.problems());
    Action action = read_action(item);
    if (action.name.empty()) action.name = fmt::format("action {}", actions.size() + 1);
    if (!names.insert(action.name).second) {
      spec.problems().add(item.location_of("name"),
                          fmt::format("two actions are named \"{}\"", printable(action.name, 60)),
                          "give each action its own name");
      continue;
    }
    actions.push_back(std::move(action));
  }
  return actions;
}

}  // namespace sdbtwin::scenarios
