// Goal: only what the fence must have refused counts as a breach of the pause.
// Method: writes by the Provisioner before, while and after the pause is in force.
#include "invariants/checker_fixture.h"

namespace sdbtwin::invariants {
namespace {

using PauseRespectedTest = CheckerTest;

TEST_F(PauseRespectedTest, WritesWithoutAPauseAreFree) {
  make_database("8.7.21");
  put("provisioner", edit<api::PetSet>("sdb-leaf"));
  expect_holds();
}

TEST_F(PauseRespectedTest, AWriteToAStampedPetSetViolates) {
  make_database("8.7.21");
  pause("uid-1");
  stamp("sdb-leaf", "uid-1");
  put("provisioner", edit<api::PetSet>("sdb-leaf"));
  expect_violates("pause-respected");
}

TEST_F(PauseRespectedTest, AWriteThatWasOnItsWayBeforeTheStampIsFair) {
  make_database("8.7.21");
  pause("uid-1");
  put("provisioner", edit<api::PetSet>("sdb-leaf"));
  stamp("sdb-leaf", "uid-1");
  stamp("sdb-leaf", "");
  resume();
  expect_holds();
}

TEST_F(PauseRespectedTest, APetSetThatIsCreatedWhilePausedViolates) {
  make_database("8.7.21");
  pause("uid-1");
  remove("user", {api::Kind::kPetSet, "demo", "sdb-leaf"});
  auto petset = edit<api::PetSet>("sdb-aggregator");
  petset->metadata.name = "sdb-leaf";
  put("provisioner", petset);
  expect_violates("pause-respected");
}

TEST_F(PauseRespectedTest, AnotherChildIsLeftAloneOnceNoOldRequestCanArrive) {
  make_database("8.7.21");
  auto service = std::make_shared<api::Service>();
  service->metadata = edit<api::PetSet>("sdb-leaf")->metadata;
  service->metadata.name = "sdb";
  put("provisioner", service);
  pause("uid-1");
  stamp("sdb-leaf", "uid-1");
  stamp("sdb-aggregator", "uid-1");
  pass(30s);
  put("provisioner", edit<api::Service>("sdb"));
  EXPECT_TRUE(checker_->violations().empty());
  pass(31s);
  put("provisioner", edit<api::Service>("sdb"));
  expect_violates("pause-respected");
}

TEST_F(PauseRespectedTest, TheOpsManagerMayWriteWhatItHasStamped) {
  make_database("8.7.21");
  pause("uid-1");
  stamp("sdb-leaf", "uid-1");
  put("ops-manager", edit<api::PetSet>("sdb-leaf"));
  stamp("sdb-leaf", "");
  resume();
  put("provisioner", edit<api::PetSet>("sdb-leaf"));
  expect_holds();
}

TEST_F(PauseRespectedTest, ADatabaseThatIsDeletedMayBeTakenDownWhilePaused) {
  make_database("8.7.21");
  pause("uid-1");
  stamp("sdb-leaf", "uid-1");
  auto database = edit<api::Singlestore>("sdb");
  database->metadata.deletion_timestamp = api::ClusterTime::at(now_);
  put("user", database);
  remove("provisioner", {api::Kind::kPetSet, "demo", "sdb-leaf"});
  expect_holds();
}

}  // namespace
}  // namespace sdbtwin::invariants
