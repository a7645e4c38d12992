// Goal: a pod's data stay its data. Method: pods made again with the same and with other claims;
// claims moved, shrunk and deleted, by operators and by others.
#include "invariants/checker_fixture.h"
#include "model/api/core.h"

namespace sdbtwin::invariants {
namespace {

class PvcIdentityTest : public CheckerTest {
 protected:
  PvcIdentityTest() { make_database("8.7.21"); }

  void make_pod(const std::string& claim_name) {
    auto made = pod("sdb-leaf-7", image_for("8.7.21"), true);
    api::Volume volume;
    volume.name = "data";
    volume.persistent_volume_claim.emplace();
    volume.persistent_volume_claim->claim_name = claim_name;
    made->spec.edit().volumes.push_back(volume);
    put("petset-controller", made);
  }
  void unmake_pod() { remove("kubelet/node-0", {api::Kind::kPod, "demo", "sdb-leaf-7"}); }

  void claim(const std::string& actor, const std::string& volume, const std::string& size) {
    auto object = std::make_shared<api::PersistentVolumeClaim>();
    object->metadata.namespace_ = "demo";
    object->metadata.name = "data-sdb-leaf-7";
    object->metadata.labels.edit() = {{"app.kubernetes.io/instance", "sdb"},
                                      {"app.kubernetes.io/managed-by", "kubedb.com"}};
    object->spec.edit().volume_name = volume;
    object->spec.edit().resources.requests["storage"] = size;
    put(actor, object);
  }
};

TEST_F(PvcIdentityTest, TheSameClaimAndTheSameVolumeAreFine) {
  claim("petset-controller", "", "10Gi");
  claim("pv-controller", "pv-1", "10Gi");
  make_pod("data-sdb-leaf-7");
  unmake_pod();
  make_pod("data-sdb-leaf-7");
  claim("ops-manager", "pv-1", "20Gi");
  expect_holds();
}

TEST_F(PvcIdentityTest, AnotherClaimViolates) {
  make_pod("data-sdb-leaf-7");
  unmake_pod();
  make_pod("fresh-sdb-leaf-7");
  expect_violates("pvc-identity");
}

TEST_F(PvcIdentityTest, AnotherVolumeViolates) {
  claim("pv-controller", "pv-1", "10Gi");
  claim("pv-controller", "pv-2", "10Gi");
  expect_violates("pvc-identity");
}

TEST_F(PvcIdentityTest, AnOperatorThatShrinksAClaimViolates) {
  claim("petset-controller", "pv-1", "10Gi");
  claim("ops-manager", "pv-1", "9Gi");
  expect_violates("pvc-identity");
}

TEST_F(PvcIdentityTest, AnOperatorThatDeletesAClaimViolates) {
  claim("petset-controller", "pv-1", "10Gi");
  remove("provisioner", {api::Kind::kPersistentVolumeClaim, "demo", "data-sdb-leaf-7"});
  expect_violates("pvc-identity");
}

TEST_F(PvcIdentityTest, AUserMayDeleteIt) {
  claim("petset-controller", "pv-1", "10Gi");
  remove("user", {api::Kind::kPersistentVolumeClaim, "demo", "data-sdb-leaf-7"});
  expect_holds();
}

TEST_F(PvcIdentityTest, WithItsDatabaseAClaimMayGo) {
  claim("petset-controller", "pv-1", "10Gi");
  auto database = edit<api::Singlestore>("sdb");
  database->metadata.deletion_timestamp = api::ClusterTime::at(now_);
  put("user", database);
  remove("provisioner", {api::Kind::kPersistentVolumeClaim, "demo", "data-sdb-leaf-7"});
  bool found = false;
  for (const Violation& violation : checker_->violations()) {
    found = found || violation.invariant == "pvc-identity";
  }
  EXPECT_FALSE(found);
}

}  // namespace
}  // namespace sdbtwin::invariants
