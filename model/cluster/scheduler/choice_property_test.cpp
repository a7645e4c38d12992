// Goal: the choice, which counts by indexes kept pod by pod, is the one that the rules define.
// Method: random small clusters; the reference asks every rule of every node and pod anew, in the
// words of the documentation. Only the label selectors and the logarithm are shared.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <limits>
#include <set>

#include "model/cluster/scheduler/scheduler_fixture.h"
#include "model/cluster/scheduler/scheduling_cycle.h"

namespace sdbtwin::cluster {
namespace {

using NodePtr = std::shared_ptr<const api::Node>;
using PodPtr = std::shared_ptr<const api::Pod>;

constexpr const char* kByZone = "topology.kubernetes.io/zone";
constexpr const char* kByHost = "kubernetes.io/hostname";

// Decisions from bytes, so that a failure shrinks to fewer and smaller ones; 0 when they are used.
class Dice {
 public:
  explicit Dice(std::vector<int> bytes) : bytes_(std::move(bytes)) {}
  int below(int n) {
    const int value = next_ < bytes_.size() ? bytes_[next_] : 0;
    ++next_;
    return value % n;
  }
  bool one_in(int n) { return below(n) == n - 1; }
  std::string label() { return std::string(1, static_cast<char>('x' + below(2))); }

 private:
  std::vector<int> bytes_;
  size_t next_ = 0;
};

test::NodeBuilder random_node(Dice& dice, int index) {
  auto node = test::node("n" + std::to_string(index));
  node.cpu(dice.one_in(3) ? "2" : "4");
  if (!dice.one_in(4)) node.zone("z" + std::to_string(dice.below(3)));
  if (dice.one_in(3)) node.label("disk", dice.label());
  if (dice.one_in(6)) node.cordoned();
  if (dice.one_in(6)) node.taint("t", dice.label(), api::TaintEffect::kNoSchedule);
  if (dice.one_in(5)) node.taint("p", dice.label(), api::TaintEffect::kPreferNoSchedule);
  return node;
}

test::PodBuilder random_pod(Dice& dice, const std::string& name) {
  static constexpr const char* kCpu[] = {"0", "500m", "1", "1500m"};
  auto pod = test::pod(name);
  pod.cpu(kCpu[dice.below(4)]).memory(dice.one_in(2) ? "1Gi" : "256Mi");
  pod.label("app", dice.label());
  if (dice.one_in(4)) pod.namespace_("other");
  if (dice.one_in(3)) pod.owner("set");
  const auto key = [&] { return dice.one_in(2) ? kByHost : kByZone; };
  if (dice.one_in(5)) pod.near(key(), "app", dice.label());
  if (dice.one_in(4)) pod.apart(key(), "app", dice.label());
  if (dice.one_in(4)) pod.near(key(), "app", dice.label(), 1 + dice.below(100));
  if (dice.one_in(4)) pod.apart(key(), "app", dice.label(), 1 + dice.below(100));
  if (dice.one_in(4)) pod.spread(key(), 1 + dice.below(2), "app", dice.label());
  if (dice.one_in(4)) pod.spread(key(), 1 + dice.below(2), "app", dice.label(), false);
  if (dice.one_in(6)) pod.spec().node_selector["disk"] = dice.label();
  if (dice.one_in(5))
    pod.prefers_node(1 + dice.below(100),
                     test::where("disk", api::NodeSelectorOperator::kIn, {dice.label()}));
  if (dice.one_in(5)) pod.toleration("t", dice.label(), "Equal", api::TaintEffect::kNoSchedule);
  return pod;
}

// The reference.
class Reference {
 public:
  std::vector<NodePtr> nodes;  // by name
  std::vector<std::pair<PodPtr, NodePtr>> placed;
  PodPtr pod;

  std::optional<std::string> choose() const {
    std::vector<NodePtr> feasible;
    for (const NodePtr& node : nodes) {
      if (fits(*node)) feasible.push_back(node);
    }
    std::optional<std::string> best;
    int64_t most = -1;
    for (const NodePtr& node : feasible) {
      const int64_t score = score_of(*node, feasible);
      if (score <= most) continue;
      most = score;
      best = node->metadata.name;
    }
    return best;
  }

