#include "property_tests/wrong_operators.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <variant>
#include <vector>

#include "controller/kit/kubedb.h"
#include "controller/ops_manager/planner.h"
#include "controller/ops_manager/snapshot.h"
#include "controller/provisioner/planner.h"
#include "controller/provisioner/snapshot.h"

namespace sdbtwin::property_tests {
namespace {

template <class Action>
void drop_all(ops_manager::Plan& plan) {
  std::erase_if(plan.actions, [](const ops_manager::Action& action) {
    return std::holds_alternative<Action>(action);
  });
}

ops_manager::GateReport all_open(std::string pod) {
  using ops_manager::Gate;
  ops_manager::GateReport report;
  report.pod = std::move(pod);
  for (const Gate gate : {Gate::kNodeOnline, Gate::kReplicationSynced, Gate::kDatabaseSize}) {
    report.readings.push_back({gate, ops_manager::GateResult::passed("nobody looked")});
  }
  return report;
}

}  // namespace

provisioner::Planner ignores_the_pause() {
  return [](const provisioner::Snapshot& seen) {
    provisioner::Snapshot snapshot = seen;
    auto unpaused = api::copy(*seen.database);
    api::remove_condition(unpaused->status.edit().conditions, kit::kPaused);
    snapshot.database = std::move(unpaused);
    for (auto& [child, object] : snapshot.children) {
      if (object == nullptr || kit::fenced_by(object->metadata).empty()) continue;
      std::shared_ptr<api::Object> unstamped = object->clone();
      unstamped->metadata.annotations.edit().erase(std::string(kit::kFenceAnnotation));
      object = std::move(unstamped);
    }
    provisioner::Plan plan = provisioner::make_plan(snapshot);
    for (provisioner::Action& action : plan.actions) {
      if (auto* write = std::get_if<provisioner::WriteChild>(&action)) {
        write->fence = provisioner::Fence::kNone;
      }
    }
    return plan;
  };
}

ops_manager::Planner evicts_two_at_once() {
  return [](const ops_manager::Snapshot& snapshot) {
    ops_manager::Plan plan = ops_manager::make_plan(snapshot);
    const bool evicts = std::any_of(plan.actions.begin(), plan.actions.end(), [](const auto& a) {
      return std::holds_alternative<ops_manager::EvictPod>(a);
    });
    if (evicts && snapshot.current + 1 < snapshot.order->size()) {
      plan.actions.emplace_back(
          ops_manager::EvictPod{(*snapshot.order)[snapshot.current + 1].pod, {}});
    }
    return plan;
  };
}

ops_manager::Planner trusts_readiness() {
  return [](const ops_manager::Snapshot& seen) {
    ops_manager::Snapshot snapshot = seen;
    if (const auto* slot = snapshot.slot()) snapshot.gates = all_open(slot->pod);
    snapshot.clearance = all_open("every pod");
    return ops_manager::make_plan(snapshot);
  };
}

ops_manager::Planner announces_the_version_first() {
  return [](const ops_manager::Snapshot& snapshot) {
    ops_manager::Plan plan = ops_manager::make_plan(snapshot);
    const bool writes_images = std::any_of(
        plan.actions.begin(), plan.actions.end(),
        [](const auto& a) { return std::holds_alternative<ops_manager::SetImages>(a); });
    if (writes_images) {
      plan.actions.insert(
          plan.actions.begin(),
          ops_manager::SetDatabaseVersion{snapshot.request->spec->update_version->target_version});
    }
    return plan;
  };
}

ops_manager::Planner never_resumes() {
  return [](const ops_manager::Snapshot& snapshot) {
    ops_manager::Plan plan = ops_manager::make_plan(snapshot);
    drop_all<ops_manager::ResumeDatabase>(plan);
    return plan;
  };
}

ops_manager::Planner leaves_its_stamps() {
  return [](const ops_manager::Snapshot& snapshot) {
    ops_manager::Plan plan = ops_manager::make_plan(snapshot);
    drop_all<ops_manager::LiftStamp>(plan);
    return plan;
  };
}

}  // namespace sdbtwin::property_tests
