#include "controller/provisioner/petset.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/provisioner/pod_template.h"
#include "controller/provisioner/test_samples.h"
#include "model/api/codec.h"

namespace sdbtwin::provisioner {
namespace {

using ::testing::ElementsAre;

api::Value value_of(const api::Object& object) { return api::to_value(object); }

// The member at a path; fails the test when it is not there.
std::string text_at(const api::Value& value, std::initializer_list<std::string_view> path) {
  const api::Value* found = value.find_path(path);
  return found == nullptr ? "(absent)" : found->dump();
}

// Goal: the aggregators' PetSet of a quick-start database has the names, labels and policies of
// KubeDB. Method: its JSON, part by part, against literals.
TEST(PetSetOfDatabase, HasKubeDbsNamesLabelsAndPolicies) {
  const auto database = sample_database();
  const auto petset = petset_of(*database, *sample_version(), kit::Role::kAggregator);
  const api::Value json = value_of(*petset);
  EXPECT_EQ(text_at(json, {"metadata"}),
            R"({"labels":{"app.kubernetes.io/component":"database",)"
            R"("app.kubernetes.io/instance":"sample","app.kubernetes.io/managed-by":"kubedb.com",)"
            R"("app.kubernetes.io/name":"singlestores.kubedb.com",)"
            R"("kubedb.com/petset":"aggregator","team":"blue"},)"
            R"("name":"sample-aggregator","namespace":"demo",)"
            R"("ownerReferences":[{"apiVersion":"kubedb.com/v1alpha2","blockOwnerDeletion":true,)"
            R"("controller":true,"kind":"Singlestore","name":"sample","uid":"db-uid"}]})");
  EXPECT_EQ(text_at(json, {"spec", "selector"}),
            R"({"matchLabels":{"app.kubernetes.io/instance":"sample",)"
            R"("app.kubernetes.io/managed-by":"kubedb.com",)"
            R"("app.kubernetes.io/name":"singlestores.kubedb.com",)"
            R"("kubedb.com/petset":"aggregator"}})");
  EXPECT_EQ(text_at(json, {"spec", "replicas"}), "1");
  EXPECT_EQ(text_at(json, {"spec", "serviceName"}), R"("sample-pods")");
  EXPECT_EQ(text_at(json, {"spec", "updateStrategy"}), R"({"type":"OnDelete"})");
  EXPECT_EQ(text_at(json, {"spec", "podManagementPolicy"}), R"("OrderedReady")");
  EXPECT_EQ(text_at(json, {"spec", "podPlacementPolicy"}), "(absent)");
  const auto& claims = *petset->spec->volume_claim_templates;
  ASSERT_EQ(claims.size(), 1U);
  EXPECT_EQ(claims[0].metadata.name, "data");
  EXPECT_EQ(claims[0].spec.resources.requests.at("storage").text, "1Gi");
}

// Goal: the containers of a cluster pod. Method: the pod's JSON against a literal.
TEST(PetSetOfDatabase, RunsADatabaseAndACoordinatorAfterAnInitContainer) {
  const auto petset = petset_of(*sample_database(), *sample_version(), kit::Role::kAggregator);
  const api::PodSpec& pod = petset->spec->template_->spec;
  ASSERT_EQ(pod.containers.size(), 2U);
  EXPECT_EQ(api::struct_to_value(pod.containers[0]).dump(),
            R"({"env":[{"name":"ROOT_USERNAME","valueFrom":{"secretKeyRef":)"
            R"({"key":"username","name":"sample-auth"}}},)"
            R"({"name":"ROOT_PASSWORD","valueFrom":{"secretKeyRef":)"
            R"({"key":"password","name":"sample-auth"}}},)"
            R"({"name":"SINGLESTORE_LICENSE","valueFrom":{"secretKeyRef":)"
            R"({"key":"password","name":"license"}}},)"
            R"({"name":"LICENSE_KEY","valueFrom":{"secretKeyRef":)"
            R"({"key":"password","name":"license"}}},)"
            R"({"name":"HOST_IP","valueFrom":{"fieldRef":{"fieldPath":"status.hostIP"}}}],)"
            R"("image":"node:8.7.10","name":"singlestore",)"
            R"("ports":[{"containerPort":3306,"name":"db","protocol":"TCP"},)"
            R"({"containerPort":8081,"name":"studio","protocol":"TCP"}],)"
            R"("resources":{"limits":{"cpu":"500m","memory":"2Gi"},)"
            R"("requests":{"cpu":"500m","memory":"2Gi"}},)"
            R"("securityContext":{"allowPrivilegeEscalation":false,"capabilities":)"
            R"({"drop":["ALL"]},"runAsGroup":998,"runAsNonRoot":true,"runAsUser":999,)"
            R"("seccompProfile":{"type":"RuntimeDefault"}},)"
            R"("volumeMounts":[{"mountPath":"/scripts","name":"init-scripts"},)"
            R"({"mountPath":"/var/lib/memsql","name":"data"}]})");
  EXPECT_EQ(pod.containers[1].name, "singlestore-coordinator");
  EXPECT_EQ(pod.containers[1].image, "coordinator:8.7.10");
  EXPECT_EQ(pod.containers[1].resources.requests.at("cpu").text, "200m");
  EXPECT_EQ(pod.containers[1].resources.limits.at("memory").text, "256Mi");
  ASSERT_EQ(pod.init_containers.size(), 1U);
  EXPECT_EQ(pod.init_containers[0].image, "init:8.7.10");
  EXPECT_EQ(pod.init_containers[0].resources.limits.at("memory").text, "512Mi");
  EXPECT_EQ(pod.security_context->fs_group, 999);
  EXPECT_EQ(pod.service_account_name, "sample");
  EXPECT_EQ(pod.topology_spread_constraints.size(), 2U);
  EXPECT_FALSE(pod.containers[0].readiness_probe.has_value());
}

// Goal: what the user does not say is KubeDB's default. Method: the leaf without a podTemplate.
TEST(PetSetOfDatabase, GivesTheDatabaseKubeDbsDefaultResources) {
  const auto petset = petset_of(*sample_database(), *sample_version(), kit::Role::kLeaf);
  EXPECT_EQ(petset->metadata.name, "sample-leaf");
  EXPECT_EQ(petset->spec->replicas, 2);
  const api::ResourceRequirements& resources =
      petset->spec->template_->spec.containers[0].resources;
  EXPECT_EQ(resources.requests.at("cpu").text, "600m");
  EXPECT_EQ(resources.requests.at("memory").text, "2Gi");
  EXPECT_EQ(resources.limits.at("memory").text, "2Gi");
  EXPECT_FALSE(resources.limits.contains("cpu"));
}

// Goal: a request above the default limit stays possible. Method: a request of 4Gi and no limit.
TEST(PetSetOfDatabase, NeverLimitsBelowTheUsersRequest) {
  auto database = sample_database();
  auto& container = database->spec.edit().topology->aggregator->pod_template->spec.containers[0];
  container.resources.requests = {{"memory", "4Gi"}};
  container.resources.limits.clear();
  const auto petset = petset_of(*database, *sample_version(), kit::Role::kAggregator);
  const auto& resources = petset->spec->template_->spec.containers[0].resources;
  EXPECT_EQ(resources.limits.at("memory").text, "4Gi");
  EXPECT_EQ(resources.requests.at("cpu").text, "600m");
}

// Goal: a standalone database is one PetSet with the standalone image, no coordinator. Method: its
// PetSet.
TEST(PetSetOfDatabase, OfAStandaloneDatabaseHasOneContainerWithItsOwnImage) {
  const auto petset = petset_of(*sample_standalone(), *sample_version(), kit::Role::kStandalone);
  EXPECT_EQ(petset->metadata.name, "solo");
  EXPECT_EQ(petset->spec->replicas, 1);
  EXPECT_EQ(petset->spec->selector->match_labels.at("kubedb.com/petset"), "standalone");
  const api::PodSpec& pod = petset->spec->template_->spec;
  ASSERT_EQ(pod.containers.size(), 1U);
  EXPECT_EQ(pod.containers[0].image, "standalone:8.7.10");
  EXPECT_THAT(pod.containers[0].args, ElementsAre("/scripts/standalone-run.sh"));
}

// Goal: ephemeral storage is an emptyDir and no claim. Method: storageType Ephemeral.
TEST(PetSetOfDatabase, KeepsEphemeralDataInAnEmptyDir) {
  auto database = sample_database();
  database->spec.edit().storage_type = api::StorageType::kEphemeral;
  const auto petset = petset_of(*database, *sample_version(), kit::Role::kLeaf);
  EXPECT_TRUE(petset->spec->volume_claim_templates->empty());
  const auto& volumes = petset->spec->template_->spec.volumes;
  ASSERT_EQ(volumes.size(), 2U);
  EXPECT_EQ(volumes[1].name, "data");
  EXPECT_TRUE(volumes[1].empty_dir.has_value());
}

// Goal: a suffix goes into the PetSet's name. Method: a leaf suffix.
TEST(PetSetOfDatabase, TakesTheSuffixIntoItsName) {
  auto database = sample_database();
  database->spec.edit().topology->leaf->suffix = "hot";
  const auto petset = petset_of(*database, *sample_version(), kit::Role::kLeaf);
  EXPECT_EQ(petset->metadata.name, "sample-hot-leaf");
}

constexpr std::string_view kUserTemplate = R"({
  "metadata": {"labels": {"tier": "gold"}, "annotations": {"note": "n"}},
  "controller": {"labels": {"of-set": "yes"}, "annotations": {"set-note": "s"}},
  "spec": {
    "containers": [
      {"name": "exporter", "image": "exporter:1", "futureField": {"deep": [1, 2]}},
      {"name": "singlestore", "env": [{"name": "MINE", "value": "1"},
                                      {"name": "HOST_IP", "value": "wrong"}],
       "volumeMounts": [{"name": "extra", "mountPath": "/extra"}],
       "livenessProbe": {"grpc": {"port": 9}}, "newKnob": 7}],
    "volumes": [{"name": "extra", "nfs": {"server": "s", "path": "/p"}}],
    "hostAliases": [{"ip": "10.0.0.1", "hostnames": ["a"]}],
    "nodeSelector": {"disk": "fast"},
    "priorityClassName": "high",
    "terminationGracePeriodSeconds": 120,
    "podPlacementPolicy": {"name": "mine"},
    "somethingNew": true}})";