 private:
  static std::optional<std::string> label(const api::Node& node, const std::string& key) {
    const auto found = node.metadata.labels->find(key);
    if (found != node.metadata.labels->end()) return found->second;
    if (key == kByHost) return node.metadata.name;
    return std::nullopt;
  }
  static bool same_place(const api::Node& a, const api::Node& b, const std::string& key) {
    return label(a, key) && label(a, key) == label(b, key);
  }
  static bool term_matches(const api::PodAffinityTerm& term, const api::Pod& owner,
                           const api::Pod& other) {
    return owner.metadata.namespace_ == other.metadata.namespace_ &&
           term.label_selector->matches(*other.metadata.labels);
  }
  static std::vector<api::PodAffinityTerm> required(const api::Pod& of, bool anti) {
    if (!of.spec->affinity) return {};
    const auto& part = anti ? of.spec->affinity->pod_anti : of.spec->affinity->pod;
    return part ? part->required : std::vector<api::PodAffinityTerm>();
  }
  static std::vector<api::WeightedPodAffinityTerm> preferred(const api::Pod& of, bool anti) {
    if (!of.spec->affinity) return {};
    const auto& part = anti ? of.spec->affinity->pod_anti : of.spec->affinity->pod;
    return part ? part->preferred : std::vector<api::WeightedPodAffinityTerm>();
  }

  bool fits(const api::Node& node) const {
    return !node.spec->unschedulable && tolerated(node) && selected(node) && has_room(node) &&
           spread_holds(node) && affinity_holds(node);
  }
  bool tolerated(const api::Node& node) const {
    for (const api::Taint& taint : node.spec->taints) {
      if (taint.effect == api::TaintEffect::kPreferNoSchedule) continue;
      bool covered = false;
      for (const api::Toleration& toleration : pod->spec->tolerations)
        covered = covered || (toleration.key == taint.key && toleration.value == taint.value);
      if (!covered) return false;
    }
    return true;
  }
  bool selected(const api::Node& node) const {
    for (const auto& [key, value] : pod->spec->node_selector) {
      if (label(node, key) != value) return false;
    }
    return true;
  }
  int64_t sum(const api::Node& node, const char* resource) const {
    const auto of = [&](const api::Pod& which) {
      const auto& requests = which.spec->containers.front().resources.requests;
      const std::string name(resource);
      if (name == "cpu") return *requests.at("cpu").milli();
      return *requests.at("memory").value();
    };
    int64_t total = of(*pod);
    for (const auto& [there, on] : placed) {
      if (on->metadata.name == node.metadata.name) total += of(*there);
    }
    return total;
  }
  static int64_t size(const api::Node& node, const char* resource) {
    const api::Quantity& amount = node.status->allocatable->at(resource);
    return std::string(resource) == "cpu" ? *amount.milli() : *amount.value();
  }
  bool has_room(const api::Node& node) const {
    const bool asks = *pod->spec->containers.front().resources.requests.at("cpu").milli() > 0;
    return (!asks || sum(node, "cpu") <= size(node, "cpu")) &&
           sum(node, "memory") <= size(node, "memory");
  }
  bool affinity_holds(const api::Node& node) const {
    const auto wanted = required(*pod, false);
    const auto all_match = [&](const api::Pod& other) {
      return std::all_of(wanted.begin(), wanted.end(),
                         [&](const auto& term) { return term_matches(term, *pod, other); });
    };
    bool met = true;
    bool somebody = false;
    for (const auto& term : wanted) {
      if (!label(node, term.topology_key)) return false;
      bool here = false;
      for (const auto& [there, on] : placed) {
        if (!all_match(*there)) continue;
        here = here || same_place(*on, node, term.topology_key);
        somebody = somebody || label(*on, term.topology_key).has_value();
      }
      met = met && here;
    }
    if (!met && (somebody || !all_match(*pod))) return false;
    for (const auto& [there, on] : placed) {
      for (const auto& term : required(*pod, true)) {
        if (term_matches(term, *pod, *there) && same_place(*on, node, term.topology_key))
          return false;
      }
      for (const auto& term : required(*there, true)) {
        if (term_matches(term, *there, *pod) && same_place(*on, node, term.topology_key))
          return false;
      }
    }
    return true;
  }

