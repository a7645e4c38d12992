#include "controller/provisioner/planner.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "controller/provisioner/conditions.h"
#include "controller/provisioner/petset.h"
#include "controller/provisioner/phase.h"

namespace sdbtwin::provisioner {
namespace {

api::DeletionPolicy policy_of(const api::Singlestore& database) {
  const api::DeletionPolicy policy = database.spec->deletion_policy;
  return policy == api::DeletionPolicy::kUnset ? api::DeletionPolicy::kDelete : policy;  // 1.1
}

// Collects the changes of the status, so that one pass is one write.
class StatusDraft {
 public:
  explicit StatusDraft(const api::Singlestore& database)
      : database_(database), conditions_(database.status->conditions) {}

  void set(api::Condition condition) {
    if (!says_something_new(database_, condition)) return;
    api::set_condition(conditions_, condition, api::Timestamp());
    change_.set.push_back(std::move(condition));
  }
  void remove(std::string_view type) {
    if (!api::remove_condition(conditions_, type)) return;
    change_.remove.emplace_back(type);
  }
  bool is_true(std::string_view type) const { return api::is_condition_true(conditions_, type); }
  bool has(std::string_view type) const {
    return api::find_condition(conditions_, type) != nullptr;
  }

  // Effect: the write, if there is anything to write, stands before the writes of children.
  void flush_into(Plan& plan) {
    const api::SinglestoreStatus& status = *database_.status;
    const bool settled = change_.set.empty() && change_.remove.empty() &&
                         phase_of(conditions_) == status.phase &&
                         status.observed_generation == database_.metadata.generation;
    if (settled) return;
    const auto place = std::ranges::find_if(plan.actions, [](const Action& action) {
      return !std::holds_alternative<AddFinalizer>(action);
    });
    plan.actions.insert(place, std::move(change_));
  }

