#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "controller/provisioner/conditions.h"
#include "controller/provisioner/drift.h"
#include "controller/provisioner/planner.h"
#include "controller/provisioner/test_samples.h"

namespace sdbtwin::provisioner {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using namespace std::chrono_literals;

const Child kAggregators{ChildKind::kPetSet, kit::Role::kAggregator};

// One line per action: "write PetSet demo/sample-leaf", "status +Ready -Paused", ...
struct Say {
  const api::Singlestore& database;

  std::string operator()(const AddFinalizer&) const { return "add finalizer"; }
  std::string operator()(const RemoveFinalizer&) const { return "remove finalizer"; }
  std::string operator()(const DropClaims&) const { return "drop claims"; }
  std::string operator()(const Report& report) const { return "report " + report.reason; }
  std::string operator()(const WriteChild& write) const {
    EXPECT_EQ(write.fence, Fence::kLive);
    return "write " + to_string(write.child, database);
  }
  std::string operator()(const DeleteChild& write) const {
    EXPECT_EQ(write.fence, Fence::kLive);
    return "delete " + to_string(write.child, database);
  }
  std::string operator()(const DropChild& drop) const {
    return "drop " + to_string(drop.child, database);
  }
  std::string operator()(const WriteStatus& change) const {
    std::string text = "status";
    for (const auto& condition : change.set) {
      const bool positive = condition.status == api::ConditionStatus::kTrue;
      text += (positive ? " +" : " -") + condition.type;
    }
    for (const auto& type : change.remove) text += " without " + type;
    return text;
  }
};

std::vector<std::string> lines(Snapshot snapshot) {
  std::vector<std::string> result;
  snapshot.drifted = drifted_children(snapshot);
  const Plan plan = make_plan(snapshot);
  for (const Action& action : plan.actions) {
    result.push_back(std::visit(Say{*snapshot.database}, action));
  }
  return result;
}

void set_condition(Snapshot& snapshot, std::string_view type, api::ConditionStatus status) {
  edit_database(snapshot,
                [&](api::Singlestore& database) { set_sample_condition(database, type, status); });
}

Snapshot settled() { return settled_snapshot(sample_database()); }

Snapshot fresh() {
  Snapshot snapshot;
  auto database = sample_database();
  database->metadata.finalizers.edit().clear();
  snapshot.database = std::move(database);
  snapshot.version = sample_version();
  snapshot.has_license = true;
  snapshot.leaf_delay = 3s;
  return snapshot;
}

// Goal: what is as it should be is left alone. Method: the settled database.
TEST(ProvisionerPlan, OfASettledDatabaseIsEmpty) {
  const Plan plan = make_plan(settled());
  EXPECT_TRUE(plan.actions.empty());
  EXPECT_TRUE(plan.check_health);
  EXPECT_FALSE(plan.look_again.has_value());
}

// Goal: the order of the first pass. Method: a database nobody has seen before.
TEST(ProvisionerPlan, OfANewDatabaseBeginsWithFinalizerAndConditionThenCreates) {
  const Snapshot snapshot = fresh();
  EXPECT_THAT(lines(snapshot),
              ElementsAre("add finalizer", "status +ProvisioningStarted",
                          "write Service demo/sample-pods", "write ServiceAccount demo/sample",
                          "write Role demo/sample", "write RoleBinding demo/sample",
                          "write Secret demo/sample-auth", "write PetSet demo/sample-aggregator",
                          "write Service demo/sample", "write AppBinding demo/sample"));
  EXPECT_EQ(make_plan(snapshot).look_again, 3s);
  EXPECT_FALSE(make_plan(snapshot).check_health);
}

// Goal: leaves come a while after the aggregators. Method: the aggregators' PetSet is there and
// made by this process 1 s ago, 3 s ago, or by another process.
TEST(ProvisionerPlan, CreatesTheLeavesAWhileAfterTheAggregators) {
  Snapshot snapshot = settled();
  snapshot.children.erase(kLeaves);
  snapshot.children.erase(kLeafBudget);
  set_condition(snapshot, kit::kReplicaReady, api::ConditionStatus::kTrue);
  const auto writes_leaf = [](const Snapshot& of) {
    const auto text = lines(of);
    return std::ranges::count(text, "write PetSet demo/sample-leaf") == 1;
  };
  snapshot.leaf_wait = 2s;
  EXPECT_FALSE(writes_leaf(snapshot));
  EXPECT_EQ(make_plan(snapshot).look_again, 2s);
  snapshot.leaf_wait = 0s;
  EXPECT_TRUE(writes_leaf(snapshot));
  snapshot.leaf_wait = std::nullopt;
  EXPECT_TRUE(writes_leaf(snapshot));
}

// Goal: the budget waits for its PetSet. Method: PetSet there or not, budget missing.
TEST(ProvisionerPlan, CreatesABudgetOnceItsPetSetIsThere) {
  Snapshot snapshot = settled();
  snapshot.children.erase(kLeafBudget);
  EXPECT_THAT(lines(snapshot), ElementsAre("write PodDisruptionBudget demo/sample-leaf"));
}

// Goal: a budget that is too much goes. Method: leaves scaled to one.
TEST(ProvisionerPlan, DeletesTheBudgetOfASingleReplica) {
  Snapshot snapshot = settled();
  edit_database(snapshot, [](api::Singlestore& database) {
    database.spec.edit().topology->leaf->replicas = 1;
  });
  EXPECT_THAT(lines(snapshot), ElementsAre("write PetSet demo/sample-leaf",
                                           "delete PodDisruptionBudget demo/sample-leaf"));
}

// Goal: while paused nothing is made, corrected or deleted. Method: everything is missing or wrong,
// and Paused is True.
TEST(ProvisionerPlan, OfAPausedDatabaseTouchesNoChild) {
  Snapshot snapshot = settled();
  snapshot.children.erase(kLeafBudget);
  snapshot.children.erase(kAggregators);
  edit_database(snapshot, [](api::Singlestore& database) {
    database.spec.edit().version = "8.9.3";
    database.spec.edit().halted = true;
  });
  snapshot.version = sample_version("8.9.3");
  set_condition(snapshot, kit::kPaused, api::ConditionStatus::kTrue);
  EXPECT_THAT(lines(snapshot), IsEmpty());
}

// Goal: the phase goes on while paused, and the first condition is still written. Method: a paused
// database whose health has changed; a paused one that is new.
TEST(ProvisionerPlan, OfAPausedDatabaseStillWritesPhaseAndFirstCondition) {
  Snapshot snapshot = settled();
  set_condition(snapshot, kit::kPaused, api::ConditionStatus::kTrue);
  set_condition(snapshot, kit::kAcceptingConnection, api::ConditionStatus::kFalse);
  EXPECT_THAT(lines(snapshot), ElementsAre("status"));

  Snapshot young = fresh();
  set_condition(young, kit::kPaused, api::ConditionStatus::kTrue);
  EXPECT_THAT(lines(young), ElementsAre("add finalizer", "status +ProvisioningStarted"));
}

// Goal: a stamped PetSet is not written. Method: both PetSets have drifted, one is stamped.
TEST(ProvisionerPlan, LeavesAStampedPetSetAlone) {
  Snapshot snapshot = settled();
  edit_database(snapshot, [](api::Singlestore& db) { db.spec.edit().version = "8.9.3"; });
  snapshot.version = sample_version("8.9.3");
  edit_child<api::PetSet>(snapshot, kLeaves, [](api::PetSet& set) { stamp(set, "req"); });
  EXPECT_THAT(lines(snapshot),
              ElementsAre("write PetSet demo/sample-aggregator", "write AppBinding demo/sample"));
}

// Goal: a child that is missing is made again, one that has drifted is corrected. Method: one of
// each.
TEST(ProvisionerPlan, RepairsWhatIsMissingOrHasDrifted) {
  Snapshot snapshot = settled();
  snapshot.children.erase({ChildKind::kPrimaryService});
  edit_child<api::PetSet>(snapshot, kLeaves, [](api::PetSet& set) {
    set.spec.edit().template_.edit().spec.containers[0].image = "somebody else's";
  });
  EXPECT_THAT(lines(snapshot),
              ElementsAre("write PetSet demo/sample-leaf", "write Service demo/sample"));
}

// Goal: an object of somebody else is not touched, and the status says so once. Method: a foreign
// PetSet under our name.
TEST(ProvisionerPlan, DoesNotTakeOverAForeignObject) {
  Snapshot snapshot = settled();
  edit_child<api::PetSet>(snapshot, kLeaves, [](api::PetSet& set) {
    set.metadata.owner_references.edit()[0].uid = "other";
    set.spec.edit().replicas = 9;
  });
  EXPECT_THAT(lines(snapshot), ElementsAre("status -DatabaseDependencyReady -ReplicaReady",
                                           "report DependencyMissing"));
  EXPECT_TRUE(make_plan(snapshot).look_again.has_value()) << "its end names no database of ours";
}

// Goal: without a licence or a known version nothing is made, and the status says what is missing.
// Method: each of them missing, then there again.
TEST(ProvisionerPlan, WaitsForWhatTheDatabaseNeeds) {
  Snapshot snapshot = fresh();
  snapshot.has_license = false;
  EXPECT_THAT(lines(snapshot),
              ElementsAre("add finalizer", "status +ProvisioningStarted -DatabaseDependencyReady",
                          "report DependencyMissing"));
  snapshot.has_license = true;
  snapshot.version = nullptr;
  EXPECT_THAT(lines(snapshot),
              ElementsAre("add finalizer", "status +ProvisioningStarted -DatabaseDependencyReady",
                          "report DependencyMissing"));
  Snapshot back = settled();
  set_condition(back, kit::kDependencyReady, api::ConditionStatus::kFalse);
  EXPECT_THAT(lines(back), ElementsAre("status +DatabaseDependencyReady"));
}

// ---- Readiness

void set_ready(Snapshot& snapshot, const Child& child, int pods) {
  edit_child<api::PetSet>(snapshot, child,
                          [pods](api::PetSet& set) { set.status.edit().ready_replicas = pods; });
}

std::string replica_message(const Snapshot& snapshot) {
  const Plan plan = make_plan(snapshot);
  for (const Action& action : plan.actions) {
    const auto* change = std::get_if<WriteStatus>(&action);
    if (change == nullptr) continue;
    for (const auto& condition : change->set) {
      if (condition.type == kit::kReplicaReady) return condition.reason + ": " + condition.message;
    }
  }
  return "";
}

Snapshot provisioning() {
  Snapshot snapshot = settled();
  edit_database(snapshot, [](api::Singlestore& database) {
    api::SinglestoreStatus& status = database.status.edit();
    status.conditions.resize(1);
    status.phase = api::DatabasePhase::kProvisioning;
  });
  return snapshot;
}

// Goal: while provisioning ReplicaReady speaks of the aggregators, then of the leaves, as recorded.
// Method: pods become ready one after the other.
TEST(ProvisionerPlan, ReportsAggregatorsThenLeavesAsReady) {
  Snapshot snapshot = provisioning();
  set_ready(snapshot, kAggregators, 0);
  set_ready(snapshot, kLeaves, 0);
  EXPECT_EQ(replica_message(snapshot), "");
  set_ready(snapshot, kAggregators, 1);
  EXPECT_EQ(replica_message(snapshot),
            "AllReplicasReady: All Aggregator replicas are ready for Singlestore demo/sample");
  EXPECT_FALSE(make_plan(snapshot).check_health);
  set_ready(snapshot, kLeaves, 2);
  EXPECT_EQ(replica_message(snapshot),
            "AllReplicasReady: All leaf replicas are ready for Singlestore demo/sample");
  EXPECT_TRUE(make_plan(snapshot).check_health);
}

// Goal: afterwards a replica that is down is said, and health is still asked for. Method: one of
// two leaves.
TEST(ProvisionerPlan, ReportsAReplicaThatIsDown) {
  Snapshot snapshot = settled();
  set_ready(snapshot, kLeaves, 1);
  EXPECT_EQ(replica_message(snapshot),
            "SomeReplicasNotReady: Some leaf replicas are not ready for Singlestore demo/sample");
  EXPECT_TRUE(make_plan(snapshot).check_health);
}

// Goal: Provisioned comes when replicas, connection and check are good. Method: one by one.
TEST(ProvisionerPlan, CallsItProvisionedWhenAllChecksAreGood) {
  Snapshot snapshot = provisioning();
  set_condition(snapshot, kit::kAcceptingConnection, api::ConditionStatus::kTrue);
  EXPECT_THAT(lines(snapshot), ElementsAre("status +ReplicaReady"));
  set_condition(snapshot, kit::kReady, api::ConditionStatus::kTrue);
  EXPECT_THAT(lines(snapshot), ElementsAre("status +ReplicaReady +Provisioned"));
}

// Goal: a new generation alone rewrites no condition. Method: generation 2, all conditions of 1.
TEST(ProvisionerPlan, RewritesNoConditionForANewGenerationAlone) {
  Snapshot snapshot = settled();
  edit_database(snapshot, [](api::Singlestore& database) { database.metadata.generation = 2; });
  EXPECT_THAT(lines(snapshot), ElementsAre("status"));
}

// ---- Halt

// Goal: halt takes all but claims and secret, in KubeDB's order; Halted is said when they are gone.
// Method: halted with everything there, then with nothing.
TEST(ProvisionerPlan, OfAHaltedDatabaseDeletesAllButTheSecret) {
  Snapshot snapshot = settled();
  edit_database(snapshot, [](api::Singlestore& database) { database.spec.edit().halted = true; });
  EXPECT_THAT(lines(snapshot),
              ElementsAre("delete AppBinding demo/sample", "delete PetSet demo/sample-aggregator",
                          "delete PetSet demo/sample-leaf", "delete RoleBinding demo/sample",
                          "delete Role demo/sample", "delete ServiceAccount demo/sample",
                          "delete PodDisruptionBudget demo/sample-leaf",
                          "delete Service demo/sample", "delete Service demo/sample-pods"));
  EXPECT_FALSE(make_plan(snapshot).check_health);
  std::erase_if(snapshot.children,
                [](const auto& entry) { return entry.first.kind != ChildKind::kAuthSecret; });
  EXPECT_THAT(lines(snapshot), ElementsAre("status +Halted"));
}

// Goal: a database that is no longer halted comes back. Method: Halted True, halted false, nothing
// there.
TEST(ProvisionerPlan, BringsBackWhatWasHalted) {
  Snapshot snapshot = settled();
  snapshot.children.clear();
  set_condition(snapshot, kit::kHalted, api::ConditionStatus::kTrue);
  const auto text = lines(snapshot);
  EXPECT_EQ(text.front(), "status -ReplicaReady without Halted");
  EXPECT_EQ(text.size(), 9U);
}

// ---- Deletion

Snapshot deleting(api::DeletionPolicy policy) {
  Snapshot snapshot = settled();
  edit_database(snapshot, [policy](api::Singlestore& database) {
    database.metadata.deletion_timestamp = api::Timestamp{9};
    database.spec.edit().deletion_policy = policy;
  });
  return snapshot;
}

void erase_petsets(Snapshot& snapshot) {
  snapshot.children.erase(kAggregators);
  snapshot.children.erase(kLeaves);
}

// Goal: a deletion runs although the database is paused and stamped, PetSets first. Method: both.
TEST(ProvisionerPlan, OfADeletedDatabaseDropsThePetSetsFirstEvenWhilePaused) {
  Snapshot snapshot = deleting(api::DeletionPolicy::kWipeOut);
  set_condition(snapshot, kit::kPaused, api::ConditionStatus::kTrue);
  edit_child<api::PetSet>(snapshot, kLeaves, [](api::PetSet& set) { stamp(set, "req"); });
  EXPECT_THAT(lines(snapshot),
              ElementsAre("drop PetSet demo/sample-aggregator", "drop PetSet demo/sample-leaf"));
  edit_child<api::PetSet>(snapshot, kLeaves, [](api::PetSet& set) {
    set.metadata.deletion_timestamp = api::Timestamp{9};
  });
  snapshot.children.erase(kAggregators);
  EXPECT_THAT(lines(snapshot), IsEmpty()) << "it waits for the PetSet to be gone";
}

// Goal: what goes with the database depends on the policy. Method: all policies.
TEST(ProvisionerPlan, OfADeletedDatabaseFollowsTheDeletionPolicy) {
  const std::vector<std::pair<api::DeletionPolicy, std::vector<std::string>>> table = {
      {api::DeletionPolicy::kWipeOut,
       {"drop claims", "drop Secret demo/sample-auth", "remove finalizer"}},
      {api::DeletionPolicy::kDelete, {"drop claims", "remove finalizer"}},
      {api::DeletionPolicy::kUnset, {"drop claims", "remove finalizer"}},
      {api::DeletionPolicy::kHalt, {"remove finalizer"}},
      {api::DeletionPolicy::kDoNotTerminate, {"report DeletionRefused"}},
  };
  for (const auto& [policy, expected] : table) {
    Snapshot snapshot = deleting(policy);
    erase_petsets(snapshot);
    EXPECT_EQ(lines(snapshot), expected) << to_string(policy);
  }
}

}  // namespace
}  // namespace sdbtwin::provisioner