  std::vector<api::TopologySpreadConstraint> constraints(const std::string& when) const {
    std::vector<api::TopologySpreadConstraint> found;
    for (const auto& constraint : pod->spec->topology_spread_constraints) {
      if (constraint.when_unsatisfiable == when) found.push_back(constraint);
    }
    return found;
  }
  static bool has_keys(const api::Node& node,
                       const std::vector<api::TopologySpreadConstraint>& constraints) {
    return std::all_of(constraints.begin(), constraints.end(), [&](const auto& constraint) {
      return label(node, constraint.topology_key).has_value();
    });
  }
  // Matching pods in the place of `node`, on nodes that count.
  int64_t matching(const api::Node& node, const api::TopologySpreadConstraint& constraint,
                   const std::vector<api::TopologySpreadConstraint>& all) const {
    int64_t count = 0;
    for (const auto& [there, on] : placed) {
      if (!same_place(*on, node, constraint.topology_key)) continue;
      if (!has_keys(*on, all)) continue;
      // Of a host the pods are counted whatever else holds for it; it is in question itself.
      if (!selected(*on)) continue;
      if (there->metadata.namespace_ == pod->metadata.namespace_ &&
          constraint.label_selector->matches(*there->metadata.labels)) {
        ++count;
      }
    }
    return count;
  }
  bool spread_holds(const api::Node& node) const {
    const auto all = constraints("DoNotSchedule");
    for (const auto& constraint : all) {
      if (!label(node, constraint.topology_key)) return false;
      int64_t least = std::numeric_limits<int32_t>::max();
      for (const NodePtr& other : nodes) {
        if (has_keys(*other, all) && selected(*other))
          least = std::min(least, matching(*other, constraint, all));
      }
      const int64_t self = constraint.label_selector->matches(*pod->metadata.labels) ? 1 : 0;
      if (matching(node, constraint, all) + self - least > constraint.max_skew) return false;
    }
    return true;
  }

