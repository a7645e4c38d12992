// Goal: two requests of one database are never in progress together; those of two databases may be.
// Method: writes of their phases.
#include "invariants/checker_fixture.h"

namespace sdbtwin::invariants {
namespace {

class OneRequestInProgressTest : public CheckerTest {
 protected:
  void phase(const std::string& name, const std::string& database, api::OpsRequestPhase phase) {
    auto object = std::make_shared<api::SinglestoreOpsRequest>();
    object->metadata.namespace_ = "demo";
    object->metadata.name = name;
    object->metadata.uid = "uid-" + name;
    object->spec.edit().type = api::OpsRequestType::kRestart;
    object->spec.edit().database_ref.name = database;
    object->status.edit().phase = phase;
    put("ops-manager", object, api::Subresource::kStatus);
  }
};

TEST_F(OneRequestInProgressTest, OneAfterTheOtherIsFine) {
  phase("a", "sdb", api::OpsRequestPhase::kProgressing);
  phase("b", "sdb", api::OpsRequestPhase::kPending);
  phase("a", "sdb", api::OpsRequestPhase::kSuccessful);
  phase("b", "sdb", api::OpsRequestPhase::kProgressing);
  phase("b", "sdb", api::OpsRequestPhase::kFailed);
  expect_holds();
}

TEST_F(OneRequestInProgressTest, TwoOfOneDatabaseViolate) {
  phase("a", "sdb", api::OpsRequestPhase::kProgressing);
  phase("b", "sdb", api::OpsRequestPhase::kProgressing);
  expect_violates("one-request-in-progress");
}

TEST_F(OneRequestInProgressTest, TwoOfTwoDatabasesAreFine) {
  phase("a", "sdb", api::OpsRequestPhase::kProgressing);
  phase("b", "other", api::OpsRequestPhase::kProgressing);
  expect_holds();
}

TEST_F(OneRequestInProgressTest, ADeletedRequestIsNotInProgress) {
  phase("a", "sdb", api::OpsRequestPhase::kProgressing);
  remove("user", {api::Kind::kSinglestoreOpsRequest, "demo", "a"});
  phase("b", "sdb", api::OpsRequestPhase::kProgressing);
  expect_holds();
}

}  // namespace
}  // namespace sdbtwin::invariants