api::OffshootPodTemplate user_template() {
  const auto value = api::Value::parse(kUserTemplate);
  SIM_ASSERT(value.ok());
  auto decoded = api::struct_from_value<api::OffshootPodTemplate>(*value);
  SIM_ASSERT(decoded.ok());
  return *std::move(decoded);
}

// Goal: nothing of a user's podTemplate is lost, known to us or not. Method: a template with fields
// that are not modelled at four levels, a container of his own and settings of ours.
TEST(PetSetOfDatabase, LosesNothingOfTheUsersPodTemplate) {
  auto database = sample_database();
  database->spec.edit().topology->leaf->pod_template = user_template();
  const auto petset = petset_of(*database, *sample_version(), kit::Role::kLeaf);
  EXPECT_EQ(api::label_of(petset->metadata, "of-set"), "yes");
  EXPECT_EQ(api::annotation_of(petset->metadata, "set-note"), "s");
  EXPECT_EQ(petset->spec->pod_placement_policy->name, "mine");
  const api::PodTemplateSpec& pods = *petset->spec->template_;
  EXPECT_EQ(api::label_of(pods.metadata, "tier"), "gold");
  EXPECT_EQ(api::annotation_of(pods.metadata, "note"), "n");
  const api::Value spec = api::struct_to_value(pods.spec);
  EXPECT_EQ(text_at(spec, {"hostAliases"}), R"([{"hostnames":["a"],"ip":"10.0.0.1"}])");
  EXPECT_EQ(text_at(spec, {"somethingNew"}), "true");
  EXPECT_EQ(text_at(spec, {"nodeSelector"}), R"({"disk":"fast"})");
  EXPECT_EQ(text_at(spec, {"priorityClassName"}), R"("high")");
  EXPECT_EQ(text_at(spec, {"terminationGracePeriodSeconds"}), "120");
  ASSERT_EQ(pods.spec.containers.size(), 3U);
  EXPECT_EQ(pods.spec.containers[0].name, "singlestore");
  EXPECT_EQ(pods.spec.containers[1].name, "singlestore-coordinator");
  const api::Value database_container = api::struct_to_value(pods.spec.containers[0]);
  EXPECT_EQ(text_at(database_container, {"newKnob"}), "7");
  EXPECT_EQ(text_at(database_container, {"livenessProbe"}), R"({"grpc":{"port":9}})");
  EXPECT_EQ(api::struct_to_value(pods.spec.containers[2]).dump(),
            R"({"futureField":{"deep":[1,2]},"image":"exporter:1","name":"exporter"})");
  EXPECT_EQ(api::struct_to_value(pods.spec.volumes[0]).dump(),
            R"({"name":"extra","nfs":{"path":"/p","server":"s"}})");
}

