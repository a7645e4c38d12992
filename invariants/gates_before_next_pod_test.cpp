// Goal: an update may go on only with evidence: an answer that could show the pod in sync, not
// older than a poll. Method: restarts with the database's truth and the Ops-manager's queries in
// different orders.
#include "invariants/checker_fixture.h"

namespace sdbtwin::invariants {
namespace {

class GatesBeforeNextPodTest : public CheckerTest {
 protected:
  void begin() {
    make_database("8.7.21");
    request(api::OpsRequestType::kUpdateVersion, api::OpsRequestPhase::kProgressing);
    evict("sdb-leaf-0");
    replace("sdb-leaf-0", image_for("8.9.3"));
  }
};

TEST_F(GatesBeforeNextPodTest, AnAnswerAfterTheSyncIsEvidence) {
  begin();
  truth("sdb-leaf-0", true);
  pass(1s);
  query(2ms);
  pass(1s);
  evict("sdb-leaf-1");
  expect_holds();
  const auto results = checker_->results();
  for (const InvariantResult& result : results) {
    if (result.name != "gates-before-next-pod") continue;
    ASSERT_EQ(result.margins.size(), 1U);
    EXPECT_EQ(result.margins[0].value, sim::Duration(1s).count());
  }
}

TEST_F(GatesBeforeNextPodTest, ReadyIsNotInSync) {
  begin();
  query(2ms);
  evict("sdb-leaf-1");
  expect_violates("gates-before-next-pod");
}

TEST_F(GatesBeforeNextPodTest, ATruthThatNobodyAskedForIsNoEvidence) {
  begin();
  truth("sdb-leaf-0", true);
  pass(1s);
  query(2ms, "provisioner");
  evict("sdb-leaf-1");
  expect_violates("gates-before-next-pod");
}

TEST_F(GatesBeforeNextPodTest, ItIsEnoughThatItHeldWhileTheQueryWasOnItsWay) {
  begin();
  const sim::Time before = now_;
  singlestore::NodeTruth truth_of_a_moment;
  truth_of_a_moment.online = true;
  truth_of_a_moment.synced_at = before;
  histories_["sdb-leaf-0"].note(before + 1ms, truth_of_a_moment);
  histories_["sdb-leaf-0"].note(before + 2ms, singlestore::NodeTruth{});
  query(10ms);
  evict("sdb-leaf-1");
  expect_holds();
}

TEST_F(GatesBeforeNextPodTest, EvidenceOlderThanAPollViolates) {
  begin();
  truth("sdb-leaf-0", true);
  query(2ms);
  truth("sdb-leaf-0", false);
  pass(6s);
  evict("sdb-leaf-1");
  expect_violates("gates-before-next-pod");
}

TEST_F(GatesBeforeNextPodTest, TheLastPodCountsToo) {
  begin();
  auto database = edit<api::Singlestore>("sdb");
  database->spec.edit().version = "8.9.3";
  put("ops-manager", database);
  bool found = false;
  for (const Violation& violation : checker_->violations()) {
    found = found || violation.invariant == "gates-before-next-pod";
  }
  EXPECT_TRUE(found);
}

TEST_F(GatesBeforeNextPodTest, ThePodThatIsStillStoppingIsNoEvidence) {
  make_database("8.7.21");
  request(api::OpsRequestType::kUpdateVersion, api::OpsRequestPhase::kProgressing);
  evict("sdb-leaf-0");
  query(2ms);
  replace("sdb-leaf-0", image_for("8.9.3"));
  evict("sdb-leaf-1");
  expect_violates("gates-before-next-pod");
}

TEST_F(GatesBeforeNextPodTest, ARestartIsHeldToItUpToItsEnd) {
  make_database("8.7.21");
  request(api::OpsRequestType::kRestart, api::OpsRequestPhase::kProgressing);
  evict("sdb-leaf-0");
  replace("sdb-leaf-0", image_for("8.7.21"));
  request(api::OpsRequestType::kRestart, api::OpsRequestPhase::kSuccessful);
  expect_violates("gates-before-next-pod");
}

TEST_F(GatesBeforeNextPodTest, AFailedRequestIsHeldToNothing) {
  make_database("8.7.21");
  request(api::OpsRequestType::kRestart, api::OpsRequestPhase::kProgressing);
  evict("sdb-leaf-0");
  replace("sdb-leaf-0", image_for("8.7.21"));
  request(api::OpsRequestType::kRestart, api::OpsRequestPhase::kFailed);
  expect_holds();
}

}  // namespace
}  // namespace sdbtwin::invariants
