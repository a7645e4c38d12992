#include "model/cluster/node/node_pressure.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace sdbtwin::cluster {
namespace {

// k/k pkg/kubelet: evictionMonitoringPeriod.
constexpr sim::Duration kMonitorPeriod = std::chrono::seconds(10);

// The lower, the sooner.
int protection_of(const api::Pod& pod) {
  switch (api::qos_class_of(*pod.spec)) {
    case api::QosClass::kUnset:
    case api::QosClass::kBestEffort:
      return 0;
    case api::QosClass::kBurstable:
      return 1;
    case api::QosClass::kGuaranteed:
      return 2;
  }
  SIM_UNREACHABLE();
}

}  // namespace

bool evicted_before(const api::Pod& a, const api::Pod& b) {
  const int protection_a = protection_of(a);
  const int protection_b = protection_of(b);
  if (protection_a != protection_b) return protection_a < protection_b;
  const int32_t priority_a = a.spec->priority.value_or(0);
  const int32_t priority_b = b.spec->priority.value_or(0);
  if (priority_a != priority_b) return priority_a < priority_b;
  if (a.metadata.creation_timestamp != b.metadata.creation_timestamp)
    return a.metadata.creation_timestamp > b.metadata.creation_timestamp;
  return a.metadata.uid < b.metadata.uid;
}

NodePressure::NodePressure(sim::Runtime& runtime, const NodeMachine& machine,
                           std::function<std::vector<Candidate>()> candidates)
    : runtime_(&runtime),
      machine_(&machine),
      candidates_(std::move(candidates)),
      start_(runtime.now()),
      tick_(runtime, [this] { monitor(); }) {
  if (!machine.pressure().empty()) changed();
}

void NodePressure::changed() {
  if (machine_->pressure().empty() || tick_.armed()) return;
  const sim::Duration since = runtime_->now() - start_;
  tick_.set(runtime_->now() + kMonitorPeriod - since % kMonitorPeriod);
}

void NodePressure::monitor() {
  const std::string& resource = machine_->pressure();
  if (resource.empty()) return;
  changed();
  if (!last_.empty() && machine_->find(last_) != nullptr) return;  // It is still ending.
  const std::vector<Candidate> candidates = candidates_();
  const auto first = std::min_element(
      candidates.begin(), candidates.end(),
      [](const Candidate& a, const Candidate& b) { return evicted_before(*a.pod, *b.pod); });
  if (first == candidates.end()) {
    tick_.cancel();  // Nobody is left: until the pressure changes.
    return;
  }
  last_ = first->pod->metadata.uid;
  first->worker->fail({"Evicted", "The node was low on resource: " + resource + ". "},
                      PodWorker::Because::kNode, 0);
}

}  // namespace sdbtwin::cluster