// Goal: what the database cannot run without is ours where both speak. Method: the user sets an
// environment variable of ours and one of his own.
TEST(PetSetOfDatabase, OverridesOnlyWhatTheDatabaseCannotRunWithout) {
  auto database = sample_database();
  database->spec.edit().topology->leaf->pod_template = user_template();
  const auto petset = petset_of(*database, *sample_version(), kit::Role::kLeaf);
  const auto& env = petset->spec->template_->spec.containers[0].env;
  EXPECT_EQ(env[0].name, "MINE");
  EXPECT_EQ(env[0].value, "1");
  EXPECT_EQ(env[1].name, "HOST_IP");
  EXPECT_EQ(env[1].value, "");
  EXPECT_EQ(env[1].value_from->field_ref->field_path, "status.hostIP");
}

// Goal: PDB numbers are max(1, floor((n - 1) / 2)), none for one replica. Method: a table.
TEST(BudgetOfPetSet, AllowsLessThanHalfButAlwaysOne) {
  const std::vector<std::pair<int, std::optional<int>>> table = {
      {0, std::nullopt}, {1, std::nullopt}, {2, 1}, {3, 1}, {4, 1}, {5, 2}, {6, 2}, {7, 3}};
  for (const auto& [replicas, unavailable] : table) {
    EXPECT_EQ(budget_max_unavailable(replicas), unavailable) << replicas;
  }
}

// Goal: a budget is named like its PetSet and goes with it. Method: the leaves' budget.
TEST(BudgetOfPetSet, HasTheNameOfItsPetSetAndIsOwnedByIt) {
  const auto database = sample_database();
  const Child child{ChildKind::kPetSet, kit::Role::kLeaf};
  const auto stored = stored_child(child, *database, *sample_version());
  const auto& petset = api::cast<api::PetSet>(*stored);
  const auto budget = budget_of(*database, petset, kit::Role::kLeaf);
  EXPECT_EQ(budget->metadata.name, "sample-leaf");
  const api::OwnerReference* owner = api::controller_of(budget->metadata);
  ASSERT_NE(owner, nullptr);
  EXPECT_EQ(owner->kind, "PetSet");
  EXPECT_EQ(owner->uid, petset.metadata.uid);
  EXPECT_EQ(budget->spec->max_unavailable->number, 1);
  EXPECT_EQ(budget->spec->selector->match_labels.at("kubedb.com/petset"), "leaf");
}

}  // namespace
}  // namespace sdbtwin::provisioner
