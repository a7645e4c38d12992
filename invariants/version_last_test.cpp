// Goal: the version is the last thing to change.
// Method: the version is set with an old template, an old pod, a missing pod, and with none of
// them.
#include "invariants/checker_fixture.h"

namespace sdbtwin::invariants {
namespace {

class VersionLastTest : public CheckerTest {
 protected:
  void set_images(const std::string& petset) {
    auto object = edit<api::PetSet>(petset);
    object->spec.edit().template_.edit().spec.containers.front().image = image_for("8.9.3");
    put("ops-manager", object);
  }
  void update_pod(const std::string& name) {
    put("petset-controller", pod(name, image_for("8.9.3"), true));
  }
  void set_version(const std::string& actor = "ops-manager") {
    auto database = edit<api::Singlestore>("sdb");
    database->spec.edit().version = "8.9.3";
    put(actor, database);
  }
};

TEST_F(VersionLastTest, AfterEverythingElseIsFine) {
  make_database("8.7.21");
  for (const char* name : {"sdb-aggregator", "sdb-leaf"}) set_images(name);
  for (const char* name : {"sdb-aggregator-0", "sdb-leaf-0", "sdb-leaf-1"}) update_pod(name);
  set_version();
  expect_holds();
}

TEST_F(VersionLastTest, AnOldTemplateViolates) {
  make_database("8.7.21");
  set_images("sdb-leaf");
  for (const char* name : {"sdb-aggregator-0", "sdb-leaf-0", "sdb-leaf-1"}) update_pod(name);
  set_version();
  expect_violates("version-last");
}

TEST_F(VersionLastTest, AnOldPodViolates) {
  make_database("8.7.21");
  for (const char* name : {"sdb-aggregator", "sdb-leaf"}) set_images(name);
  update_pod("sdb-leaf-0");
  set_version();
  expect_violates("version-last");
}

TEST_F(VersionLastTest, AMissingPodViolates) {
  make_database("8.7.21");
  for (const char* name : {"sdb-aggregator", "sdb-leaf"}) set_images(name);
  for (const char* name : {"sdb-aggregator-0", "sdb-leaf-0"}) update_pod(name);
  remove("kubelet/node-0", {api::Kind::kPod, "demo", "sdb-leaf-1"});
  set_version();
  expect_violates("version-last");
}

TEST_F(VersionLastTest, AUserMayEditTheVersion) {
  make_database("8.7.21");
  set_version("user");
  expect_holds();
}

}  // namespace
}  // namespace sdbtwin::invariants
