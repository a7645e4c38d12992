#include "model/cluster/scheduler/topology_spread.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "model/cluster/scheduler/node_selector.h"
#include "model/cluster/scheduler/taints.h"
#include "sim/core/assert.h"

namespace sdbtwin::cluster {
namespace {

constexpr std::string_view kDoNotSchedule = "DoNotSchedule";
constexpr std::string_view kScheduleAnyway = "ScheduleAnyway";
constexpr int64_t kSpreadScoreMax = 100;
// systemDefaultConstraints of podtopologyspread.
constexpr int64_t kDefaultHostSkew = 3;
constexpr int64_t kDefaultZoneSkew = 5;

bool has_all_keys(const api::Node& node, const std::vector<SpreadConstraint>& constraints) {
  return std::all_of(constraints.begin(), constraints.end(), [&](const SpreadConstraint& c) {
    return node_label(node, c.rule->topology_key) != nullptr;
  });
}

// (count * ln(places + 2) + skew - 1) in thousandths, of upstream's scoreForCount.
int64_t score_for(int64_t count, int64_t skew, int64_t places) {
  return count * ln_milli(places + 2) + 1000 * (skew - 1);
}

int64_t rounded(int64_t milli) { return (milli + 500) / 1000; }

int64_t siblings_on(const NodeInfo& node, const std::string& controller) {
  const auto found = node.pods_of_controller.find(controller);
  return found == node.pods_of_controller.end() ? 0 : found->second;
}

const std::string* zone_of(const api::Node& node) {
  static const std::string kKey(kZoneLabel);
  const auto found = node.metadata.labels->find(kKey);
  return found == node.metadata.labels->end() ? nullptr : &found->second;
}

}  // namespace

int64_t ln_milli(int64_t n) {
  SIM_ASSERT(n > 0);
  // log2 by repeated squaring of the mantissa in [1, 2) with 30 fraction bits.
  constexpr int kBits = 30;
  constexpr int kDigits = 24;
  constexpr uint64_t kLn2Nano = 693'147'181;
  int whole = 0;
  while ((n >> (whole + 1)) != 0) ++whole;
  const auto wide = static_cast<uint64_t>(n);
  uint64_t mantissa = whole <= kBits ? wide << (kBits - whole) : wide >> (whole - kBits);
  uint64_t log2 = static_cast<uint64_t>(whole) << kDigits;
  for (int digit = kDigits - 1; digit >= 0; --digit) {
    mantissa = (mantissa * mantissa) >> kBits;
    if (mantissa < (uint64_t{2} << kBits)) continue;
    mantissa >>= 1;
    log2 += uint64_t{1} << digit;
  }
  // log2 < 64 * 2^24 and ln2 < 2^30: the product fits.
  const uint64_t nano = (log2 * kLn2Nano) >> kDigits;
  return static_cast<int64_t>((nano + 500'000) / 1'000'000);
}

std::vector<SpreadConstraint> SpreadConstraint::of(const api::PodSpec& spec, const PodInfo& pod,
                                                   std::string_view when_unsatisfiable) {
  std::vector<SpreadConstraint> constraints;
  for (const api::TopologySpreadConstraint& rule : spec.topology_spread_constraints) {
    if (rule.when_unsatisfiable != when_unsatisfiable) continue;
    SpreadConstraint constraint{&rule, rule.label_selector};
    for (const std::string& key : rule.match_label_keys) {
      const auto label = pod.labels().find(key);
      if (label == pod.labels().end() || !constraint.selector) continue;
      api::LabelRequirement same;
      same.key = key;
      same.operator_ = api::SelectorOperator::kIn;
      same.values.push_back(label->second);
      constraint.selector->match_expressions.push_back(std::move(same));
    }
    constraints.push_back(std::move(constraint));
  }
  return constraints;
}

bool SpreadConstraint::selects(const api::Pod& other) const {
  return selector && selector->matches(*other.metadata.labels);
}

int64_t SpreadConstraint::count_on(const NodeInfo& node, const std::string& namespace_) const {
  return std::count_if(node.pods.begin(), node.pods.end(), [&](const auto& entry) {
    const api::Pod& there = *entry.second->pod;
    return !api::is_deleting(there.metadata) && there.metadata.namespace_ == namespace_ &&
           selects(there);
  });
}

bool SpreadConstraint::counts_node(const PodInfo& pod, const api::Node& node) const {
  const bool any_affinity = rule->node_affinity_policy == "Ignore";
  if (!any_affinity && !wants_node(*pod.pod->spec, node)) return false;
  return rule->node_taints_policy != "Honor" || untolerated_taint(node, *pod.pod->spec) == nullptr;
}

TopologySpreadFilter::TopologySpreadFilter(const NodePool& pool, const PodInfo& pod) {
  const api::PodSpec& spec = *pod.pod->spec;
  if (spec.topology_spread_constraints.empty()) return;
  const std::vector<SpreadConstraint> all = SpreadConstraint::of(spec, pod, kDoNotSchedule);
  for (const SpreadConstraint& constraint : all) {
    const std::string& key = constraint.rule->topology_key;
    Counted counted{constraint, constraint.selects(*pod.pod) ? 1 : 0, {}, 0};
    for (const auto& [name, node] : pool.nodes()) {
      if (node.node == nullptr || !has_all_keys(*node.node, all)) continue;
      if (!constraint.counts_node(pod, *node.node)) continue;
      counted.pods_of_place[*node_label(*node.node, key)] +=
          constraint.count_on(node, pod.namespace_());
    }
    const auto places = static_cast<int64_t>(counted.pods_of_place.size());
    int64_t least = std::numeric_limits<int32_t>::max();
    for (const auto& [place, count] : counted.pods_of_place) least = std::min(least, count);
    counted.least = places < constraint.rule->min_domains.value_or(1) ? 0 : least;
    constraints_.push_back(std::move(counted));
  }
}

std::optional<Rejection> TopologySpreadFilter::why_not(const api::Node& node) const {
  for (const Counted& counted : constraints_) {
    const std::string* place = node_label(node, counted.constraint.rule->topology_key);
    if (place == nullptr) {
      return Rejection::unresolvable(
          Plugin::kPodTopologySpread,
          "node(s) didn't match pod topology spread constraints (missing required label)");
    }
    const auto found = counted.pods_of_place.find(*place);
    const int64_t there = found == counted.pods_of_place.end() ? 0 : found->second;
    if (there + counted.self - counted.least <= counted.constraint.rule->max_skew) continue;
    return Rejection::resolvable(Plugin::kPodTopologySpread,
                                 "node(s) didn't match pod topology spread constraints");
  }
  return std::nullopt;
}

TopologySpreadScore::TopologySpreadScore(const NodePool& pool, const PodInfo& pod,
                                         const Nodes& feasible) {
  if (pod.pod->spec->topology_spread_constraints.empty()) {
    score_by_default(pool, pod, feasible);
  } else {
    score_constraints(pool, pod, feasible);
  }
}

void TopologySpreadScore::score_by_default(const NodePool& pool, const PodInfo& pod,
                                           const Nodes& feasible) {
  if (pod.controller.empty()) return;
  std::map<std::string_view, int64_t> zones;
  for (const NodeInfo* node : feasible) {
    if (const std::string* zone = zone_of(*node->node)) zones.emplace(*zone, 0);
  }
  if (!zones.empty()) {
    for (const auto& [name, node] : pool.nodes()) {
      const std::string* zone = node.node == nullptr ? nullptr : zone_of(*node.node);
      if (zone == nullptr || !wants_node(*pod.pod->spec, *node.node)) continue;
      const auto found = zones.find(*zone);
      if (found != zones.end()) found->second += siblings_on(node, pod.controller);
    }
  }
  const auto hosts = static_cast<int64_t>(feasible.size());
  const auto places = static_cast<int64_t>(zones.size());
  for (const NodeInfo* node : feasible) {
    int64_t milli = score_for(siblings_on(*node, pod.controller), kDefaultHostSkew, hosts);
    if (const std::string* zone = zone_of(*node->node))
      milli += score_for(zones.at(*zone), kDefaultZoneSkew, places);
    raw_.emplace_back(rounded(milli));
  }
}

void TopologySpreadScore::score_constraints(const NodePool& pool, const PodInfo& pod,
                                            const Nodes& feasible) {
  const std::vector<SpreadConstraint> all =
      SpreadConstraint::of(*pod.pod->spec, pod, kScheduleAnyway);
  if (all.empty()) return;
  std::vector<std::optional<int64_t>> milli;
  for (const NodeInfo* node : feasible) {
    milli.push_back(has_all_keys(*node->node, all) ? std::optional<int64_t>(0) : std::nullopt);
  }
  const auto hosts = std::count_if(milli.begin(), milli.end(), [](const auto& m) { return !!m; });
  for (const SpreadConstraint& constraint : all) {
    const std::string& key = constraint.rule->topology_key;
    const bool by_host = key == kHostnameLabel;
    std::map<std::string_view, int64_t> places;
    for (size_t i = 0; i < feasible.size(); ++i) {
      if (milli[i] && !by_host) places.emplace(*node_label(*feasible[i]->node, key), 0);
    }
    for (const auto& [name, node] : pool.nodes()) {
      if (by_host || node.node == nullptr || !has_all_keys(*node.node, all)) continue;
      const auto found = places.find(*node_label(*node.node, key));
      if (found == places.end() || !constraint.counts_node(pod, *node.node)) continue;
      found->second += constraint.count_on(node, pod.namespace_());
    }
    const int64_t size = by_host ? hosts : static_cast<int64_t>(places.size());
    for (size_t i = 0; i < feasible.size(); ++i) {
      if (!milli[i]) continue;
      const int64_t count = by_host ? constraint.count_on(*feasible[i], pod.namespace_())
                                    : places.at(*node_label(*feasible[i]->node, key));
      *milli[i] += score_for(count, constraint.rule->max_skew, size);
    }
  }
  for (const auto& m : milli) raw_.push_back(m ? std::optional(rounded(*m)) : std::nullopt);
}

std::vector<int64_t> TopologySpreadScore::normalized() const {
  int64_t least = std::numeric_limits<int64_t>::max();
  int64_t most = 0;
  for (const auto& raw : raw_) {
    if (!raw) continue;
    least = std::min(least, *raw);
    most = std::max(most, *raw);
  }
  std::vector<int64_t> scores;
  for (const auto& raw : raw_) {
    if (!raw) {
      scores.push_back(0);
    } else {
      scores.push_back(most == 0 ? kSpreadScoreMax
                                 : kSpreadScoreMax * (most + least - *raw) / most);
    }
  }
  return scores;
}

}  // namespace sdbtwin::cluster
