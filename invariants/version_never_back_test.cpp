// Goal: what a rollout has moved stays moved, by whoever of the operators. Method: versions and
// images written to and fro, during a rollout and outside of one.
#include "invariants/checker_fixture.h"

namespace sdbtwin::invariants {
namespace {

class VersionNeverBackTest : public CheckerTest {
 protected:
  void begin() {
    make_database("8.7.21");
    pause("uid-1");
  }
  void image(const std::string& actor, const std::string& version) {
    auto petset = edit<api::PetSet>("sdb-leaf");
    petset->spec.edit().template_.edit().spec.containers.front().image = image_for(version);
    put(actor, petset);
  }
};

TEST_F(VersionNeverBackTest, ForwardIsFine) {
  begin();
  image("ops-manager", "8.9.3");
  remove("kubelet/node-0", {api::Kind::kPod, "demo", "sdb-leaf-0"});
  put("petset-controller", pod("sdb-leaf-0", image_for("8.9.3"), true));
  expect_holds();
}

TEST_F(VersionNeverBackTest, APetSetThatGoesBackViolates) {
  begin();
  image("ops-manager", "8.9.3");
  image("provisioner", "8.7.21");
  expect_violates("version-never-back");
}

TEST_F(VersionNeverBackTest, APodThatGoesBackViolates) {
  begin();
  for (const char* version : {"8.9.3", "8.7.21"}) {
    remove("kubelet/node-0", {api::Kind::kPod, "demo", "sdb-leaf-0"});
    put("petset-controller", pod("sdb-leaf-0", image_for(version), true));
  }
  expect_violates("version-never-back");
}

TEST_F(VersionNeverBackTest, WhatAUserSetsBackIsTheNewStart) {
  begin();
  image("ops-manager", "8.9.3");
  image("user", "8.7.21");
  image("ops-manager", "8.9.3");
  expect_holds();
}

TEST_F(VersionNeverBackTest, AfterTheRolloutTheProvisionerMayPutThingsRight) {
  begin();
  image("ops-manager", "8.9.3");
  resume();
  image("provisioner", "8.7.21");
  expect_holds();
}

}  // namespace
}  // namespace sdbtwin::invariants
