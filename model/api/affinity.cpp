#include "model/api/affinity.h"

#include "model/api/table.h"

namespace sdbtwin::api {

namespace {

constexpr std::string_view kRequiredField = "requiredDuringSchedulingIgnoredDuringExecution";
constexpr std::string_view kPreferredField = "preferredDuringSchedulingIgnoredDuringExecution";

}  // namespace

const TypeInfo& NodeSelectorRequirement::type_info() {
  using T = NodeSelectorRequirement;
  static constexpr FieldInfo kFields[] = {
      field<&T::key>("key").always().need(),
      field<&T::operator_>("operator").always().need(),
      field<&T::values>("values"),
  };
  static constexpr TypeInfo kType = struct_type<T>("NodeSelectorRequirement", kFields);
  return kType;
}

const TypeInfo& NodeSelectorTerm::type_info() {
  using T = NodeSelectorTerm;
  static constexpr FieldInfo kFields[] = {
      field<&T::match_expressions>("matchExpressions"),
      field<&T::match_fields>("matchFields"),
  };
  static constexpr TypeInfo kType = struct_type<T>("NodeSelectorTerm", kFields);
  return kType;
}

const TypeInfo& NodeSelector::type_info() {
  using T = NodeSelector;
  static constexpr FieldInfo kFields[] = {
      field<&T::node_selector_terms>("nodeSelectorTerms").always().need(),
  };
  static constexpr TypeInfo kType = struct_type<T>("NodeSelector", kFields);
  return kType;
}

const TypeInfo& PreferredSchedulingTerm::type_info() {
  using T = PreferredSchedulingTerm;
  static constexpr FieldInfo kFields[] = {
      field<&T::weight>("weight").always().need(),
      field<&T::preference>("preference").always(),
  };
  static constexpr TypeInfo kType = struct_type<T>("PreferredSchedulingTerm", kFields);
  return kType;
}

const TypeInfo& NodeAffinity::type_info() {
  using T = NodeAffinity;
  static constexpr FieldInfo kFields[] = {
      field<&T::required>(kRequiredField),
      field<&T::preferred>(kPreferredField),
  };
  static constexpr TypeInfo kType = struct_type<T>("NodeAffinity", kFields);
  return kType;
}

const TypeInfo& PodAffinityTerm::type_info() {
  using T = PodAffinityTerm;
  static constexpr FieldInfo kFields[] = {
      field<&T::label_selector>("labelSelector"),
      field<&T::namespaces>("namespaces"),
      field<&T::topology_key>("topologyKey").always().need(),
      field<&T::namespace_selector>("namespaceSelector"),
      known("matchLabelKeys"),
      known("mismatchLabelKeys"),
  };
  static constexpr TypeInfo kType = struct_type<T>("PodAffinityTerm", kFields);
  return kType;
}

const TypeInfo& WeightedPodAffinityTerm::type_info() {
  using T = WeightedPodAffinityTerm;
  static constexpr FieldInfo kFields[] = {
      field<&T::weight>("weight").always().need(),
      field<&T::term>("podAffinityTerm").always(),
  };
  static constexpr TypeInfo kType = struct_type<T>("WeightedPodAffinityTerm", kFields);
  return kType;
}

const TypeInfo& PodAffinity::type_info() {
  using T = PodAffinity;
  static constexpr FieldInfo kFields[] = {
      field<&T::required>(kRequiredField),
      field<&T::preferred>(kPreferredField),
  };
  static constexpr TypeInfo kType = struct_type<T>("PodAffinity", kFields);
  return kType;
}

const TypeInfo& Affinity::type_info() {
  using T = Affinity;
  static constexpr FieldInfo kFields[] = {
      field<&T::node>("nodeAffinity"),
      field<&T::pod>("podAffinity"),
      field<&T::pod_anti>("podAntiAffinity"),
  };
  static constexpr TypeInfo kType = struct_type<T>("Affinity", kFields);
  return kType;
}

const TypeInfo& VolumeNodeAffinity::type_info() {
  using T = VolumeNodeAffinity;
  static constexpr FieldInfo kFields[] = {field<&T::required>("required")};
  static constexpr TypeInfo kType = struct_type<T>("VolumeNodeAffinity", kFields);
  return kType;
}

}  // namespace sdbtwin::api
