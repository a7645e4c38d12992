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

void open(std::optional<ops_manager::GateReport>& report, ops_manager::Gate gate) {
  if (!report) return;
  for (ops_manager::GateReading& reading : report->readings) {
    if (reading.gate == gate) reading.result = ops_manager::GateResult::passed("nobody looked");
  }
}

// An image of the version before: "alma-8.9.3-bfa36a984a" becomes "alma-0.0.0-bfa36a984a".
std::string older(const std::string& image) {
  const std::size_t tag = image.rfind(':');
  return tag == std::string::npos ? image : image.substr(0, tag) + ":0.0.0";
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
    // Sizes are not read before the gates are open.
    if (!snapshot.baseline) snapshot.baseline.emplace();
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

ops_manager::Planner ignores_sizes() {
  return [](const ops_manager::Snapshot& seen) {
    ops_manager::Snapshot snapshot = seen;
    open(snapshot.gates, ops_manager::Gate::kDatabaseSize);
    open(snapshot.clearance, ops_manager::Gate::kDatabaseSize);
    if (!snapshot.baseline) snapshot.baseline.emplace();
    return ops_manager::make_plan(snapshot);
  };
}

ops_manager::Planner puts_old_images_back() {
  return [](const ops_manager::Snapshot& snapshot) {
    ops_manager::Plan plan = ops_manager::make_plan(snapshot);
    const bool one_done = !snapshot.progress->last_done().empty();
    if (one_done && snapshot.target && !snapshot.petsets.empty()) {
      kit::ImageSet old = *snapshot.target;
      old.database = older(old.database);
      const std::string& petset = snapshot.petsets.front().name;
      plan.actions.emplace_back(ops_manager::SetImages{petset, std::move(old)});
      plan.actions.emplace_back(ops_manager::SetImages{petset, *snapshot.target});
    }
    return plan;
  };
}

ops_manager::Planner never_says_done() {
  return [](const ops_manager::Snapshot& snapshot) {
    ops_manager::Plan plan = ops_manager::make_plan(snapshot);
    drop_all<ops_manager::Complete>(plan);
    return plan;
  };
}

provisioner::Planner drops_claims() {
  return [](const provisioner::Snapshot& snapshot) {
    provisioner::Plan plan = provisioner::make_plan(snapshot);
    if (provisioner::replicas_up(snapshot)) plan.actions.emplace_back(provisioner::DropClaims{});
    return plan;
  };
}

provisioner::Planner drops_claims_late() {
  return [](const provisioner::Snapshot& snapshot) {
    provisioner::Plan plan = provisioner::make_plan(snapshot);
    const api::PetSet* leaves = snapshot.petset(kit::Role::kLeaf);
    if (leaves == nullptr || leaves->status->updated_replicas != 1) return plan;
    if (leaves->status->ready_replicas < 2) return plan;
    plan.actions.emplace_back(provisioner::DropClaims{});
    return plan;
  };
}

provisioner::Planner remakes_petsets() {
  return [](const provisioner::Snapshot& snapshot) {
    provisioner::Plan plan = provisioner::make_plan(snapshot);
    if (snapshot.database->spec->version != "8.9.3" || !replicas_up(snapshot)) return plan;
    if (kit::is_paused(*snapshot.database)) return plan;  // it is wrong in one point only
    for (const auto& [child, object] : snapshot.children) {
      if (child.kind != provisioner::ChildKind::kPetSet || object == nullptr) continue;
      plan.actions.emplace_back(provisioner::DropChild{child});
    }
    return plan;
  };
}

provisioner::Planner keeps_its_finalizer() {
  return [](const provisioner::Snapshot& snapshot) {
    provisioner::Plan plan = provisioner::make_plan(snapshot);
    std::erase_if(plan.actions, [](const provisioner::Action& action) {
      return std::holds_alternative<provisioner::RemoveFinalizer>(action);
    });
    return plan;
  };
}

}  // namespace sdbtwin::property_tests
