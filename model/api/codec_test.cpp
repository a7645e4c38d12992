#include "model/api/codec.h"

#include <gtest/gtest.h>

#include <string>

#include "model/api/errors.h"
#include "model/api/ops_request.h"
#include "model/api/petset.h"
#include "model/api/pod.h"
#include "model/api/sample_object.h"
#include "model/api/singlestore.h"
#include "model/api/test_json.h"
#include "model/api/unstructured.h"

namespace sdbtwin::api {
namespace {

std::string canonical(const Object& object) { return to_value(object).dump(); }

class EveryKind : public testing::TestWithParam<Kind> {
 protected:
  const KindInfo& info() const { return kind_info(GetParam()); }
};

class EveryCustomResource : public EveryKind {};

// Goal: no field is lost between JSON and typed struct, at no nesting level, modelled or not.
// Method: a document that names every field of every table and adds unknown ones.
TEST_P(EveryKind, RoundTripsEveryFieldAndEveryUnknownField) {
  const Value sample = sample_object(info(), Fill::kValues);
  Result<ObjectPtr> object = from_value(sample);
  ASSERT_TRUE(object.ok()) << object.error().message;
  EXPECT_EQ((*object)->kind(), GetParam());
  EXPECT_EQ(to_value(**object), sample) << to_value(**object).dump() << "\n" << sample.dump();

  // The text form holds the same document.
  Result<Value> text = Value::parse(to_json(**object));
  ASSERT_TRUE(text.ok());
  EXPECT_EQ(*text, sample);
}

// Goal: a custom resource is stored as it was written, explicit empty values included.
TEST_P(EveryCustomResource, KeepsEmptyValues) {
  const Value sample = sample_object(info(), Fill::kEmptyValues);
  Result<ObjectPtr> object = from_value(sample);
  ASSERT_TRUE(object.ok()) << object.error().message;
  EXPECT_EQ(to_value(**object), sample) << to_value(**object).dump() << "\n" << sample.dump();
}

TEST_P(EveryCustomResource, GainsNoFields) {
  const Value bare = Value::object({{"apiVersion", Value(info().api_version())},
                                    {"kind", Value(info().name)},
                                    {"metadata", Value::object({{"name", Value("x")}})}});
  Result<ObjectPtr> object = from_value(bare);
  ASSERT_TRUE(object.ok());
  EXPECT_EQ(to_value(**object).dump(), bare.dump());
}

// Goal: a strict decode accepts all that the schema knows, and names what it does not.
TEST_P(EveryKind, AStrictDecodeNamesUnknownFields) {
  const Value sample = sample_object(info(), Fill::kValues);
  DecodeOptions strict;
  strict.strict = true;
  Result<ObjectPtr> object = from_value(sample, strict);
  ASSERT_FALSE(object.ok());
  EXPECT_EQ(object.error().reason, Reason::kBadRequest);
  ASSERT_FALSE(object.error().causes.empty());
  for (const StatusCause& cause : object.error().causes) {
    EXPECT_TRUE(cause.field.ends_with("zzUnknown")) << cause.field;
    EXPECT_EQ(cause.message, "unknown field \"" + cause.field + "\"");
  }
}

TEST_P(EveryKind, EqualsItsOwnRoundTrip) {
  const Value sample = sample_object(info(), Fill::kValues);
  Result<ObjectPtr> first = from_value(sample);
  Result<ObjectPtr> second = from_value(sample);
  ASSERT_TRUE(first.ok());
  ASSERT_TRUE(second.ok());
  EXPECT_TRUE(equal(**first, **second));
  EXPECT_TRUE(equal(**first, *(*first)->clone()));
  Result<ObjectPtr> bare = from_value(sample_object(info(), Fill::kEmptyValues));
  ASSERT_TRUE(bare.ok());
  EXPECT_FALSE(equal(**first, **bare));
}

std::vector<Kind> custom_kinds() {
  std::vector<Kind> kinds = all_typed_kinds();
  std::erase_if(kinds, [](Kind kind) { return !kind_info(kind).custom_resource; });
  return kinds;
}

INSTANTIATE_TEST_SUITE_P(All, EveryKind, testing::ValuesIn(all_typed_kinds()), kind_test_name);
INSTANTIATE_TEST_SUITE_P(All, EveryCustomResource, testing::ValuesIn(custom_kinds()),
                         kind_test_name);

// Goal: a user's manifest reads as the typed structs say, with the parts nobody models kept.
TEST(Codec, ReadsASinglestore) {
  const ObjectPtr object = decode(R"({
    "apiVersion":"kubedb.com/v1alpha2","kind":"Singlestore",
    "metadata":{"name":"db","namespace":"demo"},
    "spec":{"version":"8.7.21","storageType":"Durable","deletionPolicy":"WipeOut",
      "licenseSecret":{"kind":"Secret","name":"license"},
      "topology":{"aggregator":{"replicas":1},
        "leaf":{"replicas":2,
          "podTemplate":{"spec":{"containers":[{"name":"singlestore",
             "securityContext":{"seLinuxOptions":{"level":"s0"}},
             "resources":{"limits":{"memory":"2Gi","cpu":"0.5"}}}],
             "podPlacementPolicy":{"name":"spread"}}},
          "storage":{"accessModes":["ReadWriteOnce"],
            "resources":{"requests":{"storage":"10Gi"}}}}}}})");
  const auto db = as<Singlestore>(object);
  EXPECT_EQ(db->spec->version, "8.7.21");
  EXPECT_EQ(db->spec->deletion_policy, DeletionPolicy::kWipeOut);
  ASSERT_TRUE(db->spec->topology.has_value());
  const SinglestoreNode& leaf = db->spec->topology->leaf.value();
  EXPECT_EQ(leaf.replicas, 2);
  const OffshootPodSpec& pods = leaf.pod_template->spec;
  EXPECT_EQ(pods.pod_placement_policy->name, "spread");
  EXPECT_EQ(pods.containers.front().resources.limits.at("cpu").text, "0.5");
  EXPECT_EQ(pods.containers.front().security_context->extra.find("seLinuxOptions")->dump(),
            R"({"level":"s0"})");
  EXPECT_EQ(leaf.storage->resources.requests.at("storage").value(), 10'737'418'240);
}

// Goal: members are written in the order of the Go structs, and unmodelled ones after them.
TEST(Codec, WritesMembersInTableOrder) {
  Pod pod;
  pod.metadata.name = "p";
  pod.metadata.resource_version = 7;
  Container container;
  container.name = "main";
  container.image = "x";
  container.extra.set("tty", true);
  pod.spec.edit().containers.push_back(container);
  EXPECT_EQ(to_json(pod),
            R"({"kind":"Pod","apiVersion":"v1","metadata":{"name":"p","resourceVersion":"7"},)"
            R"("spec":{"containers":[{"name":"main","image":"x","resources":{},"tty":true}]},)"
            R"("status":{}})");
}

TEST(Codec, AKindThatIsNotTypedIsKeptWhole) {
  const std::string text =
      R"({"apiVersion":"example.com/v1","kind":"Policy","metadata":{"name":"p"},)"
      R"("spec":{"n":1.50,"on":null},"zone":["a"]})";
  const ObjectPtr object = decode(text);
  ASSERT_EQ(object->kind(), Kind::kUnstructured);
  EXPECT_EQ(canonical(*object), text);
  const auto untyped = as<Unstructured>(object);
  EXPECT_EQ(untyped->unstructured_type->plural, "policies");
  EXPECT_EQ(ref_of(*object).untyped, "example.com/v1/Policy");
  EXPECT_EQ(to_string(ref_of(*object)), "Policy p");
}

// Another version of a typed kind is not that kind.
TEST(Codec, AnUnknownVersionIsNotTyped) {
  EXPECT_EQ(decode(R"({"apiVersion":"policy/v1beta1","kind":"PodDisruptionBudget"})")->kind(),
            Kind::kUnstructured);
}

struct BadCase {
  const char* json;
  const char* field;
  Reason reason;
};

// Goal: a wrong value is an error that says where it is.
TEST(Codec, NamesTheFieldThatIsWrong) {
  const BadCase cases[] = {
      {R"({"apiVersion":"kubedb.com/v1alpha2","kind":"Singlestore",
           "spec":{"topology":{"leaf":{"replicas":"two"}}}})",
       "spec.topology.leaf.replicas", Reason::kInvalid},
      {R"({"apiVersion":"apps.k8s.appscode.com/v1","kind":"PetSet",
           "spec":{"template":{"spec":{"containers":[{"name":"a"},{"name":7}]}}}})",
       "spec.template.spec.containers[1].name", Reason::kInvalid},
      {R"({"apiVersion":"v1","kind":"Pod","spec":{"containers":{"name":"a"}}})", "spec.containers",
       Reason::kBadRequest},
      {R"({"apiVersion":"v1","kind":"Pod","metadata":{"labels":{"a":1}}})", "metadata.labels.a",
       Reason::kBadRequest},
      {R"({"apiVersion":"v1","kind":"Pod","metadata":{"creationTimestamp":"yesterday"}})",
       "metadata.creationTimestamp", Reason::kBadRequest},
      {R"({"apiVersion":"v1","kind":"Secret","data":{"k":"not base64!"}})", "data.k",
       Reason::kBadRequest},
      {R"({"apiVersion":"v1","kind":"PersistentVolumeClaim",
           "spec":{"resources":{"requests":{"storage":"10 GB"}}}})",
       "spec.resources.requests.storage", Reason::kBadRequest},
      {R"({"apiVersion":"v1","kind":"Pod","spec":{"priority":3000000000}})", "spec.priority",
       Reason::kBadRequest},
  };
  for (const BadCase& one : cases) {
    Result<ObjectPtr> object = from_json(one.json);
    ASSERT_FALSE(object.ok()) << one.json;
    EXPECT_EQ(object.error().reason, one.reason) << object.error().message;
    ASSERT_FALSE(object.error().causes.empty());
    EXPECT_EQ(object.error().causes.front().field, one.field);
  }
}

