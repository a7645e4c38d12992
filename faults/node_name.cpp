#include "faults/node_name.h"

#include <algorithm>

#include "faults/target_resolver.h"
#include "model/api/pod.h"

namespace sdbtwin::faults {

bool names_node(std::string_view text) {
  if (parse_target(text)) return true;
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  });
}

cluster::NodeMachine* find_machine(std::string_view node, const Environment& environment) {
  for (cluster::NodeMachine* machine : environment.machines) {
    if (machine->name() == node) return machine;
  }
  return nullptr;
}

std::optional<std::string> resolve_node(std::string_view text, const Environment& environment) {
  std::string node(text);
  if (const std::optional<Target> target = parse_target(text)) {
    const std::optional<PodName> pod = resolve(*target, environment);
    if (!pod || environment.store == nullptr) return std::nullopt;
    const auto object = api::as_if<api::Pod>(
        environment.store->get(api::ObjectRef(api::Kind::kPod, pod->namespace_, pod->name)));
    if (object == nullptr) return std::nullopt;
    node = object->spec->node_name;
  }
  if (find_machine(node, environment) == nullptr) return std::nullopt;
  return node;
}

}  // namespace sdbtwin::faults
