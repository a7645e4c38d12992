#include "model/cluster/scheduler/pod_affinity.h"

#include <algorithm>

namespace sdbtwin::cluster {
namespace {

// InterPodAffinityArgs.hardPodAffinityWeight's default.
constexpr int64_t kRequiredAffinityWeight = 1;
constexpr const char* kNamespaceNameLabel = "kubernetes.io/metadata.name";

bool covers_namespace(const api::PodAffinityTerm& term, std::string_view own_namespace,
                      const std::string& other) {
  if (term.namespaces.empty() && !term.namespace_selector) return own_namespace == other;
  if (std::find(term.namespaces.begin(), term.namespaces.end(), other) != term.namespaces.end())
    return true;
  if (!term.namespace_selector) return false;
  const api::StringMap labels{{kNamespaceNameLabel, other}};
  return term.namespace_selector->matches(labels);
}

bool matches_all(const std::vector<api::PodAffinityTerm>& terms, std::string_view own_namespace,
                 const api::Pod& other) {
  return std::all_of(terms.begin(), terms.end(), [&](const api::PodAffinityTerm& term) {
    return matches(term, own_namespace, other);
  });
}

const api::PodAffinity* with_requirements(const api::PodAffinity* affinity) {
  return affinity == nullptr || affinity->required.empty() ? nullptr : affinity;
}

// Pods on nodes that are there.
template <class F>
void for_each_placed(const NodePool& pool, const F& f) {
  for (const auto& [name, node] : pool.nodes()) {
    if (node.node == nullptr) continue;
    for (const auto& [uid, there] : node.pods) f(*there, *node.node);
  }
}

template <class F>
void for_each_with_affinity(const NodePool& pool, const F& f) {
  for (const auto& [uid, placement] : pool.pods_with_affinity()) {
    const NodeInfo* node = pool.find(placement->node);
    if (node != nullptr) f(placement->info, *node->node);
  }
}

}  // namespace

bool matches(const api::PodAffinityTerm& term, std::string_view own_namespace,
             const api::Pod& other) {
  return term.label_selector && covers_namespace(term, own_namespace, other.metadata.namespace_) &&
         term.label_selector->matches(*other.metadata.labels);
}

PodAffinityFilter::PodAffinityFilter(const NodePool& pool, const PodInfo& pod)
    : pod_(&pod),
      affinity_(with_requirements(pod.pod_affinity())),
      anti_(with_requirements(pod.pod_anti_affinity())) {
  for_each_with_affinity(pool, [&](const PodInfo& there, const api::Node& node) {
    const api::PodAffinity* anti = with_requirements(there.pod_anti_affinity());
    if (anti == nullptr) return;
    for (const api::PodAffinityTerm& term : anti->required) {
      if (matches(term, there.namespace_(), *pod.pod)) forbidden_.add(term.topology_key, node, 1);
    }
  });
  if (affinity_ == nullptr && anti_ == nullptr) return;
  for_each_placed(pool, [&](const PodInfo& there, const api::Node& node) {
    if (affinity_ != nullptr && matches_all(affinity_->required, pod.namespace_(), *there.pod)) {
      for (const api::PodAffinityTerm& term : affinity_->required)
        wanted_.add(term.topology_key, node, 1);
    }
    if (anti_ == nullptr) return;
    for (const api::PodAffinityTerm& term : anti_->required) {
      if (matches(term, pod.namespace_(), *there.pod)) unwanted_.add(term.topology_key, node, 1);
    }
  });
}

bool PodAffinityFilter::affinity_met(const api::Node& node) const {
  if (affinity_ == nullptr) return true;
  bool found = true;
  for (const api::PodAffinityTerm& term : affinity_->required) {
    if (node_label(node, term.topology_key) == nullptr) return false;
    if (wanted_.at(term.topology_key, node) == 0) found = false;
  }
  if (found) return true;
  return wanted_.empty() && matches_all(affinity_->required, pod_->namespace_(), *pod_->pod);
}

std::optional<Rejection> PodAffinityFilter::why_not(const api::Node& node) const {
  if (!affinity_met(node)) {
    return Rejection::unresolvable(Plugin::kInterPodAffinity,
                                   "node(s) didn't match pod affinity rules");
  }
  if (anti_ != nullptr) {
    for (const api::PodAffinityTerm& term : anti_->required) {
      if (unwanted_.at(term.topology_key, node) == 0) continue;
      return Rejection::resolvable(Plugin::kInterPodAffinity,
                                   "node(s) didn't match pod anti-affinity rules");
    }
  }
  if (!forbidden_.empty() && forbidden_.any(node)) {
    return Rejection::resolvable(Plugin::kInterPodAffinity,
                                 "node(s) didn't satisfy existing pods anti-affinity rules");
  }
  return std::nullopt;
}

void PodAffinityScore::add_preferences(const api::PodAffinity* affinity, const PodInfo& owner,
                                       const PodInfo& other, const api::Node& node, int64_t sign) {
  if (affinity == nullptr) return;
  for (const api::WeightedPodAffinityTerm& weighted : affinity->preferred) {
    if (matches(weighted.term, owner.namespace_(), *other.pod))
      weights_.add(weighted.term.topology_key, node, sign * weighted.weight);
  }
}

void PodAffinityScore::add_pod(const PodInfo& pod, const PodInfo& there, const api::Node& node) {
  add_preferences(pod.pod_affinity(), pod, there, node, 1);
  add_preferences(pod.pod_anti_affinity(), pod, there, node, -1);
  add_preferences(there.pod_affinity(), there, pod, node, 1);
  add_preferences(there.pod_anti_affinity(), there, pod, node, -1);
  if (there.pod_affinity() == nullptr) return;
  for (const api::PodAffinityTerm& term : there.pod_affinity()->required) {
    if (matches(term, there.namespace_(), *pod.pod))
      weights_.add(term.topology_key, node, kRequiredAffinityWeight);
  }
}

PodAffinityScore::PodAffinityScore(const NodePool& pool, const PodInfo& pod) {
  const auto prefers = [](const api::PodAffinity* affinity) {
    return affinity != nullptr && !affinity->preferred.empty();
  };
  const auto add = [&](const PodInfo& there, const api::Node& node) { add_pod(pod, there, node); };
  if (prefers(pod.pod_affinity()) || prefers(pod.pod_anti_affinity())) {
    for_each_placed(pool, add);
  } else {
    for_each_with_affinity(pool, add);
  }
}

}  // namespace sdbtwin::cluster
