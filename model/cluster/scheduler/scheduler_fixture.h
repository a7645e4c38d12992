// Nodes and pods for tests of the scheduler's parts, written as sentences:
//   test::node("a").zone("z1").cpu("4").make(), test::pod("p").cpu("1").label("app", "web").make()
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "model/api/core.h"
#include "model/api/pod.h"

namespace sdbtwin::cluster::test {

class NodeBuilder {
 public:
  explicit NodeBuilder(std::string name) : node_(std::make_shared<api::Node>()) {
    node_->metadata.name = std::move(name);
    node_->status.edit().allocatable.edit() = {{"cpu", "4"}, {"memory", "8Gi"}, {"pods", "110"}};
  }
  NodeBuilder& allocatable(const std::string& resource, const char* amount) {
    node_->status.edit().allocatable.edit()[resource] = amount;
    return *this;
  }
  NodeBuilder& cpu(const char* amount) { return allocatable("cpu", amount); }
  NodeBuilder& label(const std::string& key, const std::string& value) {
    node_->metadata.labels.edit()[key] = value;
    return *this;
  }
  NodeBuilder& zone(const std::string& name) { return label("topology.kubernetes.io/zone", name); }
  NodeBuilder& cordoned() {
    node_->spec.edit().unschedulable = true;
    return *this;
  }
  NodeBuilder& taint(const std::string& key, const std::string& value, api::TaintEffect effect) {
    api::Taint taint;
    taint.key = key;
    taint.value = value;
    taint.effect = effect;
    node_->spec.edit().taints.push_back(taint);
    return *this;
  }
  std::shared_ptr<const api::Node> make() const { return node_; }

 private:
  std::shared_ptr<api::Node> node_;
};

class PodBuilder {
 public:
  // The uid is the name.
  explicit PodBuilder(const std::string& name) : pod_(std::make_shared<api::Pod>()) {
    pod_->metadata.name = name;
    pod_->metadata.uid = name;
    pod_->metadata.namespace_ = "demo";
    spec().containers.emplace_back();
  }
  api::PodSpec& spec() { return pod_->spec.edit(); }
  PodBuilder& request(const std::string& resource, const char* amount) {
    spec().containers.front().resources.requests[resource] = amount;
    return *this;
  }
  PodBuilder& cpu(const char* amount) { return request("cpu", amount); }
  PodBuilder& memory(const char* amount) { return request("memory", amount); }
  PodBuilder& namespace_(const std::string& name) {
    pod_->metadata.namespace_ = name;
    return *this;
  }
  PodBuilder& label(const std::string& key, const std::string& value) {
    pod_->metadata.labels.edit()[key] = value;
    return *this;
  }
  PodBuilder& priority(int32_t value) {
    spec().priority = value;
    return *this;
  }
  PodBuilder& owner(const std::string& uid) {
    api::OwnerReference reference;
    reference.uid = uid;
    reference.controller = true;
    pod_->metadata.owner_references.edit().push_back(reference);
    return *this;
  }
  PodBuilder& started(int64_t second) {
    pod_->status.edit().start_time = api::Timestamp{second};
    return *this;
  }
  PodBuilder& deleting() {
    pod_->metadata.deletion_timestamp = api::Timestamp{1};
    return *this;
  }
  PodBuilder& toleration(const std::string& key, const std::string& value,
                         const std::string& operator_, api::TaintEffect effect) {
    api::Toleration toleration;
    toleration.key = key;
    toleration.value = value;
    toleration.operator_ = operator_;
    toleration.effect = effect;
    spec().tolerations.push_back(toleration);
    return *this;
  }
  api::Affinity& affinity() {
    if (!spec().affinity) spec().affinity.emplace();
    return *spec().affinity;
  }
  PodBuilder& requires_node(api::NodeSelectorTerm term) {
    api::NodeAffinity& node = node_affinity();
    if (!node.required) node.required.emplace();
    node.required->node_selector_terms.push_back(std::move(term));
    return *this;
  }
  PodBuilder& prefers_node(int32_t weight, api::NodeSelectorTerm term) {
    api::PreferredSchedulingTerm preferred;
    preferred.weight = weight;
    preferred.preference = std::move(term);
    node_affinity().preferred.push_back(std::move(preferred));
    return *this;
  }
  PodBuilder& near(const std::string& key, const std::string& label, const std::string& value,
                   int32_t weight = 0) {
    if (!affinity().pod) affinity().pod.emplace();
    return add(*affinity().pod, key, label, value, weight);
  }
  PodBuilder& apart(const std::string& key, const std::string& label, const std::string& value,
                    int32_t weight = 0) {
    if (!affinity().pod_anti) affinity().pod_anti.emplace();
    return add(*affinity().pod_anti, key, label, value, weight);
  }
  PodBuilder& spread(const std::string& key, int32_t skew, const std::string& label,
                     const std::string& value, bool must = true) {
    api::TopologySpreadConstraint constraint;
    constraint.max_skew = skew;
    constraint.topology_key = key;
    constraint.when_unsatisfiable = must ? "DoNotSchedule" : "ScheduleAnyway";
    constraint.label_selector = api::LabelSelector(api::StringMap{{label, value}});
    spec().topology_spread_constraints.push_back(constraint);
    return *this;
  }
  std::shared_ptr<const api::Pod> make() const { return pod_; }

 private:
  api::NodeAffinity& node_affinity() {
    if (!affinity().node) affinity().node.emplace();
    return *affinity().node;
  }
  // weight 0: required.
  PodBuilder& add(api::PodAffinity& to, const std::string& key, const std::string& label,
                  const std::string& value, int32_t weight) {
    api::PodAffinityTerm term;
    term.topology_key = key;
    term.label_selector = api::LabelSelector(api::StringMap{{label, value}});
    if (weight == 0) {
      to.required.push_back(std::move(term));
      return *this;
    }
    api::WeightedPodAffinityTerm weighted;
    weighted.weight = weight;
    weighted.term = std::move(term);
    to.preferred.push_back(std::move(weighted));
    return *this;
  }

  std::shared_ptr<api::Pod> pod_;
};

inline NodeBuilder node(std::string name) { return NodeBuilder(std::move(name)); }
inline PodBuilder pod(const std::string& name) { return PodBuilder(name); }

inline api::NodeSelectorTerm where(const std::string& key, api::NodeSelectorOperator operator_,
                                   std::vector<std::string> values = {}) {
  api::NodeSelectorRequirement requirement;
  requirement.key = key;
  requirement.operator_ = operator_;
  requirement.values = std::move(values);
  api::NodeSelectorTerm term;
  term.match_expressions.push_back(std::move(requirement));
  return term;
}

}  // namespace sdbtwin::cluster::test
