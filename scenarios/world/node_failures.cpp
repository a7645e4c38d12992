#include "scenarios/world/node_failures.h"

#include <algorithm>
#include <chrono>
#include <variant>

#include "faults/match.h"
#include "scenarios/world/processes.h"

namespace sdbtwin::scenarios {
namespace {

constexpr sim::Duration kUnnoticed = std::chrono::seconds(30);  // [us] below 50 s - 10 s

bool watches_nodes(std::string_view process) {
  return process == kNodeLifecycle || process == kTaintEviction || process == kPodGarbageCollector;
}

bool is_of_node(const faults::RequestPattern& request) {
  return request.object.kind == api::Kind::kLease || request.object.kind == api::Kind::kNode;
}

// How long one fault keeps a kubelet away.
class FaultOnNodes {
 public:
  explicit FaultOnNodes(sim::Duration horizon) : horizon_(horizon) {}

  sim::Duration operator()(const faults::NodeDown& fault) const { return length(fault.lasting); }
  sim::Duration operator()(const faults::NodeCutOff& fault) const { return length(fault.lasting); }
  sim::Duration operator()(const faults::ProcessKill& fault) const {
    if (!fault.process.starts_with(kKubeletPrefix)) return {};
    return fault.restart_after.value_or(horizon_);
  }
  sim::Duration operator()(const faults::ProcessPause& fault) const {
    return fault.process.starts_with(kKubeletPrefix) ? fault.duration : sim::Duration();
  }
  template <class Other>
  sim::Duration operator()(const Other&) const {
    return {};
  }

 private:
  sim::Duration length(const faults::Lasting& lasting) const {
    return lasting.duration.value_or(horizon_);
  }

  sim::Duration horizon_;
};

// Whether heartbeats, or those who watch them, can be concerned by one fault.
struct Concerns {
  static bool long_enough(const std::optional<sim::Duration>& duration) {
    return !duration || *duration >= kUnnoticed;
  }
  // A glob; empty: everybody.
  static bool meets(std::string_view processes) {
    return processes.empty() || processes.starts_with(kKubeletPrefix) ||
           faults::glob_match(processes, kNodeLifecycle) ||
           faults::glob_match(processes, kTaintEviction) ||
           faults::glob_match(processes, kPodGarbageCollector);
  }

  bool operator()(const faults::NodeDown&) const { return true; }
  bool operator()(const faults::NodeCutOff&) const { return true; }
  bool operator()(const faults::ProcessKill& fault) const { return watches_nodes(fault.process); }
  bool operator()(const faults::ProcessPause& fault) const { return watches_nodes(fault.process); }
  bool operator()(const faults::ApiOutage& fault) const {
    return meets(fault.process) && long_enough(fault.lasting.duration);
  }
  bool operator()(const faults::WatchStall& fault) const {
    return meets(fault.process) && long_enough(fault.lasting.duration);
  }
  bool operator()(const faults::WatchBreak& fault) const {
    return meets(fault.process) && fault.duration >= kUnnoticed;
  }
  bool operator()(const faults::StaleCache& fault) const {
    return long_enough(fault.lasting.duration);
  }
  bool operator()(const faults::HoldWrite& fault) const { return is_of_node(fault.request); }
  bool operator()(const faults::LoseAnswer& fault) const { return is_of_node(fault.request); }
  bool operator()(const faults::LoseRequest& fault) const { return is_of_node(fault.request); }
  template <class Other>
  bool operator()(const Other&) const {
    return false;
  }
};

struct ChangesNode {
  bool operator()(const ApplyAction& action) const {
    return std::ranges::any_of(action.objects, [](const Manifest& manifest) {
      return manifest.object->kind() == api::Kind::kNode;
    });
  }
  bool operator()(const DeleteAction& action) const { return action.ref.kind == api::Kind::kNode; }
  bool operator()(const PatchAction& action) const { return action.ref.kind == api::Kind::kNode; }
  bool operator()(const NodeAction&) const { return true; }
  bool operator()(const DrainAction&) const { return true; }
};

bool can_fail(const Scenario& scenario) {
  const auto& faults = scenario.faults.faults;
  const bool by_fault = std::ranges::any_of(faults, [](const faults::PlannedFault& planned) {
    return std::visit(Concerns(), planned.fault);
  });
  const bool by_action = std::ranges::any_of(scenario.actions, [](const Action& action) {
    return std::visit(ChangesNode(), action.what);
  });
  return by_fault || by_action || longest_outage(scenario) >= kUnnoticed;
}

}  // namespace

bool has_heartbeats(const Scenario& scenario) {
  switch (scenario.cluster.heartbeats) {
    case Heartbeats::kAuto:
      return can_fail(scenario);
    case Heartbeats::kAlways:
      return true;
    case Heartbeats::kNever:
      return false;
  }
  return false;
}

sim::Duration longest_outage(const Scenario& scenario) {
  sim::Duration sum{};
  for (const faults::PlannedFault& planned : scenario.faults.faults) {
    sum += std::visit(FaultOnNodes(scenario.horizon), planned.fault);
  }
  return sum;
}

}  // namespace sdbtwin::scenarios