TEST(Codec, SaysWhatACustomResourcesSchemaSays) {
  Result<ObjectPtr> object = from_json(
      R"({"apiVersion":"kubedb.com/v1alpha2","kind":"Singlestore","metadata":{"name":"db"},
          "spec":{"version":8}})");
  ASSERT_FALSE(object.ok());
  EXPECT_EQ(
      object.error().message,
      "Singlestore.kubedb.com \"db\" is invalid: [spec.version: Invalid value: \"integer\": "
      "spec.version in body must be of type string: \"integer\", spec.licenseSecret: Required "
      "value]");
}

TEST(Codec, AStrictDecodeRefusesDuplicates) {
  const char* json = R"({"apiVersion":"v1","kind":"ConfigMap","data":{"a":"1","a":"2"}})";
  EXPECT_TRUE(from_json(json).ok());
  DecodeOptions strict;
  strict.strict = true;
  Result<ObjectPtr> object = from_json(json, strict);
  ASSERT_FALSE(object.ok());
  EXPECT_EQ(object.error().message,
            "ConfigMap in version \"v1\" cannot be handled as a ConfigMap: strict decoding error: "
            "duplicate field \"data.a\"");
  EXPECT_EQ(object.error().causes.front().field, "data.a");
}

TEST(Codec, NeedsApiVersionAndKind) {
  EXPECT_FALSE(from_json(R"({"kind":"Pod"})").ok());
  EXPECT_FALSE(from_json(R"({"apiVersion":"v1"})").ok());
  EXPECT_FALSE(from_json("[]").ok());
}

