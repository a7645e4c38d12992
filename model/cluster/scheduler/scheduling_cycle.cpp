#include "model/cluster/scheduler/scheduling_cycle.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "model/cluster/scheduler/node_selector.h"
#include "model/cluster/scheduler/resource_fit.h"
#include "model/cluster/scheduler/taints.h"
#include "sim/core/assert.h"

namespace sdbtwin::cluster {
namespace {

using Nodes = std::vector<const NodeInfo*>;

constexpr int64_t kScoreMax = 100;
// Weights of the default profile (default_plugins.go). Those of the resources are 1.
constexpr int64_t kTaintWeight = 3;
constexpr int64_t kNodeAffinityWeight = 2;
constexpr int64_t kSpreadWeight = 2;
constexpr int64_t kPodAffinityWeight = 2;

std::optional<Rejection> volumes_elsewhere(const ClaimsOfPod& claims, const api::Node& node) {
  for (const auto& volume : claims.bound) {
    const auto& affinity = volume->spec->node_affinity;
    if (!affinity || !affinity->required || matches(*affinity->required, node)) continue;
    return Rejection::unresolvable(Plugin::kVolumeBinding,
                                   "node(s) had volume node affinity conflict");
  }
  if (!claims.allowed || claims.allowed->contains(node.metadata.name)) return std::nullopt;
  return Rejection::unresolvable(Plugin::kVolumeBinding,
                                 "node(s) didn't find available persistent volumes to bind");
}

// Adds weight * score * 100 / the highest score; nothing when all are 0.
void add_by_highest(std::vector<int64_t>& sums, const std::vector<int64_t>& scores,
                    int64_t weight) {
  const int64_t most = *std::max_element(scores.begin(), scores.end());
  if (most == 0) return;
  for (size_t i = 0; i < sums.size(); ++i) sums[i] += weight * (kScoreMax * scores[i] / most);
}

void add_taints(std::vector<int64_t>& sums, const Nodes& nodes, const PodInfo& pod) {
  std::vector<int64_t> disliked;
  for (const NodeInfo* node : nodes)
    disliked.push_back(disliked_taints(*node->node, *pod.pod->spec));
  const int64_t most = *std::max_element(disliked.begin(), disliked.end());
  if (most == 0) return;  // the same for all
  for (size_t i = 0; i < sums.size(); ++i)
    sums[i] += kTaintWeight * (kScoreMax - kScoreMax * disliked[i] / most);
}

void add_node_affinity(std::vector<int64_t>& sums, const Nodes& nodes, const PodInfo& pod) {
  if (pod.node_affinity() == nullptr || pod.node_affinity()->preferred.empty()) return;
  std::vector<int64_t> scores;
  for (const NodeInfo* node : nodes) scores.push_back(preference_for(pod, *node->node));
  add_by_highest(sums, scores, kNodeAffinityWeight);
}

void add_pod_affinity(std::vector<int64_t>& sums, const Nodes& nodes, const NodePool& pool,
                      const PodInfo& pod) {
  const PodAffinityScore score(pool, pod);
  if (score.indifferent()) return;
  std::vector<int64_t> scores;
  for (const NodeInfo* node : nodes) scores.push_back(score.of(*node->node));
  const auto [least, most] = std::minmax_element(scores.begin(), scores.end());
  const int64_t range = *most - *least;
  if (range == 0) return;
  for (size_t i = 0; i < sums.size(); ++i)
    sums[i] += kPodAffinityWeight * (kScoreMax * (scores[i] - *least) / range);
}

void add_spread(std::vector<int64_t>& sums, const Nodes& nodes, const NodePool& pool,
                const PodInfo& pod) {
  const std::vector<int64_t> scores = TopologySpreadScore(pool, pod, nodes).normalized();
  for (size_t i = 0; i < scores.size(); ++i) sums[i] += kSpreadWeight * scores[i];
}

// Pods of at least that priority that wait for room, other than the pod itself.
std::vector<NodePool::Placement> rivals_of(const NodePool& pool, const PodInfo& pod) {
  std::vector<NodePool::Placement> rivals;
  for (const auto& [uid, nominated] : pool.nominations()) {
    if (uid != pod.uid() && nominated.info.priority >= pod.priority) rivals.push_back(nominated);
  }
  return rivals;
}

// The pool as if the rivals were placed, for as long as this lives.
class WithRivals {
 public:
  WithRivals(NodePool& pool, std::vector<NodePool::Placement> rivals)
      : pool_(pool), rivals_(std::move(rivals)) {
    for (const NodePool::Placement& rival : rivals_) pool_.place(rival.info, rival.node);
  }
  WithRivals(const WithRivals&) = delete;
  WithRivals& operator=(const WithRivals&) = delete;
  ~WithRivals() {
    for (NodePool::Placement& rival : rivals_) {
      pool_.remove(rival.info.uid());
      pool_.nominate(std::move(rival.info), rival.node);
    }
  }