  int64_t score_of(const api::Node& node, const std::vector<NodePtr>& feasible) const {
    return 3 * taint_score(node, feasible) + 2 * node_affinity_score(node, feasible) +
           2 * spread_score(node, feasible) + 2 * pod_affinity_score(node, feasible) +
           resource_score(node);
  }
  int64_t disliked(const api::Node& node) const {
    return std::count_if(node.spec->taints.begin(), node.spec->taints.end(), [](const auto& t) {
      return t.effect == api::TaintEffect::kPreferNoSchedule;
    });
  }
  int64_t taint_score(const api::Node& node, const std::vector<NodePtr>& feasible) const {
    int64_t most = 0;
    for (const NodePtr& other : feasible) most = std::max(most, disliked(*other));
    return most == 0 ? 100 : 100 - 100 * disliked(node) / most;
  }
  int64_t preference(const api::Node& node) const {
    if (!pod->spec->affinity || !pod->spec->affinity->node) return 0;
    int64_t weight = 0;
    for (const auto& term : pod->spec->affinity->node->preferred) {
      const auto& requirement = term.preference.match_expressions.front();
      if (label(node, requirement.key) == requirement.values.front()) weight += term.weight;
    }
    return weight;
  }
  int64_t node_affinity_score(const api::Node& node, const std::vector<NodePtr>& feasible) const {
    int64_t most = 0;
    for (const NodePtr& other : feasible) most = std::max(most, preference(*other));
    return most == 0 ? 0 : 100 * preference(node) / most;
  }
  int64_t attraction(const api::Node& node) const {
    int64_t sum = 0;
    for (const auto& [there, on] : placed) {
      for (const bool anti : {false, true}) {
        const int64_t sign = anti ? -1 : 1;
        for (const auto& term : preferred(*pod, anti)) {
          if (term_matches(term.term, *pod, *there) &&
              same_place(*on, node, term.term.topology_key))
            sum += sign * term.weight;
        }
        for (const auto& term : preferred(*there, anti)) {
          if (term_matches(term.term, *there, *pod) &&
              same_place(*on, node, term.term.topology_key))
            sum += sign * term.weight;
        }
      }
      for (const auto& term : required(*there, false)) {
        if (term_matches(term, *there, *pod) && same_place(*on, node, term.topology_key)) ++sum;
      }
    }
    return sum;
  }
  int64_t pod_affinity_score(const api::Node& node, const std::vector<NodePtr>& feasible) const {
    int64_t least = std::numeric_limits<int64_t>::max();
    int64_t most = std::numeric_limits<int64_t>::min();
    for (const NodePtr& other : feasible) {
      least = std::min(least, attraction(*other));
      most = std::max(most, attraction(*other));
    }
    return most == least ? 0 : 100 * (attraction(node) - least) / (most - least);
  }
  static std::string owner_of(const api::Pod& which) {
    const api::OwnerReference* owner = api::controller_of(which.metadata);
    return owner == nullptr ? "" : owner->uid;
  }
  int64_t siblings(const api::Node& node, const std::string& key) const {
    int64_t count = 0;
    for (const auto& [there, on] : placed) {
      if (key != kByHost && !selected(*on)) continue;
      if (owner_of(*there) == owner_of(*pod) && same_place(*on, node, key)) ++count;
    }
    return count;
  }
  static int64_t places(const std::vector<NodePtr>& among, const std::string& key,
                        const std::vector<api::TopologySpreadConstraint>& all) {
    std::set<std::string> seen;
    for (const NodePtr& node : among) {
      if (has_keys(*node, all) && label(*node, key)) seen.insert(*label(*node, key));
    }
    return static_cast<int64_t>(seen.size());
  }
  // nullopt: the node lacks a key.
  std::optional<int64_t> raw_spread(const api::Node& node,
                                    const std::vector<NodePtr>& feasible) const {
    int64_t milli = 0;
    const auto all = constraints("ScheduleAnyway");
    if (pod->spec->topology_spread_constraints.empty()) {
      for (const auto& [key, skew] : {std::pair(kByHost, 3), std::pair(kByZone, 5)}) {
        if (!label(node, key)) continue;
        milli += siblings(node, key) * ln_milli(places(feasible, key, {}) + 2) + 1000 * (skew - 1);
      }
      return (milli + 500) / 1000;
    }
    if (!has_keys(node, all)) return std::nullopt;
    for (const auto& constraint : all) {
      const std::string& key = constraint.topology_key;
      milli += matching(node, constraint, all) * ln_milli(places(feasible, key, all) + 2) +
               1000 * (constraint.max_skew - 1);
    }
    return (milli + 500) / 1000;
  }
  int64_t spread_score(const api::Node& node, const std::vector<NodePtr>& feasible) const {
    const bool defaults = pod->spec->topology_spread_constraints.empty();
    if (defaults ? owner_of(*pod).empty() : constraints("ScheduleAnyway").empty()) return 0;
    int64_t least = std::numeric_limits<int64_t>::max();
    int64_t most = 0;
    for (const NodePtr& other : feasible) {
      const auto raw = raw_spread(*other, feasible);
      if (!raw) continue;
      least = std::min(least, *raw);
      most = std::max(most, *raw);
    }
    const auto raw = raw_spread(node, feasible);
    if (!raw) return 0;
    return most == 0 ? 100 : 100 * (most + least - *raw) / most;
  }
  int64_t resource_score(const api::Node& node) const {
    int64_t left = 0;
    std::vector<int64_t> shares;
    for (const char* resource : {"cpu", "memory"}) {
      const int64_t total = size(node, resource);
      const int64_t used = sum(node, resource);
      left += used > total ? 0 : (total - used) * 100 / total;
      shares.push_back(used >= total ? 1'000'000 : used * 1'000'000 / total);
    }
    const int64_t distance = std::max(shares[0], shares[1]) - std::min(shares[0], shares[1]);
    return left / 2 + (1'000'000 - distance / 2) * 100 / 1'000'000;
  }
};

RC_GTEST_PROP(SchedulerChoice, IsTheOneThatTheRulesDefine, ()) {
  const auto byte = rc::gen::resize(rc::kNominalSize, rc::gen::inRange(0, 256));
  Dice dice(*rc::gen::container<std::vector<int>>(400, byte));
  Reference reference;
  NodePool pool;
  const int nodes = 1 + dice.below(6);
  for (int i = 0; i < nodes; ++i) {
    reference.nodes.push_back(random_node(dice, i).make());
    pool.set_node(reference.nodes.back());
  }
  const int pods = dice.below(10);
  for (int i = 0; i < pods; ++i) {
    const NodePtr on = reference.nodes[static_cast<size_t>(dice.below(nodes))];
    const PodPtr there = random_pod(dice, "p" + std::to_string(i)).make();
    // Some have been elsewhere, or are gone again.
    if (dice.one_in(3)) pool.place(there, reference.nodes.front()->metadata.name);
    pool.place(there, on->metadata.name);
    if (dice.one_in(5)) {
      pool.remove(there->metadata.uid);
    } else {
      reference.placed.emplace_back(there, on);
    }
  }
  reference.pod = random_pod(dice, "new").make();
  Diagnosis diagnosis;
  const auto chosen = choose_node(pool, PodInfo::of(reference.pod), ClaimsOfPod(), diagnosis);
  const auto expected = reference.choose();
  RC_CLASSIFY(!expected, "no node fits");
  RC_CLASSIFY(expected && diagnosis.by_node.empty(), "all nodes fit");
  RC_ASSERT(chosen == expected);
}

}  // namespace
}  // namespace sdbtwin::cluster
