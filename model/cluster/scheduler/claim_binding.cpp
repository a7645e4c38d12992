#include "model/cluster/scheduler/claim_binding.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace sdbtwin::cluster {
namespace {

void restrict_to(NodePool::Allowed& allowed, const NodePool::Allowed& more) {
  if (!more) return;
  if (!allowed) {
    allowed = more;
    return;
  }
  std::set<std::string, std::less<>> both;
  std::set_intersection(allowed->begin(), allowed->end(), more->begin(), more->end(),
                        std::inserter(both, both.end()));
  allowed = std::move(both);
}

void look_at_unbound(const api::PersistentVolumeClaim& claim, const StorageListers& storage,
                     ClaimsOfPod& result) {
  const auto storage_class = class_of(claim, storage.classes);
  if (storage_class == nullptr ||
      storage_class->volume_binding_mode != api::VolumeBindingMode::kWaitForFirstConsumer) {
    result.unschedulable = "pod has unbound immediate PersistentVolumeClaims";
    return;
  }
  const std::string_view selected = api::annotation_of(claim.metadata, kSelectedNode);
  if (!selected.empty()) {
    std::set<std::string, std::less<>> only;
    only.emplace(selected);
    restrict_to(result.allowed, only);
  }
  result.to_provision.push_back(claim.metadata.name);
}

}  // namespace

std::vector<std::string> claim_names(const api::Pod& pod) {
  std::vector<std::string> names;
  for (const api::Volume& volume : pod.spec->volumes) {
    if (volume.persistent_volume_claim) names.push_back(volume.persistent_volume_claim->claim_name);
  }
  return names;
}

bool is_bound(const api::PersistentVolumeClaim& claim) {
  return claim.status->phase == api::ClaimPhase::kBound && !claim.spec->volume_name.empty();
}

std::shared_ptr<const api::StorageClass> class_of(
    const api::PersistentVolumeClaim& claim, const client::Lister<api::StorageClass>& classes) {
  if (claim.spec->storage_class_name) return classes.get("", *claim.spec->storage_class_name);
  for (const auto& candidate : classes.list()) {
    if (api::annotation_of(candidate->metadata, kDefaultClass) == "true") return candidate;
  }
  return nullptr;
}

NodePool::Allowed nodes_of_volume(const api::PersistentVolume& volume) {
  const api::Value* terms = volume.spec->node_affinity.find_path({"required", "nodeSelectorTerms"});
  if (terms == nullptr || !terms->is_array()) return std::nullopt;
  std::set<std::string, std::less<>> nodes;
  bool by_name = false;
  for (const api::Value& term : terms->items()) {
    const api::Value* expressions = term.find("matchExpressions");
    if (expressions == nullptr || !expressions->is_array()) continue;
    for (const api::Value& expression : expressions->items()) {
      const api::Value* values = expression.find("values");
      if (expression.string_at("key") != kHostnameLabel || values == nullptr) continue;
      by_name = true;
      for (const api::Value& value : values->items()) nodes.insert(value.text());
    }
  }
  if (!by_name) return std::nullopt;  // Zones and the like are not modelled.
  return nodes;
}

api::Value affinity_to_node(const std::string& node) {
  using api::Value;
  const Value expression = Value::object(
      {{"key", kHostnameLabel}, {"operator", "In"}, {"values", Value::array({Value(node)})}});
  const Value term = Value::object({{"matchExpressions", Value::array({expression})}});
  const Value required = Value::object({{"nodeSelectorTerms", Value::array({term})}});
  return Value::object({{"required", required}});
}

ClaimsOfPod look_at_claims(const api::Pod& pod, const StorageListers& storage) {
  ClaimsOfPod result;
  for (const std::string& name : claim_names(pod)) {
    const auto claim = storage.claims.get(pod.metadata.namespace_, name);
    if (claim == nullptr) {
      result.unschedulable = "persistentvolumeclaim \"" + name + "\" not found";
    } else if (api::is_deleting(claim->metadata)) {
      result.unschedulable = "persistentvolumeclaim \"" + name + "\" is being deleted";
    } else if (!is_bound(*claim)) {
      look_at_unbound(*claim, storage, result);
    } else if (const auto volume = storage.volumes.get("", claim->spec->volume_name)) {
      restrict_to(result.allowed, nodes_of_volume(*volume));
    } else {
      result.unschedulable = "persistentvolume \"" + claim->spec->volume_name + "\" not found";
    }
    if (!result.unschedulable.empty()) return result;
  }
  return result;
}

}  // namespace sdbtwin::cluster
