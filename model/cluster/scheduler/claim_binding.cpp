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
  if (!volume.spec->node_affinity || !volume.spec->node_affinity->required) return std::nullopt;
  std::set<std::string, std::less<>> nodes;
  bool by_name = false;
  for (const auto& term : volume.spec->node_affinity->required->node_selector_terms) {
    for (const auto& expression : term.match_expressions) {
      if (expression.key != kHostnameLabel) continue;
      by_name = true;
      nodes.insert(expression.values.begin(), expression.values.end());
    }
  }
  if (!by_name) return std::nullopt;
  return nodes;
}

api::VolumeNodeAffinity affinity_to_node(const std::string& node) {
  api::NodeSelectorRequirement expression;
  expression.key = kHostnameLabel;
  expression.operator_ = api::NodeSelectorOperator::kIn;
  expression.values.push_back(node);
  api::NodeSelectorTerm term;
  term.match_expressions.push_back(std::move(expression));
  api::VolumeNodeAffinity affinity;
  affinity.required.emplace().node_selector_terms.push_back(std::move(term));
  return affinity;
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
    } else if (auto volume = storage.volumes.get("", claim->spec->volume_name)) {
      result.bound.push_back(std::move(volume));
    } else {
      result.unschedulable = "persistentvolume \"" + claim->spec->volume_name + "\" not found";
    }
    if (!result.unschedulable.empty()) return result;
  }
  return result;
}

}  // namespace sdbtwin::cluster
