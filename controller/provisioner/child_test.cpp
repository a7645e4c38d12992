#include "controller/provisioner/child.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "controller/provisioner/connection.h"
#include "controller/provisioner/test_samples.h"
#include "model/api/codec.h"
#include "model/api/core.h"
#include "sim/core/rng.h"

namespace sdbtwin::provisioner {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> names(const api::Singlestore& database) {
  std::vector<std::string> result;
  for (const Child& child : children_of(database)) result.push_back(to_string(child, database));
  return result;
}

std::shared_ptr<api::Object> make(const Child& child, const api::Singlestore& database,
                                  std::string_view version = "8.7.10") {
  const auto catalogue = sample_version(version);
  ChildInputs inputs{database, *catalogue, nullptr, "secret"};
  return wanted(child, inputs);
}

// Goal: the whole list of a database's objects, by name. Method: a topology and a standalone one.
TEST(Children, AreNamedAsKubeDbNamesThem) {
  EXPECT_THAT(
      names(*sample_database()),
      ElementsAre("Service demo/sample-pods", "ServiceAccount demo/sample", "Role demo/sample",
                  "RoleBinding demo/sample", "Secret demo/sample-auth",
                  "PetSet demo/sample-aggregator", "PodDisruptionBudget demo/sample-aggregator",
                  "PetSet demo/sample-leaf", "PodDisruptionBudget demo/sample-leaf",
                  "Service demo/sample", "AppBinding demo/sample"));
  EXPECT_THAT(
      names(*sample_standalone()),
      ElementsAre("Service demo/solo-pods", "ServiceAccount demo/solo", "Role demo/solo",
                  "RoleBinding demo/solo", "Secret demo/solo-auth", "PetSet demo/solo",
                  "PodDisruptionBudget demo/solo", "Service demo/solo", "AppBinding demo/solo"));
}

// Goal: every object carries KubeDB's labels and the user's, but not those of KubeDB's prefix; all
// but secret and budget are controlled by the Singlestore. Method: all children.
TEST(Children, CarryTheLabelsAndTheOwner) {
  const auto database = sample_database();
  for (const Child& child : children_of(*database)) {
    if (child == Child{ChildKind::kBudget, kit::Role::kAggregator}) continue;  // One replica.
    const auto object = stored_child(child, *database, *sample_version());
    const api::StringMap& labels = *object->metadata.labels;
    EXPECT_EQ(labels.at("app.kubernetes.io/instance"), "sample");
    EXPECT_EQ(labels.at("app.kubernetes.io/managed-by"), "kubedb.com");
    EXPECT_EQ(labels.at("app.kubernetes.io/name"), "singlestores.kubedb.com");
    EXPECT_EQ(labels.at("app.kubernetes.io/component"), "database");
    EXPECT_EQ(labels.at("team"), "blue");
    EXPECT_FALSE(labels.contains("kubedb.com/secret"));
    if (child.kind == ChildKind::kAuthSecret) {
      EXPECT_TRUE(object->metadata.owner_references->empty());
    } else if (child.kind != ChildKind::kBudget) {
      EXPECT_TRUE(api::is_owned_by(object->metadata, "db-uid"));
    }
  }
}

// Goal: the primary service takes the user's type and ports. Method: the quick start's template,
// and one that moves our own port.
TEST(PrimaryService, HonoursTheUsersTemplate) {
  auto database = sample_database();
  api::ServiceTemplate user;
  user.alias = api::ServiceAlias::kPrimary;
  user.spec.emplace().type = "LoadBalancer";
  api::ServicePort http;
  http.name = "http";
  http.port = 9999;
  api::ServicePort moved;
  moved.name = "db";
  moved.port = 13306;
  user.spec->ports = {http, moved};
  database->spec.edit().service_templates = {user};
  const auto object = make({ChildKind::kPrimaryService}, *database);
  const api::ServiceSpec& spec = *api::cast<api::Service>(*object).spec;
  EXPECT_EQ(spec.type, "LoadBalancer");
  EXPECT_EQ(spec.selector.at("kubedb.com/petset"), "aggregator");
  ASSERT_EQ(spec.ports.size(), 3U);
  EXPECT_EQ(spec.ports[0].name, "db");
  EXPECT_EQ(spec.ports[0].port, 13306);
  EXPECT_EQ(spec.ports[0].target_port.to_text(), "db");
  EXPECT_EQ(spec.ports[1].port, 8081);
  EXPECT_EQ(spec.ports[2].name, "http");
  EXPECT_EQ(spec.ports[2].port, 9999);
}

// Goal: nodes can find each other before they are ready. Method: the governing service.
TEST(GoverningService, IsHeadlessAndNamesPodsThatAreNotReady) {
  const auto object = make({ChildKind::kGoverningService}, *sample_database());
  const api::ServiceSpec& spec = *api::cast<api::Service>(*object).spec;
  EXPECT_EQ(spec.cluster_ip, "None");
  EXPECT_TRUE(spec.publish_not_ready_addresses);
  EXPECT_FALSE(spec.selector.contains("kubedb.com/petset"));
}

// Goal: the AppBinding says where and as whom. Method: its JSON.
TEST(AppBindingOfDatabase, NamesTheServiceTheMasterAndTheSecret) {
  const auto object = make({ChildKind::kAppBinding}, *sample_database());
  const api::Value json = api::to_value(*object);
  EXPECT_EQ(json.find_path({"spec", "clientConfig", "url"})->text(), "tcp(sample.demo.svc:3306)/");
  EXPECT_EQ(json.find_path({"spec", "parameters", "masterAggregator"})->text(),
            "sample-aggregator-0.sample-pods.demo.svc");
  EXPECT_EQ(json.find_path({"spec", "secret", "name"})->text(), "sample-auth");
  EXPECT_EQ(json.find_path({"spec", "type"})->text(), "kubedb.com/singlestore");
}

// Goal: passwords repeat with their stream and differ between streams. Method: three draws.
TEST(Password, DependsOnItsStreamOnly) {
  const sim::Rng rng(7);
  const std::string one = make_password(rng.stream("a"));
  EXPECT_EQ(one.size(), 16U);
  EXPECT_EQ(one, make_password(rng.stream("a")));
  EXPECT_NE(one, make_password(rng.stream("b")));
}

// Goal: what the server adds is no drift. Method: every child as the server stores it, with its
// defaults and additions.
TEST(Correction, SeesNoDriftInWhatTheServerAdds) {
  const auto database = sample_database();
  for (const Child& child : children_of(*database)) {
    if (child.kind == ChildKind::kBudget) continue;
    auto live = stored_child(child, *database, *sample_version())->clone();
    live->metadata.annotations.edit()["someone.else/note"] = "kept";
    live->metadata.creation_timestamp = api::Timestamp{5};
    if (live->kind() == api::Kind::kService) {
      auto& spec = api::cast<api::Service>(*live).spec.edit();
      if (spec.cluster_ip.empty()) spec.cluster_ip = "10.0.0.7";
      for (auto& port : spec.ports) port.node_port = 30000 + port.port % 1000;
      spec.extra.set("sessionAffinity", "None");
    }
    EXPECT_EQ(correction(child, *live, *make(child, *database)), nullptr)
        << to_string(child, *database);
  }
}

// Goal: a correction changes what the Singlestore changed and nothing else. Method: a new version
// and replicas, against a PetSet with a foreign annotation and server defaults.
TEST(Correction, OfAPetSetChangesImagesAndReplicasOnly) {
  auto database = sample_database();
  const Child child{ChildKind::kPetSet, kit::Role::kLeaf};
  auto live = stored_child(child, *database, *sample_version())->clone();
  live->metadata.annotations.edit()["someone.else/note"] = "kept";
  database->spec.edit().topology->leaf->replicas = 5;
  const auto next = correction(child, *live, *make(child, *database, "8.9.3"));
  ASSERT_NE(next, nullptr);
  EXPECT_EQ(next->metadata.resource_version, live->metadata.resource_version);
  EXPECT_EQ(next->metadata.uid, live->metadata.uid);
  EXPECT_EQ(api::annotation_of(next->metadata, "someone.else/note"), "kept");
  auto undone = api::copy(api::cast<api::PetSet>(*next));
  EXPECT_EQ(undone->spec->replicas, 5);
  EXPECT_EQ(undone->spec->template_->spec.containers[0].image, "node:8.9.3");
  api::PetSetSpec& spec = undone->spec.edit();
  spec.replicas = 2;
  api::PodSpec& pod = spec.template_.edit().spec;
  pod.containers[0].image = "node:8.7.10";
  pod.containers[1].image = "coordinator:8.7.10";
  pod.init_containers[0].image = "init:8.7.10";
  EXPECT_TRUE(api::equal(*undone, *live));
}

// Goal: what the user takes back goes away. Method: a node selector, a limit and a container that
// are in the PetSet and no longer in the Singlestore.
TEST(Correction, OfAPetSetRemovesWhatTheUserTookBack) {
  auto database = sample_database();
  auto before = api::copy(*database);
  auto& user = before->spec.edit().topology->aggregator->pod_template->spec;
  user.node_selector = {{"disk", "fast"}};
  user.containers.emplace_back().name = "sidecar";
  database->spec.edit().topology->aggregator->pod_template->spec.containers[0].resources.limits = {
      {"memory", "2Gi"}};
  const Child child{ChildKind::kPetSet, kit::Role::kAggregator};
  const auto live = stored_child(child, *before, *sample_version());
  const auto next = correction(child, *live, *make(child, *database));
  ASSERT_NE(next, nullptr);
  const api::PodSpec& pod = api::cast<api::PetSet>(*next).spec->template_->spec;
  EXPECT_TRUE(pod.node_selector.empty());
  EXPECT_EQ(pod.containers.size(), 2U);
  EXPECT_FALSE(pod.containers[0].resources.limits.contains("cpu"));
}

// Goal: who is not ours is told apart. Method: no owner, an earlier incarnation, the right one.
TEST(Ownership, GoesByTheUidOfTheController) {
  const auto database = sample_database();
  const Child child{ChildKind::kPetSet, kit::Role::kLeaf};
  auto object = stored_child(child, *database, *sample_version())->clone();
  EXPECT_TRUE(is_ours(child, *object, *database, nullptr));
  object->metadata.owner_references.edit()[0].uid = "an earlier one";
  EXPECT_FALSE(is_ours(child, *object, *database, nullptr));
  object->metadata.owner_references.edit().clear();
  EXPECT_FALSE(is_ours(child, *object, *database, nullptr));
}

}  // namespace
}  // namespace sdbtwin::provisioner