 private:
  NodePool& pool_;
  std::vector<NodePool::Placement> rivals_;
};

void filter(const NodePool& pool, const PodInfo& pod, const ClaimsOfPod& claims,
            Diagnosis& diagnosis) {
  const SchedulingCycle cycle(pool, pod, claims);
  for (const auto& [name, node] : pool.nodes()) {
    if (node.node == nullptr || diagnosis.by_node.contains(name)) continue;
    std::optional<Rejection> rejection = cycle.why_not(node);
    if (!rejection) continue;
    diagnosis.plugins |= bit(rejection->plugin);
    diagnosis.by_node.emplace(name, *std::move(rejection));
  }
}

}  // namespace

SchedulingCycle::SchedulingCycle(const NodePool& pool, const PodInfo& pod,
                                 const ClaimsOfPod& claims)
    : pool_(&pool), pod_(&pod), claims_(&claims), affinity_(pool, pod), spread_(pool, pod) {}

std::optional<Rejection> SchedulingCycle::why_not(const NodeInfo& info) const {
  const api::Node& node = *info.node;
  const api::PodSpec& spec = *pod_->pod->spec;
  if (is_cordoned_for(node, spec))
    return Rejection::unresolvable(Plugin::kNodeUnschedulable, "node(s) were unschedulable");
  if (const api::Taint* taint = untolerated_taint(node, spec)) {
    return Rejection::unresolvable(
        Plugin::kTaintToleration,
        fmt::format("node(s) had untolerated taint {{{}: {}}}", taint->key, taint->value));
  }
  if (!wants_node(spec, node)) {
    return Rejection::unresolvable(Plugin::kNodeAffinity,
                                   "node(s) didn't match Pod's node affinity/selector");
  }
  if (std::optional<Rejection> full = no_room(info, *pod_)) return full;
  if (std::optional<Rejection> away = volumes_elsewhere(*claims_, node)) return away;
  if (std::optional<Rejection> skewed = spread_.why_not(node)) return skewed;
  return affinity_.why_not(node);
}

const NodeInfo& SchedulingCycle::best_of(const Nodes& feasible) const {
  SIM_ASSERT(!feasible.empty());
  if (feasible.size() == 1) return *feasible.front();
  std::vector<int64_t> sums(feasible.size(), 0);
  add_taints(sums, feasible, *pod_);
  add_node_affinity(sums, feasible, *pod_);
  add_spread(sums, feasible, *pool_, *pod_);
  add_pod_affinity(sums, feasible, *pool_, *pod_);
  for (size_t i = 0; i < sums.size(); ++i)
    sums[i] += least_allocated(*feasible[i], *pod_) + balanced_allocation(*feasible[i], *pod_);
  const auto best = std::max_element(sums.begin(), sums.end());
  return *feasible[static_cast<size_t>(best - sums.begin())];
}

std::optional<std::string> choose_node(NodePool& pool, const PodInfo& pod,
                                       const ClaimsOfPod& claims, Diagnosis& diagnosis) {
  diagnosis.nodes = pool.size();
  std::vector<NodePool::Placement> rivals = rivals_of(pool, pod);
  if (!rivals.empty()) {
    const WithRivals with(pool, std::move(rivals));
    filter(pool, pod, claims, diagnosis);
  }
  filter(pool, pod, claims, diagnosis);
  Nodes feasible;
  for (const auto& [name, node] : pool.nodes()) {
    if (node.node != nullptr && !diagnosis.by_node.contains(name)) feasible.push_back(&node);
  }
  if (feasible.empty()) return std::nullopt;
  return SchedulingCycle(pool, pod, claims).best_of(feasible).name();
}

std::optional<Rejection> why_not_with_nominated(NodePool& pool, const PodInfo& pod,
                                                const ClaimsOfPod& claims,
                                                const std::string& node) {
  std::vector<NodePool::Placement> rivals = rivals_of(pool, pod);
  if (!rivals.empty()) {
    const WithRivals with(pool, std::move(rivals));
    const NodeInfo* there = pool.find(node);
    if (auto rejection = SchedulingCycle(pool, pod, claims).why_not(*there)) return rejection;
  }
  return SchedulingCycle(pool, pod, claims).why_not(*pool.find(node));
}

}  // namespace sdbtwin::cluster