 private:
  const api::Singlestore& database_;
  std::vector<api::Condition> conditions_;
  WriteStatus change_;
};

// ---- Deletion

// True: some are still there, or on their way out.
bool drop_petsets(const Snapshot& snapshot, Plan& plan) {
  bool any = false;
  for (const kit::Role role : kit::roles_of(*snapshot.database)) {
    const Child child{ChildKind::kPetSet, role};
    const api::Object* petset = snapshot.find(child);
    if (petset == nullptr || !is_ours(child, *petset, *snapshot.database, nullptr)) continue;
    any = true;
    if (!api::is_deleting(petset->metadata)) plan.actions.push_back(DropChild{child});
  }
  return any;
}

// PetSets first, so that nobody makes claims anew; then what the policy gives up; the rest goes by
// owner references once the finalizer is off. Delete gives up the claims, WipeOut also the secrets,
// Halt neither (KubeDB's documented table of deletion policies; secrets: kubedb.md 2.1).
Plan plan_deletion(const Snapshot& snapshot) {
  const api::Singlestore& database = *snapshot.database;
  Plan plan;
  if (!api::has_finalizer(database.metadata, kit::kFinalizer)) return plan;
  const api::DeletionPolicy policy = policy_of(database);
  if (policy == api::DeletionPolicy::kDoNotTerminate) {
    plan.actions.push_back(Report{client::EventType::kWarning, "DeletionRefused",
                                  "deletionPolicy is DoNotTerminate: nothing is removed"});
    return plan;
  }
  if (drop_petsets(snapshot, plan)) return plan;
  if (policy != api::DeletionPolicy::kHalt) plan.actions.push_back(DropClaims{});
  if (policy == api::DeletionPolicy::kWipeOut && snapshot.find({ChildKind::kAuthSecret})) {
    plan.actions.push_back(DropChild{{ChildKind::kAuthSecret}});
  }
  plan.actions.push_back(RemoveFinalizer{});
  return plan;
}

// ---- Halt (2.5): all but claims and secrets

std::vector<Child> halt_order(const api::Singlestore& database) {
  std::vector<Child> order = {{ChildKind::kAppBinding}};
  for (const kit::Role role : kit::roles_of(database)) order.push_back({ChildKind::kPetSet, role});
  order.push_back({ChildKind::kRoleBinding});
  order.push_back({ChildKind::kRole});
  order.push_back({ChildKind::kServiceAccount});
  for (const kit::Role role : kit::roles_of(database)) order.push_back({ChildKind::kBudget, role});
  order.push_back({ChildKind::kPrimaryService});
  order.push_back({ChildKind::kGoverningService});
  return order;
}

void plan_halt(const Snapshot& snapshot, Plan& plan, StatusDraft& status) {
  bool gone = true;
  for (const Child& child : halt_order(*snapshot.database)) {
    const api::Object* object = snapshot.find(child);
    if (object == nullptr) continue;
    if (!is_ours(child, *object, *snapshot.database, snapshot.petset(child.role))) continue;
    gone = false;
    if (!api::is_deleting(object->metadata)) plan.actions.push_back(DeleteChild{child});
  }
  if (gone) status.set(halted(*snapshot.database));
}

// ---- Children

bool wants_budget(const Snapshot& snapshot, kit::Role role) {
  return budget_max_unavailable(kit::replicas_of(*snapshot.database, role)).has_value();
}

// Leaves come after the aggregators' PetSet, and a while after it (2.2).
bool leaf_is_due(const Snapshot& snapshot, Plan& plan) {
  if (!is_usable(snapshot, {ChildKind::kPetSet, kit::Role::kAggregator})) {
    plan.look_again = snapshot.leaf_delay;
    return false;
  }
  if (!snapshot.leaf_wait || snapshot.leaf_wait->count() <= 0) return true;
  plan.look_again = snapshot.leaf_wait;
  return false;
}

bool can_be_created(const Snapshot& snapshot, const Child& child, Plan& plan) {
  switch (child.kind) {
    case ChildKind::kPetSet:
      return child.role != kit::Role::kLeaf || leaf_is_due(snapshot, plan);
    case ChildKind::kBudget:
      return wants_budget(snapshot, child.role) &&
             is_usable(snapshot, {ChildKind::kPetSet, child.role});
    case ChildKind::kGoverningService:
    case ChildKind::kServiceAccount:
    case ChildKind::kRole:
    case ChildKind::kRoleBinding:
    case ChildKind::kAuthSecret:
    case ChildKind::kPrimaryService:
    case ChildKind::kAppBinding:
      return true;
  }
  SIM_UNREACHABLE();
}

// Effect: what the child needs is in the plan. The result is why it cannot be had, or "".
std::string plan_child(const Snapshot& snapshot, const Child& child, Plan& plan) {
  const api::Object* object = snapshot.find(child);
  if (object == nullptr) {
    if (can_be_created(snapshot, child, plan)) plan.actions.push_back(WriteChild{child});
    return {};
  }
  if (api::is_deleting(object->metadata)) return {};  // Its end is an event.
  if (!is_ours(child, *object, *snapshot.database, snapshot.petset(child.role))) {
    return fmt::format("{} is there and belongs to somebody else",
                       to_string(child, *snapshot.database));
  }
  if (!kit::fenced_by(object->metadata).empty()) return {};
  if (child.kind == ChildKind::kBudget && !wants_budget(snapshot, child.role)) {
    plan.actions.push_back(DeleteChild{child});
  } else if (snapshot.drifted.contains(child)) {
    plan.actions.push_back(WriteChild{child});
  }
  return {};
}

// The end of an object that belongs to somebody else names no database of ours [us].
constexpr sim::Duration kForeignPoll = std::chrono::seconds(30);

// What is missing, or in the way; "": nothing.
std::string plan_children(const Snapshot& snapshot, Plan& plan) {
  std::string obstacle = missing_dependency(snapshot);
  if (!obstacle.empty()) return obstacle;
  for (const Child& child : children_of(*snapshot.database)) {
    std::string why = plan_child(snapshot, child, plan);
    if (obstacle.empty()) obstacle = std::move(why);
  }
  if (!obstacle.empty() && !plan.look_again) plan.look_again = kForeignPoll;
  return obstacle;
}

void note_dependencies(const Snapshot& snapshot, std::string obstacle, Plan& plan,
                       StatusDraft& status) {
  const api::Singlestore& database = *snapshot.database;
  if (obstacle.empty()) {
    if (status.has(kit::kDependencyReady)) status.set(dependency_found(database));
    return;
  }
  const api::Condition missing = dependency_missing(database, obstacle);
  if (says_something_new(database, missing)) {
    plan.actions.push_back(
        Report{client::EventType::kWarning, missing.reason, std::move(obstacle)});
  }
  status.set(missing);
}

// ---- Readiness

// Before the first success the leaves' turn comes after the aggregators' (1.4); after it, the first
// role that is not up is the one to name.
void note_replicas(const Snapshot& snapshot, StatusDraft& status) {
  const api::Singlestore& database = *snapshot.database;
  const bool once_up = status.is_true(kit::kProvisioned);
  std::optional<kit::Role> up;
  for (const kit::Role role : kit::roles_of(database)) {
    if (petset_is_up(snapshot, role)) {
      up = role;
      continue;
    }
    if (once_up || !up) {
      if (status.has(kit::kReplicaReady)) status.set(replicas_not_ready(database, role));
      return;
    }
    break;
  }
  status.set(replicas_ready(database, *up));
}

void note_provisioned(const Snapshot& snapshot, StatusDraft& status) {
  if (status.is_true(kit::kProvisioned) || !replicas_up(snapshot)) return;
  for (const auto type : {kit::kReplicaReady, kit::kAcceptingConnection, kit::kReady}) {
    if (!status.is_true(type)) return;
  }
  status.set(provisioned(*snapshot.database));
}

void plan_running(const Snapshot& snapshot, Plan& plan, StatusDraft& status) {
  status.remove(kit::kHalted);
  std::string obstacle = plan_children(snapshot, plan);
  note_dependencies(snapshot, std::move(obstacle), plan, status);
  note_replicas(snapshot, status);
  note_provisioned(snapshot, status);
}

}  // namespace

Plan make_plan(const Snapshot& snapshot) {
  const api::Singlestore& database = *snapshot.database;
  if (api::is_deleting(database.metadata)) return plan_deletion(snapshot);
  Plan plan;
  StatusDraft status(database);
  if (!api::has_finalizer(database.metadata, kit::kFinalizer)) {
    plan.actions.push_back(AddFinalizer{});
  }
  if (!status.has(kit::kProvisioningStarted)) status.set(provisioning_started(database));
  if (!kit::is_paused(database)) {
    if (database.spec->halted) {
      plan_halt(snapshot, plan, status);
    } else {
      plan_running(snapshot, plan, status);
    }
  }
  plan.check_health =
      !database.spec->halted && (replicas_up(snapshot) || status.is_true(kit::kProvisioned));
  status.flush_into(plan);
  return plan;
}

}  // namespace sdbtwin::provisioner
