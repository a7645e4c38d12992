// Absent, empty and zero: Go's rules for built-in kinds, "as written" for custom resources.
#include <gtest/gtest.h>

#include <string>

#include "model/api/codec.h"
#include "model/api/core.h"
#include "model/api/petset.h"
#include "model/api/pod.h"
#include "model/api/singlestore.h"

namespace sdbtwin::api {
namespace {

std::string round_trip(std::string_view json) {
  Result<ObjectPtr> object = from_json(json);
  EXPECT_TRUE(object.ok()) << (object.ok() ? "" : object.error().message);
  return object.ok() ? to_value(**object).dump() : "";
}

struct ZeroCase {
  const char* what;
  const char* in;
  const char* out;
};

// Goal: what a Go server would answer for a built-in object. Method: one document for each rule.
TEST(ZeroRules, OfBuiltInKindsAreGos) {
  const ZeroCase cases[] = {
      {"omitempty drops an explicit zero",
       R"({"apiVersion":"v1","kind":"ConfigMap","data":{},"metadata":{"generation":0,"name":"a"}})",
       R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}})"},
      {"a pointer keeps an explicit zero",
       R"({"apiVersion":"v1","kind":"ConfigMap","immutable":false,"metadata":{}})",
       R"({"apiVersion":"v1","immutable":false,"kind":"ConfigMap","metadata":{}})"},
      {"a struct is always written", R"({"apiVersion":"v1","kind":"Node","metadata":{"name":"n"}})",
       R"({"apiVersion":"v1","kind":"Node","metadata":{"name":"n"},"spec":{},"status":{}})"},
      {"an empty list without omitempty is null",
       R"({"apiVersion":"rbac.authorization.k8s.io/v1","kind":"Role","metadata":{},"rules":[]})",
       R"({"apiVersion":"rbac.authorization.k8s.io/v1","kind":"Role","metadata":{},"rules":null})"},
      {"null is absent",
       R"({"apiVersion":"v1","kind":"ConfigMap","data":null,"metadata":{"labels":null}})",
       R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{}})"},
      {"resourceVersion 0 is not set",
       R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"resourceVersion":"0"}})",
       R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{}})"},
      {"a null map value is the zero value",
       R"({"apiVersion":"v1","kind":"ConfigMap","data":{"k":null},"metadata":{}})",
       R"({"apiVersion":"v1","data":{"k":""},"kind":"ConfigMap","metadata":{}})"},
  };
  for (const ZeroCase& one : cases) EXPECT_EQ(round_trip(one.in), one.out) << one.what;
}

TEST(ZeroRules, TimesWithoutOmitemptyAreNull) {
  Event event;
  EXPECT_EQ(to_value(event).dump(),
            R"({"apiVersion":"v1","eventTime":null,"firstTimestamp":null,"involvedObject":{},)"
            R"("kind":"Event","lastTimestamp":null,"metadata":{},"reportingComponent":"",)"
            R"("reportingInstance":"","source":{}})");
}

// Goal: a custom resource is stored as JSON: absent stays absent, explicit stays explicit.
TEST(ZeroRules, OfCustomResourcesAreWhatWasWritten) {
  for (const char* json :
       {R"({"apiVersion":"kubedb.com/v1alpha2","kind":"Singlestore","metadata":{},)"
        R"("spec":{"halted":false,"healthChecker":{},"topology":{"leaf":{"suffix":""}}}})",
        R"({"apiVersion":"kubedb.com/v1alpha2","kind":"Singlestore","metadata":{},"spec":{},)"
        R"("status":{"conditions":[]}})",
        R"({"apiVersion":"apps.k8s.appscode.com/v1","kind":"PetSet","metadata":{},)"
        R"("spec":{"replicas":0,"template":{"spec":{"containers":[{"image":"x","name":"a"},)"
        R"({"name":"b","ports":[],"resources":{}}],"nodeSelector":{}}}}})"}) {
    EXPECT_EQ(round_trip(json), json);
  }
}

// Goal: metadata follows Go's rules for every kind, as the real server decodes it typed.
TEST(ZeroRules, MetadataIsGosEverywhere) {
  EXPECT_EQ(round_trip(R"({"apiVersion":"kubedb.com/v1alpha2","kind":"Singlestore",)"
                       R"("metadata":{"annotations":{},"name":"a"},"spec":{}})"),
            R"({"apiVersion":"kubedb.com/v1alpha2","kind":"Singlestore",)"
            R"("metadata":{"name":"a"},"spec":{}})");
}

// Goal: a typed member that is set wins over what was kept for it when it was empty.
TEST(ZeroRules, SettingAMemberReplacesItsExplicitZero) {
  Result<ObjectPtr> object =
      from_json(R"({"apiVersion":"kubedb.com/v1alpha2","kind":"Singlestore","metadata":{},)"
                R"("spec":{"halted":false}})");
  ASSERT_TRUE(object.ok());
  auto db = copy(*as<Singlestore>(*object));
  db->spec.edit().halted = true;
  db->status.edit().phase = DatabasePhase::kReady;
  EXPECT_EQ(to_value(*db).dump(),
            R"({"apiVersion":"kubedb.com/v1alpha2","kind":"Singlestore","metadata":{},)"
            R"("spec":{"halted":true},"status":{"phase":"Ready"}})");
}

// Goal: a value outside an enum is not lost, and gives way to one that is set.
TEST(ZeroRules, AnUnknownEnumValueIsKept) {
  const char* json = R"({"apiVersion":"v1","kind":"Pod","metadata":{},"spec":{"containers":null,)"
                     R"("restartPolicy":"Sometimes"},"status":{"phase":"Dreaming"}})";
  EXPECT_EQ(round_trip(json), json);
  Result<ObjectPtr> object = from_json(json);
  auto pod = copy(*as<Pod>(*object));
  EXPECT_EQ(pod->status->phase, PodPhase::kUnset);
  pod->status.edit().phase = PodPhase::kRunning;
  EXPECT_EQ(to_value(*pod).find_path({"status", "phase"})->text(), "Running");
}

// Goal: equality is equality of what is written: hidden leftovers do not count.
TEST(ZeroRules, LeftoversBehindASetMemberDoNotMakeADifference) {
  Result<ObjectPtr> with_zero =
      from_json(R"({"apiVersion":"kubedb.com/v1alpha2","kind":"Singlestore","metadata":{},)"
                R"("spec":{"halted":false}})");
  Result<ObjectPtr> without = from_json(
      R"({"apiVersion":"kubedb.com/v1alpha2","kind":"Singlestore","metadata":{},"spec":{}})");
  EXPECT_FALSE(equal(**with_zero, **without));
  auto a = copy(*as<Singlestore>(*with_zero));
  auto b = copy(*as<Singlestore>(*without));
  a->spec.edit().halted = true;
  b->spec.edit().halted = true;
  EXPECT_TRUE(equal(*a, *b));
}

}  // namespace
}  // namespace sdbtwin::api
