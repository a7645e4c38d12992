#include "model/cluster/node/pod_admission.h"

#include <algorithm>
#include <string>
#include <string_view>

namespace sdbtwin::cluster {
namespace {

int64_t request_milli(const api::Container& container, const std::string& resource) {
  const auto found = container.resources.requests.find(resource);
  return found == container.resources.requests.end() ? 0 : found->second.milli().value_or(0);
}

// The sum of what runs side by side, or its largest init container beside the sidecars before it.
int64_t pod_request_milli(const api::PodSpec& spec, const std::string& resource) {
  int64_t sidecars = 0;
  int64_t largest = 0;
  for (const api::Container& container : spec.init_containers) {
    const int64_t wanted = request_milli(container, resource);
    if (is_sidecar(container)) {
      sidecars += wanted;
      largest = std::max(largest, sidecars);
    } else {
      largest = std::max(largest, sidecars + wanted);
    }
  }
  int64_t sum = sidecars;
  for (const api::Container& container : spec.containers) sum += request_milli(container, resource);
  return std::max(sum, largest);
}

int64_t allocatable_milli(const api::Node& node, const std::string& resource) {
  const auto found = node.status->allocatable->find(resource);
  return found == node.status->allocatable->end() ? 0 : found->second.milli().value_or(0);
}

WaitingReason insufficient(const std::string& resource, int64_t wanted, int64_t used,
                           int64_t capacity) {
  return {"OutOf" + resource, "Pod was rejected: Node didn't have enough resource: " + resource +
                                  ", requested: " + std::to_string(wanted) + ", used: " +
                                  std::to_string(used) + ", capacity: " + std::to_string(capacity)};
}

bool is_tolerated(const api::Taint& taint, const std::vector<api::Toleration>& tolerations) {
  return std::any_of(tolerations.begin(), tolerations.end(), [&](const api::Toleration& candidate) {
    if (candidate.effect != api::TaintEffect::kUnset && candidate.effect != taint.effect)
      return false;
    if (!candidate.key.empty() && candidate.key != taint.key) return false;
    return candidate.operator_ == "Exists" || candidate.value == taint.value;
  });
}

bool has_labels(const api::Node& node, const api::StringMap& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&](const auto& label) {
    const auto found = node.metadata.labels->find(label.first);
    return found != node.metadata.labels->end() && found->second == label.second;
  });
}

}  // namespace

void NodeUse::add(const api::PodSpec& spec) {
  milli_cpu += pod_request_milli(spec, "cpu");
  memory_bytes += pod_request_milli(spec, "memory") / 1000;
  ++pods;
}

std::optional<WaitingReason> why_rejected(const api::Pod& pod, const api::Node& node,
                                          const NodeUse& others) {
  NodeUse own;
  own.add(*pod.spec);
  const auto& allocatable = *node.status->allocatable;
  const int64_t cpu = allocatable_milli(node, "cpu");
  const int64_t memory = allocatable_milli(node, "memory") / 1000;
  if (allocatable.contains("pods")) {
    const int64_t most = allocatable_milli(node, "pods") / 1000;
    if (others.pods + 1 > most) return insufficient("pods", 1, others.pods, most);
  }
  // A pod that asks for nothing is never refused for what it did not ask for.
  if (own.milli_cpu > 0 && others.milli_cpu + own.milli_cpu > cpu)
    return insufficient("cpu", own.milli_cpu, others.milli_cpu, cpu);
  if (own.memory_bytes > 0 && others.memory_bytes + own.memory_bytes > memory)
    return insufficient("memory", own.memory_bytes, others.memory_bytes, memory);
  if (!has_labels(node, pod.spec->node_selector)) {
    return WaitingReason{"NodeAffinity",
                         "Pod was rejected: Predicate NodeAffinity failed: node(s) "
                         "didn't match Pod's node affinity/selector"};
  }
  for (const api::Taint& taint : node.spec->taints) {
    if (taint.effect != api::TaintEffect::kNoExecute) continue;
    if (is_tolerated(taint, pod.spec->tolerations)) continue;
    return WaitingReason{"TaintToleration",
                         "Pod was rejected: Predicate TaintToleration failed: node(s) had taints "
                         "that the pod didn't tolerate"};
  }
  return std::nullopt;
}

}  // namespace sdbtwin::cluster