// Goal: the error object on the wire is the server's, and reads back as the same error.
TEST(Codec, AStatusRoundTrips) {
  const ApiError error = errors::invalid(
      "kubedb.com", "Singlestore", "db",
      {field_error::required("spec.version"), field_error::forbidden("spec", "no")});
  EXPECT_EQ(
      status_json(error),
      R"({"apiVersion":"v1","code":422,"details":{"causes":[)"
      R"({"field":"spec.version","message":"Required value","reason":"FieldValueRequired"},)"
      R"({"field":"spec","message":"Forbidden: no","reason":"FieldValueForbidden"}],)"
      R"("group":"kubedb.com","kind":"Singlestore","name":"db"},"kind":"Status",)"
      R"("message":"Singlestore.kubedb.com \"db\" is invalid: [spec.version: Required value, )"
      R"(spec: Forbidden: no]","metadata":{},"reason":"Invalid","status":"Failure"})");
  EXPECT_EQ(error_from_status(status_value(error), 422), error);
  EXPECT_EQ(error_from_status(Value::object({{"message", Value("?")}}), 503).reason,
            Reason::kServiceUnavailable);
}

// Goal: revisions are hashed by bytes, so the template is written as a typed Go client would.
TEST(Codec, WritesATemplateAsAGoClientDoes) {
  const ObjectPtr object = decode(R"({"apiVersion":"apps.k8s.appscode.com/v1","kind":"PetSet",
      "spec":{"template":{"metadata":{"labels":{"app":"web"}},
        "spec":{"hostNetwork":false,"containers":[{"name":"main","image":"example/web:v2"}],
          "automountServiceAccountToken":false}}}})");
  const auto set = as<PetSet>(object);
  EncodeOptions go;
  go.go_typed = true;
  EXPECT_EQ(struct_to_value(*set->spec->template_, go).dump(),
            R"({"metadata":{"labels":{"app":"web"}},"spec":{"automountServiceAccountToken":false,)"
            R"("containers":[{"image":"example/web:v2","name":"main","resources":{}}]}})");
  EXPECT_EQ(struct_to_value(*set->spec->template_).dump(),
            R"({"metadata":{"labels":{"app":"web"}},"spec":{"automountServiceAccountToken":false,)"
            R"("containers":[{"image":"example/web:v2","name":"main"}],"hostNetwork":false}})");
}

TEST(Codec, ReadsOneStruct) {
  Result<Value> json = Value::parse(R"({"name":"c","image":"x","x":1})");
  Result<Container> container = struct_from_value<Container>(*json);
  ASSERT_TRUE(container.ok());
  EXPECT_EQ(container->image, "x");
  EXPECT_EQ(container->extra.find("x")->as_integer(), 1);
  EXPECT_FALSE(struct_from_value<Container>(Value("no")).ok());
}

}  // namespace
}  // namespace sdbtwin::api
