// Affinity of pods and volumes (core/v1): what a scheduler is told about nodes and other pods. The
// rules themselves: model/cluster/scheduler.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/api/enum_names.h"
#include "model/api/opaque.h"
#include "model/api/selector.h"

namespace sdbtwin::api {

enum class NodeSelectorOperator : uint8_t { kUnset, kIn, kNotIn, kExists, kDoesNotExist, kGt, kLt };
template <>
struct EnumNames<NodeSelectorOperator> {
  static constexpr std::array<std::string_view, 7> kNames{
      "", "In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"};
};

struct NodeSelectorRequirement {
  std::string key;
  NodeSelectorOperator operator_ = NodeSelectorOperator::kUnset;
  std::vector<std::string> values;
  Opaque extra;

  bool operator==(const NodeSelectorRequirement&) const = default;
  static const TypeInfo& type_info();
};

// All requirements must hold; a term without any matches nothing.
struct NodeSelectorTerm {
  std::vector<NodeSelectorRequirement> match_expressions;  // on labels
  std::vector<NodeSelectorRequirement> match_fields;       // on metadata.name
  Opaque extra;

  bool operator==(const NodeSelectorTerm&) const = default;
  static const TypeInfo& type_info();
};

// One term is enough.
struct NodeSelector {
  std::vector<NodeSelectorTerm> node_selector_terms;
  Opaque extra;

  bool operator==(const NodeSelector&) const = default;
  static const TypeInfo& type_info();
};

struct PreferredSchedulingTerm {
  int32_t weight = 0;  // 1 to 100
  NodeSelectorTerm preference;
  Opaque extra;

  bool operator==(const PreferredSchedulingTerm&) const = default;
  static const TypeInfo& type_info();
};

struct NodeAffinity {
  std::optional<NodeSelector> required;
  std::vector<PreferredSchedulingTerm> preferred;
  Opaque extra;

  bool operator==(const NodeAffinity&) const = default;
  static const TypeInfo& type_info();
};

struct PodAffinityTerm {
  std::optional<LabelSelector> label_selector;  // nullopt matches no pod
  std::vector<std::string> namespaces;
  std::string topology_key;
  std::optional<LabelSelector> namespace_selector;
  Opaque extra;

  bool operator==(const PodAffinityTerm&) const = default;
  static const TypeInfo& type_info();
};

struct WeightedPodAffinityTerm {
  int32_t weight = 0;  // 1 to 100
  PodAffinityTerm term;
  Opaque extra;

  bool operator==(const WeightedPodAffinityTerm&) const = default;
  static const TypeInfo& type_info();
};

// PodAffinity and PodAntiAffinity.
struct PodAffinity {
  std::vector<PodAffinityTerm> required;
  std::vector<WeightedPodAffinityTerm> preferred;
  Opaque extra;

  bool operator==(const PodAffinity&) const = default;
  static const TypeInfo& type_info();
};

struct Affinity {
  std::optional<NodeAffinity> node;
  std::optional<PodAffinity> pod;
  std::optional<PodAffinity> pod_anti;
  Opaque extra;

  bool operator==(const Affinity&) const = default;
  static const TypeInfo& type_info();
};

// Of a PersistentVolume: from where it can be reached.
struct VolumeNodeAffinity {
  std::optional<NodeSelector> required;
  Opaque extra;

  bool operator==(const VolumeNodeAffinity&) const = default;
  static const TypeInfo& type_info();
};

}  // namespace sdbtwin::api
