#include "model/cluster/scheduler/node_pool.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

namespace sdbtwin::cluster {
namespace {

constexpr int64_t kPerMille = 1000;

int64_t milli_of(const api::ResourceList& resources, const char* name) {
  const auto found = resources.find(name);
  return found == resources.end() ? 0 : found->second.milli().value_or(0);
}

int64_t units_of(const api::ResourceList& resources, const char* name) {
  const auto found = resources.find(name);
  return found == resources.end() ? 0 : found->second.value().value_or(0);
}

PodResources resources_in(const api::ResourceList& list) {
  return PodResources{milli_of(list, "cpu"), units_of(list, "memory")};
}

bool tolerates(const api::Pod& pod, const api::Taint& taint) {
  const auto& tolerations = pod.spec->tolerations;
  return std::any_of(tolerations.begin(), tolerations.end(), [&](const api::Toleration& t) {
    if (t.effect != api::TaintEffect::kUnset && t.effect != taint.effect) return false;
    if (!t.key.empty() && t.key != taint.key) return false;
    return t.operator_ == "Exists" || (t.value == taint.value && !t.key.empty());
  });
}

const api::Taint* untolerated(const api::Node& node, const api::Pod& pod) {
  for (const api::Taint& taint : node.spec->taints) {
    const bool repels = taint.effect == api::TaintEffect::kNoSchedule ||
                        taint.effect == api::TaintEffect::kNoExecute;
    if (repels && !tolerates(pod, taint)) return &taint;
  }
  return nullptr;
}

bool selector_matches(const api::Node& node, const api::Pod& pod) {
  const api::StringMap& labels = *node.metadata.labels;
  return std::all_of(pod.spec->node_selector.begin(), pod.spec->node_selector.end(),
                     [&](const auto& wanted) {
                       const auto label = labels.find(wanted.first);
                       return label != labels.end() && label->second == wanted.second;
                     });
}

std::string controller_uid(const api::Pod& pod) {
  const api::OwnerReference* owner = api::controller_of(pod.metadata);
  return owner == nullptr ? std::string() : owner->uid;
}

// Reserved share after the pod, in thousandths: the larger of cpu and memory.
int64_t load(const PodResources& reserved, const PodResources& wanted,
             const PodResources& allocatable) {
  const auto share = [](int64_t used, int64_t total) {
    return total <= 0 ? 0 : used / std::max<int64_t>(1, total / kPerMille);
  };
  return std::max(share(reserved.milli_cpu + wanted.milli_cpu, allocatable.milli_cpu),
                  share(reserved.memory_bytes + wanted.memory_bytes, allocatable.memory_bytes));
}

}  // namespace

PodResources requests_of(const api::PodSpec& spec) {
  PodResources sum;
  for (const api::Container& container : spec.containers) {
    const PodResources one = resources_in(container.resources.requests);
    sum.milli_cpu += one.milli_cpu;
    sum.memory_bytes += one.memory_bytes;
  }
  for (const api::Container& container : spec.init_containers) {
    const PodResources one = resources_in(container.resources.requests);
    sum.milli_cpu = std::max(sum.milli_cpu, one.milli_cpu);
    sum.memory_bytes = std::max(sum.memory_bytes, one.memory_bytes);
  }
  return sum;
}

std::string Misfits::message() const {
  std::string text = fmt::format("0/{} nodes are available", nodes);
  std::string separator = ": ";
  for (const auto& [reason, count] : reasons) {
    text += fmt::format("{}{} {}", separator, count, reason);
    separator = ", ";
  }
  return text + ".";
}

void NodePool::set_node(std::shared_ptr<const api::Node> node) {
  Entry& entry = nodes_[node->metadata.name];
  if (entry.node == nullptr || !(entry.node->status == node->status))
    entry.allocatable = resources_in(*node->status->allocatable);
  entry.node = std::move(node);
}

void NodePool::remove_node(const std::string& name) {
  const auto found = nodes_.find(name);
  if (found != nodes_.end()) found->second.node = nullptr;
}

const api::Node* NodePool::find(std::string_view name) const {
  const auto found = nodes_.find(name);
  return found == nodes_.end() ? nullptr : found->second.node.get();
}

void NodePool::place(const api::Pod& pod, const std::string& node) {
  const std::string& uid = pod.metadata.uid;
  const auto known = where_.find(uid);
  if (known != where_.end() && known->second.node == node) return;
  remove(uid);
  Placement placement{node, requests_of(*pod.spec), controller_uid(pod)};
  Entry& entry = nodes_[node];
  entry.reserved.milli_cpu += placement.resources.milli_cpu;
  entry.reserved.memory_bytes += placement.resources.memory_bytes;
  if (!placement.controller.empty()) ++entry.pods_of_controller[placement.controller];
  where_.emplace(uid, std::move(placement));
}

void NodePool::remove(const std::string& pod_uid) {
  const auto found = where_.find(pod_uid);
  if (found == where_.end()) return;
  const Placement& placement = found->second;
  Entry& entry = nodes_[placement.node];
  entry.reserved.milli_cpu -= placement.resources.milli_cpu;
  entry.reserved.memory_bytes -= placement.resources.memory_bytes;
  const auto count = entry.pods_of_controller.find(placement.controller);
  if (count != entry.pods_of_controller.end() && --count->second == 0)
    entry.pods_of_controller.erase(count);
  where_.erase(found);
}

// The scheduler's words, in the order of its filters; "" when the node fits.
std::string NodePool::why_not(const Entry& entry, const api::Pod& pod, const PodResources& wanted,
                              const Allowed& allowed) {
  const api::Node& node = *entry.node;
  if (node.spec->unschedulable) return "node(s) were unschedulable";
  if (const api::Taint* taint = untolerated(node, pod))
    return fmt::format("node(s) had untolerated taint {{{}: {}}}", taint->key, taint->value);
  if (!selector_matches(node, pod)) return "node(s) didn't match Pod's node affinity/selector";
  if (entry.reserved.milli_cpu + wanted.milli_cpu > entry.allocatable.milli_cpu)
    return "Insufficient cpu";
  if (entry.reserved.memory_bytes + wanted.memory_bytes > entry.allocatable.memory_bytes)
    return "Insufficient memory";
  if (allowed && !allowed->contains(node.metadata.name))
    return "node(s) had volume node affinity conflict";
  return "";
}

std::optional<std::string> NodePool::choose(const api::Pod& pod, const Allowed& allowed,
                                            Misfits& misfits) const {
  const PodResources wanted = requests_of(*pod.spec);
  const std::string controller = controller_uid(pod);
  std::optional<std::string> best;
  std::tuple<int, int64_t> best_rank;
  for (const auto& [name, entry] : nodes_) {
    if (entry.node == nullptr) continue;
    ++misfits.nodes;
    std::string reason = why_not(entry, pod, wanted, allowed);
    if (!reason.empty()) {
      ++misfits.reasons[std::move(reason)];
      continue;
    }
    const auto siblings = entry.pods_of_controller.find(controller);
    const std::tuple<int, int64_t> rank(
        siblings == entry.pods_of_controller.end() ? 0 : siblings->second,
        load(entry.reserved, wanted, entry.allocatable));
    if (best && !(rank < best_rank)) continue;
    best = name;
    best_rank = rank;
  }
  return best;
}

}  // namespace sdbtwin::cluster
