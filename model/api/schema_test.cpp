#include "model/api/schema.h"

#include <gtest/gtest.h>

#include <string>

#include "model/api/codec.h"
#include "model/api/core.h"
#include "model/api/ops_request.h"
#include "model/api/petset.h"
#include "model/api/pod.h"
#include "model/api/sample_object.h"
#include "model/api/singlestore.h"
#include "model/api/test_json.h"

namespace sdbtwin::api {
namespace {

std::string defaulted(const std::string& json) {
  const std::shared_ptr<Object> object = decode(json)->clone();
  apply_defaults(*object);
  const std::string once = to_value(*object).dump();
  apply_defaults(*object);
  EXPECT_EQ(to_value(*object).dump(), once) << "defaults are not idempotent";
  return once;
}

// Goal: the CRD's defaults, where and only where its schema puts them.
TEST(Defaults, OfASinglestoreAreItsSchemas) {
  EXPECT_EQ(
      defaulted(R"({"apiVersion":"kubedb.com/v1alpha2","kind":"Singlestore","metadata":{},
      "spec":{"licenseSecret":{"name":"l"},"topology":{"leaf":{"podTemplate":{"spec":{}}},
      "aggregator":{"podTemplate":{}}}}})"),
      R"({"apiVersion":"kubedb.com/v1alpha2","kind":"Singlestore","metadata":{},"spec":{)"
      R"("healthChecker":{"failureThreshold":1,"periodSeconds":10,"timeoutSeconds":10},)"
      R"("licenseSecret":{"apiGroup":"","kind":"Secret","name":"l"},"topology":{"aggregator":)"
      R"({"podTemplate":{}},"leaf":{"podTemplate":{"spec":)"
      R"({"podPlacementPolicy":{"name":"default"}}}}}}})");
}

TEST(Defaults, KeepWhatIsSet) {
  EXPECT_EQ(defaulted(R"({"apiVersion":"ops.kubedb.com/v1alpha1","kind":"SinglestoreOpsRequest",
      "metadata":{},"spec":{"apply":"Always","databaseRef":{"name":"db"},"type":"Restart"}})"),
            R"({"apiVersion":"ops.kubedb.com/v1alpha1","kind":"SinglestoreOpsRequest",)"
            R"("metadata":{},"spec":{"apply":"Always","databaseRef":{"name":"db"},)"
            R"("maxRetries":1,"type":"Restart"}})");
}

// Goal: a pod gets what the built-in API fills in; the same template inside a custom resource not.
TEST(Defaults, OfPodsAreTheBuiltInOnes) {
  EXPECT_EQ(
      defaulted(R"({"apiVersion":"v1","kind":"Pod","metadata":{},"spec":{"volumes":[{"name":"v"}],
      "containers":[{"name":"a","image":"x:1","ports":[{"containerPort":1}],
        "readinessProbe":{"exec":{}},"resources":{"limits":{"cpu":"1"}}}]}})"),
      R"({"apiVersion":"v1","kind":"Pod","metadata":{},"spec":{"containers":[{"image":"x:1",)"
      R"("imagePullPolicy":"IfNotPresent","name":"a","ports":[{"containerPort":1,)"
      R"("protocol":"TCP"}],"readinessProbe":{"exec":{},"failureThreshold":3,"periodSeconds":10,)"
      R"("successThreshold":1,"timeoutSeconds":1},"resources":{"limits":{"cpu":"1"},)"
      R"("requests":{"cpu":"1"}},"terminationMessagePath":"/dev/termination-log",)"
      R"("terminationMessagePolicy":"File"}],"dnsPolicy":"ClusterFirst",)"
      R"("enableServiceLinks":true,"restartPolicy":"Always","schedulerName":"default-scheduler",)"
      R"("securityContext":{},"terminationGracePeriodSeconds":30,)"
      R"("volumes":[{"emptyDir":{},"name":"v"}]},"status":{}})");
  const std::string set =
      R"({"apiVersion":"apps.k8s.appscode.com/v1","kind":"PetSet","metadata":{},"spec":)"
      R"({"template":{"spec":{"containers":[{"image":"x","name":"a"}]}}}})";
  EXPECT_EQ(defaulted(set), set);
}

TEST(Defaults, PullPolicyFollowsTheTag) {
  const std::pair<const char*, PullPolicy> cases[] = {
      {"nginx", PullPolicy::kAlways},
      {"nginx:latest", PullPolicy::kAlways},
      {"host:5000/nginx", PullPolicy::kAlways},
      {"host:5000/nginx:1.2", PullPolicy::kIfNotPresent},
      {"nginx@sha256:abc", PullPolicy::kIfNotPresent},
  };
  for (const auto& [image, policy] : cases) {
    Pod pod;
    pod.spec.edit().containers.emplace_back().image = image;
    apply_defaults(pod);
    EXPECT_EQ(pod.spec->containers.front().image_pull_policy, policy) << image;
  }
}

struct InvalidCase {
  const char* json;
  const char* field;
  const char* message;
};

