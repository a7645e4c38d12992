#include "model/cluster/petset/placement.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <utility>

namespace sdbtwin::cluster {
namespace {

using api::Value;

constexpr std::string_view kZoneKey = "topology.kubernetes.io/zone";
constexpr std::string_view kNodeKey = "kubernetes.io/hostname";
constexpr std::string_view kRequired = "requiredDuringSchedulingIgnoredDuringExecution";
constexpr std::string_view kPreferred = "preferredDuringSchedulingIgnoredDuringExecution";
constexpr int64_t kDefaultWeight = 1;  // the API's least

api::ApiError no_placement(std::string message) {
  api::ApiError error;
  error.message = std::move(message);
  return error;
}

bool must_hold(const Value& rule) { return rule.string_at("whenUnsatisfiable") == "DoNotSchedule"; }

Value labels_value(const api::StringMap& labels) {
  Value::Object members;
  for (const auto& [key, value] : labels) members.emplace(key, value);
  return Value::object({{"matchLabels", Value(std::move(members))}});
}

// affinity.path[0].path[1] += item
Value with_item(const Value& affinity, std::string_view part, std::string_view list, Value item) {
  const Value* known = affinity.find(part);
  Value inner = known == nullptr ? Value::object({}) : *known;
  Value::Array items;
  if (const Value* already = inner.find(list)) items = already->items();
  items.push_back(std::move(item));
  inner = inner.with(std::string(list), Value(std::move(items)));
  return affinity.with(std::string(part), inner);
}

void add_spread(const Value& rule, std::string_view key, const api::PetSet& set,
                api::PodSpec& spec) {
  const api::StringMap& labels = *set.spec->template_->metadata.labels;
  api::TopologySpreadConstraint constraint;
  const Value* skew = rule.find("maxSkew");
  constraint.max_skew =
      skew != nullptr && skew->is_integer() ? static_cast<int32_t>(skew->as_integer()) : 1;
  constraint.topology_key = key;
  constraint.when_unsatisfiable = rule.string_at("whenUnsatisfiable");
  constraint.label_selector = api::LabelSelector(labels);
  spec.topology_spread_constraints.push_back(std::move(constraint));
  if (spec.affinity.find("podAntiAffinity") == nullptr)
    spec.affinity = spec.affinity.with("podAntiAffinity", Value::object({}));
  if (!must_hold(rule)) return;
  const Value term = Value::object({{"labelSelector", labels_value(labels)}, {"topologyKey", key}});
  spec.affinity = with_item(spec.affinity, "podAntiAffinity", kRequired, term);
}

Value expression_of(const Value& rule, const Value& domain) {
  const Value* values = domain.find("values");
  return Value::object({{"key", rule.string_at("topologyKey")},
                        {"operator", "In"},
                        {"values", values == nullptr ? Value(Value::Array()) : *values}});
}

bool has_expression(const Value* term, const Value& expression) {
  const Value* expressions = term == nullptr ? nullptr : term->find("matchExpressions");
  if (expressions == nullptr || !expressions->is_array()) return false;
  const auto& items = expressions->items();
  return std::find(items.begin(), items.end(), expression) != items.end();
}

bool is_in_domain(const api::Pod& pod, const Value& expression) {
  const Value* node = pod.spec->affinity.find("nodeAffinity");
  if (node == nullptr) return false;
  if (const Value* required = node->find_path({kRequired, "nodeSelectorTerms"})) {
    for (const Value& term : required->items()) {
      if (has_expression(&term, expression)) return true;
    }
  }
  if (const Value* preferred = node->find(kPreferred)) {
    for (const Value& item : preferred->items()) {
      if (has_expression(item.find("preference"), expression)) return true;
    }
  }
  return false;
}

// A rule that must hold goes into every term of the pod's own affinity: terms are alternatives.
Value with_required(const Value& affinity, const Value& expression) {
  const Value* known = affinity.find_path({"nodeAffinity", kRequired, "nodeSelectorTerms"});
  Value::Array terms;
  if (known != nullptr) terms = known->items();
  if (terms.empty()) terms.push_back(Value::object({}));
  for (Value& term : terms) {
    Value::Array expressions;
    if (const Value* already = term.find("matchExpressions")) expressions = already->items();
    expressions.push_back(expression);
    term = term.with("matchExpressions", Value(std::move(expressions)));
  }
  const Value* node = affinity.find("nodeAffinity");
  const Value required = Value::object({{"nodeSelectorTerms", Value(std::move(terms))}});
  const Value inner =
      (node == nullptr ? Value::object({}) : *node).with(std::string(kRequired), required);
  return affinity.with("nodeAffinity", inner);
}

void add_domain(const Value& rule, const Value& expression, api::PodSpec& spec) {
  if (must_hold(rule)) {
    spec.affinity = with_required(spec.affinity, expression);
    return;
  }
  const Value* weight = rule.find("weight");
  const Value preference = Value::object({{"matchExpressions", Value::array({expression})}});
  const Value item =
      Value::object({{"preference", preference},
                     {"weight", weight == nullptr ? Value(kDefaultWeight) : *weight}});
  spec.affinity = with_item(spec.affinity, "nodeAffinity", kPreferred, item);
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
      const Value expression = expression_of(rule, domain);
      const auto assigned = std::count_if(others.begin(), others.end(), [&](const auto& pod) {
        return is_in_domain(*pod, expression);
      });
      if (*limit && assigned >= **limit) continue;
      add_domain(rule, expression, spec);
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
  if (spec.affinity.is_null()) spec.affinity = Value::object({});
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
