#include "model/cluster/petset/placement.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <utility>

namespace sdbtwin::cluster {
namespace {

using api::Value;
using Requirement = api::NodeSelectorRequirement;

constexpr std::string_view kZoneKey = "topology.kubernetes.io/zone";
constexpr std::string_view kNodeKey = "kubernetes.io/hostname";
constexpr int32_t kDefaultWeight = 1;  // the API's least

api::ApiError no_placement(std::string message) {
  api::ApiError error;
  error.message = std::move(message);
  return error;
}

bool must_hold(const Value& rule) { return rule.string_at("whenUnsatisfiable") == "DoNotSchedule"; }

void add_spread(const Value& rule, std::string_view key, const api::PetSet& set,
                api::PodSpec& spec) {
  const api::LabelSelector labels(*set.spec->template_->metadata.labels);
  api::TopologySpreadConstraint constraint;
  const Value* skew = rule.find("maxSkew");
  constraint.max_skew =
      skew != nullptr && skew->is_integer() ? static_cast<int32_t>(skew->as_integer()) : 1;
  constraint.topology_key = key;
  constraint.when_unsatisfiable = rule.string_at("whenUnsatisfiable");
  constraint.label_selector = labels;
  spec.topology_spread_constraints.push_back(std::move(constraint));
  if (!spec.affinity->pod_anti) spec.affinity->pod_anti.emplace();
  if (!must_hold(rule)) return;
  api::PodAffinityTerm term;
  term.label_selector = labels;
  term.topology_key = key;
  spec.affinity->pod_anti->required.push_back(std::move(term));
}

Requirement requirement_of(const Value& rule, const Value& domain) {
  Requirement requirement;
  requirement.key = rule.string_at("topologyKey");
  requirement.operator_ = api::NodeSelectorOperator::kIn;
  const Value* values = domain.find("values");
  if (values == nullptr || !values->is_array()) return requirement;
  for (const Value& value : values->items()) {
    if (value.is_string()) requirement.values.push_back(value.text());
  }
  return requirement;
}

bool has_requirement(const api::NodeSelectorTerm& term, const Requirement& requirement) {
  const auto& items = term.match_expressions;
  return std::find(items.begin(), items.end(), requirement) != items.end();
}

bool is_in_domain(const api::Pod& pod, const Requirement& requirement) {
  if (!pod.spec->affinity || !pod.spec->affinity->node) return false;
  const api::NodeAffinity& node = *pod.spec->affinity->node;
  if (node.required) {
    for (const api::NodeSelectorTerm& term : node.required->node_selector_terms) {
      if (has_requirement(term, requirement)) return true;
    }
  }
  return std::any_of(node.preferred.begin(), node.preferred.end(), [&](const auto& item) {
    return has_requirement(item.preference, requirement);
  });
}

// A rule that must hold goes into every term of the pod's own affinity: terms are alternatives.
void require(const Requirement& requirement, api::NodeAffinity& node) {
  if (!node.required) node.required.emplace();
  auto& terms = node.required->node_selector_terms;
  if (terms.empty()) terms.emplace_back();
  for (api::NodeSelectorTerm& term : terms) term.match_expressions.push_back(requirement);
}

void add_domain(const Value& rule, const Requirement& requirement, api::PodSpec& spec) {
  if (!spec.affinity->node) spec.affinity->node.emplace();
  if (must_hold(rule)) return require(requirement, *spec.affinity->node);
  const Value* weight = rule.find("weight");
  api::PreferredSchedulingTerm item;
  item.preference.match_expressions.push_back(requirement);
  item.weight = weight == nullptr ? kDefaultWeight : static_cast<int32_t>(weight->as_integer());
  spec.affinity->node->preferred.push_back(std::move(item));
}

// Nullopt: no limit.
api::Result<std::optional<int64_t>> limit_of(const Value& domain) {
  const std::string_view text = domain.string_at("replicas");
  if (text.empty()) return std::optional<int64_t>();
  int64_t limit = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
  if (error != std::errc{} || end != text.data() + text.size())
    return no_placement("replicas of a domain is an expression: " + std::string(text));
  return std::optional<int64_t>(limit);
}

api::Result<void> choose_domain(const Value& rule,
                                const std::vector<std::shared_ptr<const api::Pod>>& others,
                                api::PodSpec& spec) {
  const Value* domains = rule.find("domains");
  if (domains != nullptr && domains->is_array()) {
    for (const Value& domain : domains->items()) {
      const api::Result<std::optional<int64_t>> limit = limit_of(domain);
      if (!limit) return limit.error();
      const Requirement requirement = requirement_of(rule, domain);
      const auto assigned = std::count_if(others.begin(), others.end(), [&](const auto& pod) {
        return is_in_domain(*pod, requirement);
      });
      if (*limit && assigned >= **limit) continue;
      add_domain(rule, requirement, spec);
      return {};
    }
  }
  return no_placement("no domain of " + std::string(rule.string_at("topologyKey")) +
                      " has room for another pod");
}

}  // namespace

api::Result<void> place_by_policy(const api::Unstructured& policy, const api::PetSet& set,
                                  const std::vector<std::shared_ptr<const api::Pod>>& others,
                                  api::Pod& pod) {
  const Value* wanted = policy.body.find("spec");
  if (wanted == nullptr) return {};
  api::PodSpec& spec = pod.spec.edit();
  if (!spec.affinity) spec.affinity.emplace();
  if (const Value* zone = wanted->find("zoneSpreadConstraint"))
    add_spread(*zone, kZoneKey, set, spec);
  if (const Value* node = wanted->find("nodeSpreadConstraint"))
    add_spread(*node, kNodeKey, set, spec);
  const Value* rules = wanted->find_path({"affinity", "nodeAffinity"});
  if (rules == nullptr || !rules->is_array()) return {};
  for (const Value& rule : rules->items()) {
    const api::Result<void> chosen = choose_domain(rule, others, spec);
    if (!chosen) return chosen.error();
  }
  return {};
}

}  // namespace sdbtwin::cluster
