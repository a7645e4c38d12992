// Goal: what must happen and does not is said, as stuck and not as unsafe; a fault whose effect
// stays excuses it. Method: requests, deletions and databases that are left as they are.
#include "invariants/checker_fixture.h"

namespace sdbtwin::invariants {
namespace {

class LivenessTest : public CheckerTest {
 protected:
  LivenessTest() {
    start(Settings{}, {});
    make_well();
  }

  // A database that is as it should be.
  void make_well() {
    make_database("8.7.21");
    auto database = edit<api::Singlestore>("sdb");
    database->status.edit().phase = api::DatabasePhase::kReady;
    put("provisioner", database, api::Subresource::kStatus);
    for (const char* name : {"sdb-aggregator", "sdb-leaf"}) {
      auto petset = edit<api::PetSet>(name);
      petset->spec.edit().replicas = std::string_view(name) == "sdb-leaf" ? 2 : 1;
      put("provisioner", petset);
    }
  }
  void expect_stuck(const std::string& invariant) {
    expect_violates(invariant);
    for (const Violation& violation : checker_->violations()) {
      EXPECT_EQ(violation.kind, InvariantKind::kLiveness);
    }
  }
  void excuse() {
    Settings settings;
    settings.unhealed = "the Provisioner dies";
    start(settings, {});
    objects_.clear();
    make_well();
  }
};

TEST_F(LivenessTest, ADatabaseThatIsWellHasConverged) { expect_holds(); }

TEST_F(LivenessTest, APodThatIsNotReadyHasNot) {
  put("kubelet/node-1", pod("sdb-leaf-1", image_for("8.7.21"), false), api::Subresource::kStatus);
  expect_stuck("converges");
}

TEST_F(LivenessTest, ALeafThatIsNotInSyncHasNot) {
  state_.emplace();
  state_->leaves = {0};
  state_->history.note(now_, singlestore::NodeTruth{true, singlestore::kNever});
  expect_stuck("converges");
}

TEST_F(LivenessTest, AMissingPodHasNot) {
  remove("kubelet/node-1", {api::Kind::kPod, "demo", "sdb-leaf-1"});
  expect_stuck("converges");
}

TEST_F(LivenessTest, AFaultThatStaysExcusesIt) {
  excuse();
  put("kubelet/node-1", pod("sdb-leaf-1", image_for("8.7.21"), false), api::Subresource::kStatus);
  expect_holds();
}

TEST_F(LivenessTest, ARequestWithinTheTimeOfItsStepsEnds) {
  request(api::OpsRequestType::kRestart, api::OpsRequestPhase::kProgressing);
  pass(50min);
  request(api::OpsRequestType::kRestart, api::OpsRequestPhase::kSuccessful);
  expect_holds();
}

TEST_F(LivenessTest, ARequestThatNeverEndsIsStuck) {
  request(api::OpsRequestType::kRestart, api::OpsRequestPhase::kProgressing);
  pass(3h);
  expect_stuck("request-ends");
}

TEST_F(LivenessTest, APodThatIsStillStoppingIsGoneInTime) {
  evict("sdb-leaf-0");
  pass(31s);
  remove("kubelet/node-0", {api::Kind::kPod, "demo", "sdb-leaf-0"});
  put("petset-controller", pod("sdb-leaf-0", image_for("8.7.21"), true));
  expect_holds();
}

TEST_F(LivenessTest, APodThatNeverGoesIsStuck) {
  evict("sdb-leaf-0");
  pass(6min);
  checker_->finish(now_);
  bool found = false;
  for (const Violation& violation : checker_->violations()) {
    EXPECT_EQ(violation.kind, InvariantKind::kLiveness);
    found = found || violation.invariant == "termination-ends";
  }
  EXPECT_TRUE(found);
}

}  // namespace
}  // namespace sdbtwin::invariants
