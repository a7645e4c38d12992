#include "model/cluster/scheduler/node_selector.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace sdbtwin::cluster {
namespace {

using api::NodeSelectorOperator;
using api::NodeSelectorRequirement;

std::optional<int64_t> integer_in(const std::string& text) {
  int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || stopped != end) return std::nullopt;
  return number;
}

// Gt, Lt: both sides are integers, and there is one value.
bool compares(const NodeSelectorRequirement& requirement, const std::string& value) {
  if (requirement.values.size() != 1) return false;
  const std::optional<int64_t> left = integer_in(value);
  const std::optional<int64_t> right = integer_in(requirement.values.front());
  if (!left || !right) return false;
  return requirement.operator_ == NodeSelectorOperator::kGt ? *left > *right : *left < *right;
}

// `value` null: the node has no such label.
bool holds(const NodeSelectorRequirement& requirement, const std::string* value) {
  const auto among = [&] {
    return std::find(requirement.values.begin(), requirement.values.end(), *value) !=
           requirement.values.end();
  };
  switch (requirement.operator_) {
    case NodeSelectorOperator::kIn:
      return value != nullptr && among();
    case NodeSelectorOperator::kNotIn:
      return value == nullptr || !among();
    case NodeSelectorOperator::kExists:
      return value != nullptr;
    case NodeSelectorOperator::kDoesNotExist:
      return value == nullptr;
    case NodeSelectorOperator::kGt:
    case NodeSelectorOperator::kLt:
      return value != nullptr && compares(requirement, *value);
    case NodeSelectorOperator::kUnset:
      return false;
  }
  SIM_UNREACHABLE();
}

bool holds_of_field(const NodeSelectorRequirement& requirement, const api::Node& node) {
  // The only field that can be selected by.
  return requirement.key == "metadata.name" && holds(requirement, &node.metadata.name);
}

}  // namespace

const std::string* node_label(const api::Node& node, std::string_view key) {
  const api::StringMap& labels = *node.metadata.labels;
  const auto found = labels.find(std::string(key));
  if (found != labels.end()) return &found->second;
  return key == kHostnameLabel ? &node.metadata.name : nullptr;
}

bool matches(const api::NodeSelectorTerm& term, const api::Node& node) {
  if (term.match_expressions.empty() && term.match_fields.empty()) return false;
  return std::all_of(term.match_expressions.begin(), term.match_expressions.end(),
                     [&](const NodeSelectorRequirement& requirement) {
                       return holds(requirement, node_label(node, requirement.key));
                     }) &&
         std::all_of(term.match_fields.begin(), term.match_fields.end(),
                     [&](const NodeSelectorRequirement& requirement) {
                       return holds_of_field(requirement, node);
                     });
}

bool matches(const api::NodeSelector& selector, const api::Node& node) {
  return std::any_of(selector.node_selector_terms.begin(), selector.node_selector_terms.end(),
                     [&](const api::NodeSelectorTerm& term) { return matches(term, node); });
}

bool wants_node(const api::PodSpec& pod, const api::Node& node) {
  for (const auto& [key, value] : pod.node_selector) {
    const std::string* label = node_label(node, key);
    if (label == nullptr || *label != value) return false;
  }
  if (!pod.affinity || !pod.affinity->node || !pod.affinity->node->required) return true;
  return matches(*pod.affinity->node->required, node);
}

int64_t preference_for(const PodInfo& pod, const api::Node& node) {
  const api::NodeAffinity* affinity = pod.node_affinity();
  if (affinity == nullptr) return 0;
  int64_t sum = 0;
  for (const api::PreferredSchedulingTerm& term : affinity->preferred) {
    // Upstream skips a preference of weight 0; it would add nothing.
    if (matches(term.preference, node)) sum += term.weight;
  }
  return sum;
}

}  // namespace sdbtwin::cluster