// Goal: problems that one field shows are found, with the server's path and text.
TEST(Validate, FindsWhatTheTablesForbid) {
  const InvalidCase cases[] = {
      {R"({"apiVersion":"kubedb.com/v1alpha2","kind":"Singlestore","metadata":{"name":"a"},
           "spec":{}})",
       "spec.licenseSecret", "Required value"},
      {R"({"apiVersion":"kubedb.com/v1alpha2","kind":"Singlestore","metadata":{"name":"a"},
           "spec":{"licenseSecret":{"kind":"Secret","name":"l"},"deletionPolicy":"Never"}})",
       "spec.deletionPolicy",
       "Unsupported value: \"Never\": supported values: \"Halt\", \"Delete\", \"WipeOut\", "
       "\"DoNotTerminate\""},
      {R"({"apiVersion":"ops.kubedb.com/v1alpha1","kind":"SinglestoreOpsRequest",
           "metadata":{"name":"a"},"spec":{"databaseRef":{"name":"d"}}})",
       "spec.type", "Required value"},
      {R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},
           "spec":{"containers":[{"image":"x"}]}})",
       "spec.containers[0].name", "Required value"},
      {R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"spec":{}})", "spec.containers",
       "Required value"},
      {R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},
           "spec":{"restartPolicy":"Rarely","containers":[{"name":"c"}]}})",
       "spec.restartPolicy",
       "Unsupported value: \"Rarely\": supported values: \"Always\", \"OnFailure\", \"Never\""},
      {R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{}})", "metadata.name",
       "Required value: name or generateName is required"},
  };
  for (const InvalidCase& one : cases) {
    const std::vector<StatusCause> causes = validate(*decode(one.json));
    ASSERT_EQ(causes.size(), 1U) << one.json;
    EXPECT_EQ(causes.front().field, one.field);
    EXPECT_EQ(causes.front().message, one.message);
  }
}

TEST(Validate, AcceptsWhatTheSchemaLeavesOpen) {
  // The CRD of PetSet has no enum for these: its webhook decides.
  EXPECT_TRUE(validate(*decode(R"({"apiVersion":"apps.k8s.appscode.com/v1","kind":"PetSet",
      "metadata":{"name":"a"},"spec":{"selector":{},"serviceName":"","podManagementPolicy":"Odd",
      "template":{"spec":{"containers":[{"name":"a"}],"restartPolicy":"Odd"}}}})"))
                  .empty());
  ConfigMap generated;
  generated.metadata.generate_name = "a-";
  EXPECT_TRUE(validate(generated).empty());
}

TEST(Validate, ChecksNamesAndLabels) {
  ConfigMap map;
  map.metadata.name = "A_b";
  map.metadata.labels.edit() = {{"ok", std::string(63, 'x')}, {"long", std::string(64, 'x')}};
  map.metadata.annotations.edit() = {{"bad key", ""}};
  const std::vector<StatusCause> causes = validate(map);
  ASSERT_EQ(causes.size(), 3U);
  EXPECT_EQ(causes[0].field, "metadata.name");
  EXPECT_EQ(causes[1].field, "metadata.labels");
  EXPECT_EQ(causes[2].field, "metadata.annotations");

  // Parts shared with a valid version are not looked at again.
  ConfigMap next = map;
  EXPECT_TRUE(validate(next, &map).empty());
}

TEST(Validate, NameFormats) {
  EXPECT_EQ(check_dns1123_label("a-1"), "");
  EXPECT_NE(check_dns1123_label("a.1"), "");
  EXPECT_EQ(check_dns1123_subdomain("8.9.3"), "");
  EXPECT_NE(check_dns1123_subdomain("a..b"), "");
  EXPECT_NE(check_dns1123_subdomain("-a"), "");
  EXPECT_NE(check_dns1123_subdomain(std::string(254, 'a')), "");
  EXPECT_EQ(check_qualified_name("kubedb.com/petset"), "");
  EXPECT_NE(check_qualified_name("kubedb.com/"), "");
  EXPECT_NE(check_qualified_name("/x"), "");
  EXPECT_EQ(check_label_value(""), "");
  EXPECT_NE(check_label_value("a/b"), "");
}

// Goal: an immutable field may not change, also when it is inside a shared part.
TEST(ValidateUpdate, RefusesChangesOfImmutableFields) {
  ControllerRevision before;
  before.data = RawJson{R"({"a":1})"};
  ControllerRevision after = before;
  after.revision = 2;
  EXPECT_TRUE(validate_update(before, after).empty());
  after.data = RawJson{R"({"a": 1})"};  // other bytes, same value
  const std::vector<StatusCause> causes = validate_update(before, after);
  ASSERT_EQ(causes.size(), 1U);
  EXPECT_EQ(causes.front().field, "data");
  EXPECT_EQ(causes.front().message, R"(Invalid value: {"a":1}: field is immutable)");
}

class PrunedKind : public testing::TestWithParam<Kind> {};

// Goal: pruning removes what the schema does not know, at every level, and nothing else.
TEST_P(PrunedKind, PruningRemovesOnlyUnknownFields) {
  const Value sample = sample_object(kind_info(GetParam()), Fill::kValues);
  std::shared_ptr<Object> object = (*from_value(sample))->clone();
  const std::vector<StatusCause> unknown = unknown_fields(*object);
  EXPECT_FALSE(unknown.empty());
  prune(*object);
  EXPECT_TRUE(unknown_fields(*object).empty());

  // The same document without the fields of that name.
  auto without = [](const Value& value, const auto& self) -> Value {
    if (value.is_array()) {
      Value::Array items;
      for (const Value& item : value.items()) items.push_back(self(item, self));
      return Value(std::move(items));
    }
    if (!value.is_object()) return value;
    Value::Object members;
    for (const auto& [key, member] : value.members()) {
      if (key != "zzUnknown") members.emplace(key, self(member, self));
    }
    return Value(std::move(members));
  };
  Value expected = without(sample, without);
  expected = expected.with("metadata", *sample.find("metadata"));
  EXPECT_EQ(to_value(*object), expected);
  EXPECT_EQ(unknown_fields(**from_value(sample)).size(), unknown.size());
}

INSTANTIATE_TEST_SUITE_P(All, PrunedKind, testing::ValuesIn(all_typed_kinds()), kind_test_name);

}  // namespace
}  // namespace sdbtwin::api
