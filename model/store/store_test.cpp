// Creates, updates and patches: revisions, conflicts, generations, status (kubernetes.md 4.1, 4.2,
// 4.3, 4.5). Messages as recorded from a kube-apiserver 1.32.
#include "model/store/store.h"

#include "model/store/store_fixture.h"

namespace sdbtwin::store {
namespace {

using api::Request;
using testing::ElementsAre;
using testing::HasSubstr;

TEST_F(StoreTest, EachWriteIsOneRevisionAndBecomesTheVersionOfItsObject) {
  const std::uint64_t before = store.revision();
  const api::ObjectPtr a = create_config_map("a");
  const api::ObjectPtr b = create_config_map("b");
  EXPECT_EQ(a->metadata.resource_version, before + 1);
  EXPECT_EQ(b->metadata.resource_version, before + 2);
  EXPECT_EQ(store.revision(), before + 2);
}

TEST_F(StoreTest, CreateAnswers201AndSetsWhatOnlyTheServerSets) {
  // Goal: uid, creation time and version come from the server, whatever the client says.
  const api::ObjectPtr asked = parse(
      R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":"demo",
          "uid":"mine","creationTimestamp":"2020-01-01T00:00:00Z",
          "deletionTimestamp":"2020-01-01T00:00:00Z","generation":7}})");
  const api::Response response = must(Request::create(asked));
  EXPECT_EQ(response.code, 201);
  const api::ObjectMeta& meta = response.object->metadata;
  EXPECT_NE(meta.uid, "mine");
  EXPECT_EQ(meta.uid.size(), 36u);
  EXPECT_EQ(meta.creation_timestamp, api::ClusterTime::at(now));
  EXPECT_FALSE(meta.deletion_timestamp.has_value());
  EXPECT_EQ(meta.generation, 0) << "config maps count no generation";
}

TEST_F(StoreTest, AWriteThatChangesNothingDoesNotWrite) {
  const api::ObjectPtr a = create_config_map("a");
  ApplyResult again = apply(Request::update(a));
  ASSERT_TRUE(again.result.ok());
  EXPECT_EQ(again.result->code, 200);
  EXPECT_EQ(again.result->object->metadata.resource_version, a->metadata.resource_version);
  EXPECT_TRUE(again.deltas.empty());
  EXPECT_EQ(store.revision(), a->metadata.resource_version);
}

TEST_F(StoreTest, AWriteThatRestoresEqualContentInNewObjectsDoesNotWriteEither) {
  const api::ObjectPtr a = create_config_map("a");
  const api::ObjectPtr copy = parse(api::to_json(*a));
  EXPECT_TRUE(apply(Request::update(copy)).deltas.empty());
}

TEST_F(StoreTest, AStaleVersionIsAConflictWithTheRealMessage) {
  create_config_map("a");
  const auto stale = edited<api::ConfigMap>(map_ref("a"), [](api::ConfigMap& map) {
    map.metadata.resource_version = 1;
    map.data.edit()["k"] = "w";
  });
  const api::ApiError error = refused(Request::update(stale));
  EXPECT_EQ(error.reason, api::Reason::kConflict);
  EXPECT_EQ(error.code, 409);
  EXPECT_EQ(error.message,
            "Operation cannot be fulfilled on configmaps \"a\": the object has been modified; "
            "please apply your changes to the latest version and try again");
  EXPECT_EQ(error.plural, "configmaps");
}

TEST_F(StoreTest, AnUpdateWithoutVersionIsTakenForBuiltInsAndRefusedForCustomResources) {
  create_config_map("a");
  const auto map = edited<api::ConfigMap>(map_ref("a"), [](api::ConfigMap& next) {
    next.metadata.resource_version = 0;
    next.data.edit()["k"] = "w";
  });
  const api::Response updated = must(Request::update(map));
  EXPECT_EQ(updated.object->metadata.resource_version, store.revision());

  create(R"({"apiVersion":"apps.k8s.appscode.com/v1","kind":"PetSet",
             "metadata":{"name":"s","namespace":"demo"},"spec":{"replicas":1,
             "selector":{"matchLabels":{"a":"b"}},"serviceName":"s",
             "template":{"metadata":{"labels":{"a":"b"}},
             "spec":{"containers":[{"name":"c","image":"i"}]}}}})");
  const auto set =
      edited<api::PetSet>(api::ObjectRef(api::Kind::kPetSet, "demo", "s"),
                          [](api::PetSet& next) { next.metadata.resource_version = 0; });
  const api::ApiError error = refused(Request::update(set));
  EXPECT_EQ(error.code, 422);
  EXPECT_THAT(error.message,
              HasSubstr("metadata.resourceVersion: Invalid value: 0: must be specified for an "
                        "update"));
}

TEST_F(StoreTest, AnUpdateThatNamesAnotherUidIsAConflict) {
  create_config_map("a");
  const auto other = edited<api::ConfigMap>(
      map_ref("a"), [](api::ConfigMap& map) { map.metadata.uid = "another"; });
  const api::ApiError error = refused(Request::update(other));
  EXPECT_EQ(error.reason, api::Reason::kConflict);
  EXPECT_THAT(error.message, HasSubstr("Precondition failed: UID in precondition: another"));
}

TEST_F(StoreTest, AnUpdateOrPatchOfWhatIsNotThereIsNotFound) {
  const api::ObjectPtr a = create_config_map("a");
  must(Request::remove(map_ref("a")));
  EXPECT_EQ(refused(Request::update(a)).code, 404);
  const api::Value body = api::Value::object({{"data", api::Value::object({{"k", "w"}})}});
  const api::ApiError error = refused(Request::patch(map_ref("a"), api::PatchType::kMerge, body));
  EXPECT_EQ(error.message, "configmaps \"a\" not found");
}

TEST_F(StoreTest, ServerFieldsCannotBeChangedByUpdate) {
  const api::ObjectPtr a = create_config_map("a");
  const auto forged = edited<api::ConfigMap>(map_ref("a"), [](api::ConfigMap& map) {
    map.metadata.creation_timestamp = api::Timestamp{1};
    map.metadata.deletion_timestamp = api::Timestamp{1};
    map.metadata.deletion_grace_period_seconds = 0;
    map.metadata.generation = 9;
    map.data.edit()["k"] = "w";
  });
  const api::ObjectMeta meta = must(Request::update(forged)).object->metadata;
  EXPECT_EQ(meta.creation_timestamp, a->metadata.creation_timestamp);
  EXPECT_FALSE(meta.deletion_timestamp.has_value());
  EXPECT_EQ(meta.generation, 0);
}

TEST_F(StoreTest, ASecondCreateIsRefusedAndSaysHow) {
  create_config_map("a");
  const api::ObjectPtr again =
      parse(R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":"demo"}})");
  const api::ApiError error = refused(Request::create(again));
  EXPECT_EQ(error.reason, api::Reason::kAlreadyExists);
  EXPECT_EQ(error.message, "configmaps \"a\" already exists");
  EXPECT_EQ(error.retry_after_seconds, 0);
}

TEST_F(StoreTest, AClashOfAnObjectThatAlsoHasGenerateNameReadsDifferently) {
  // 4.3: pods of a PetSet carry generateName; a terminating namesake is named as such.
  create_pod("x-0");
  const api::ObjectPtr again = parse(
      R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"x-0","generateName":"x-",
          "namespace":"demo"},"spec":{"containers":[{"name":"c","image":"i"}]}})");
  api::ApiError error = refused(Request::create(again));
  EXPECT_EQ(error.message,
            "pods \"x-0\" already exists, the server was not able to generate a unique name for "
            "the object");
  EXPECT_EQ(error.reason, api::Reason::kAlreadyExists);
  EXPECT_EQ(error.retry_after_seconds, 1);

  must(Request::remove(pod_ref("x-0")));
  error = refused(Request::create(again));
  EXPECT_THAT(error.message, testing::StartsWith("object is being deleted: pods \"x-0\""));
}

TEST_F(StoreTest, GenerateNameYieldsBaseAndFiveCharactersOfTheAlphabet) {
  const std::string base(80, 'a');
  const api::ObjectPtr made =
      create(R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"namespace":"demo",
                "generateName":")" +
             base + R"("}})");
  const std::string& name = made->metadata.name;
  ASSERT_EQ(name.size(), 63u);
  EXPECT_EQ(name.substr(0, 58), base.substr(0, 58));
  EXPECT_EQ(name.substr(58).find_first_not_of("bcdfghjklmnpqrstvwxz2456789"), std::string::npos);
}

TEST_F(StoreTest, ANameIsGeneratedInUpToEightTries) {
  const auto unnamed = [] {
    return parse(R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"generateName":"g-",)"
                 R"("namespace":"demo"}})");
  };
  // The same seed makes up the same names: they are taken before they are made.
  IdSource ids(StoreOptions{}.seed);
  for (int i = 0; i < 7; ++i) create_config_map("g-" + ids.next_suffix());
  const std::string eighth = "g-" + ids.next_suffix();
  EXPECT_EQ(must(Request::create(unnamed())).object->metadata.name, eighth);
  for (int i = 0; i < 8; ++i) create_config_map("g-" + ids.next_suffix());
  const api::ApiError error = refused(Request::create(unnamed()));
  EXPECT_EQ(error.reason, api::Reason::kAlreadyExists);
  EXPECT_EQ(error.retry_after_seconds, 1);
  EXPECT_THAT(error.message, HasSubstr("the server was not able to generate a unique name"));
}

TEST_F(StoreTest, CreateWithAVersionIsAnErrorOfTheStore) {
  const api::ObjectPtr asked = parse(
      R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":"demo",
          "resourceVersion":"5"}})");
  const api::ApiError error = refused(Request::create(asked));
  EXPECT_EQ(error.code, 500);
  EXPECT_EQ(error.message, "resourceVersion should not be set on objects to be created");
}

TEST_F(StoreTest, ABadNameIsInvalidAndNamesTheKind) {
  const api::ObjectPtr asked = parse(
      R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"A_b","namespace":"demo"}})");
  const api::ApiError error = refused(Request::create(asked));
  EXPECT_EQ(error.code, 422);
  EXPECT_EQ(error.plural, "ConfigMap");
  EXPECT_THAT(error.message,
              testing::StartsWith("ConfigMap \"A_b\" is invalid: metadata.name: Invalid value: "
                                  "\"A_b\": a lowercase RFC 1123 subdomain must consist of"));
  ASSERT_EQ(error.causes.size(), 1u);
  EXPECT_EQ(error.causes[0].field, "metadata.name");
}

TEST_F(StoreTest, ALabelValueOver63CharactersIsInvalid) {
  // 4.1: this is what long PetSet names run into with controller-revision-hash.
  const api::ObjectPtr asked = parse(
      R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":"demo",
          "labels":{"x":")" +
      std::string(64, 'a') + R"("}}})");
  EXPECT_EQ(refused(Request::create(asked)).code, 422);
}

TEST_F(StoreTest, TwoControllersAreInvalid) {
  const api::ObjectPtr asked = parse(
      R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":"demo",
          "ownerReferences":[
            {"apiVersion":"v1","kind":"Pod","name":"p","uid":"1","controller":true},
            {"apiVersion":"v1","kind":"Pod","name":"q","uid":"2","controller":true}]}})");
  EXPECT_THAT(refused(Request::create(asked)).message,
              HasSubstr("Only one reference can have Controller set to true"));
}

TEST_F(StoreTest, ObjectsNeedTheirNamespaceAndATerminatingOneTakesNoNewOnes) {
  const api::ObjectPtr nowhere =
      parse(R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":"none"}})");
  api::ApiError error = refused(Request::create(nowhere));
  EXPECT_EQ(error.message, "namespaces \"none\" not found");

  create_config_map("old");
  must(Request::remove(api::ObjectRef(api::Kind::kNamespace, "", "demo")));
  const api::ObjectPtr late = parse(
      R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"late","namespace":"demo"}})");
  error = refused(Request::create(late));
  EXPECT_EQ(error.message,
            "configmaps \"late\" is forbidden: unable to create new content in namespace demo "
            "because it is being terminated");
  ASSERT_EQ(error.causes.size(), 1u);
  EXPECT_EQ(error.causes[0].type, "NamespaceTerminating");
  // What is there can still be changed.
  must(Request::update(edited<api::ConfigMap>(
      map_ref("old"), [](api::ConfigMap& map) { map.data.edit()["k"] = "w"; })));
}

// --- Generation and status ---------------------------------------------------------------------

class PetSetStoreTest : public StoreTest {
 protected:
  PetSetStoreTest() {
    create(R"({"apiVersion":"apps.k8s.appscode.com/v1","kind":"PetSet",
               "metadata":{"name":"s","namespace":"demo"},"spec":{"replicas":2,
               "selector":{"matchLabels":{"a":"b"}},"serviceName":"s",
               "template":{"metadata":{"labels":{"a":"b"}},
               "spec":{"containers":[{"name":"c","image":"i"}]}}},
               "status":{"replicas":5}})");
  }
  api::ObjectRef ref{api::Kind::kPetSet, "demo", "s"};
  std::shared_ptr<const api::PetSet> set() const { return api::as<api::PetSet>(get(ref)); }
};

TEST_F(PetSetStoreTest, CreateDropsTheStatusAndStartsAtGeneration1) {
  EXPECT_EQ(set()->status->replicas, 0);
  EXPECT_EQ(set()->metadata.generation, 1);
  EXPECT_EQ(api::to_json(*set()).find("status"), std::string::npos) << "not even an empty one";
}

TEST_F(PetSetStoreTest, AChangeOfTheSpecCountsAndMetadataAndStatusDoNot) {
  must(Request::update(
      edited<api::PetSet>(ref, [](api::PetSet& next) { next.spec.edit().replicas = 3; })));
  EXPECT_EQ(set()->metadata.generation, 2);
  must(Request::update(
      edited<api::PetSet>(ref, [](api::PetSet& next) { next.metadata.labels.edit()["x"] = "y"; })));
  EXPECT_EQ(set()->metadata.generation, 2);
  must(Request::update_status(
      edited<api::PetSet>(ref, [](api::PetSet& next) { next.status.edit().replicas = 3; })));
  EXPECT_EQ(set()->metadata.generation, 2);
}

TEST_F(PetSetStoreTest, TheMainEndpointIgnoresTheStatusAndTheStatusEndpointAllElse) {
  must(Request::update(edited<api::PetSet>(ref, [](api::PetSet& next) {
    next.spec.edit().replicas = 3;
    next.status.edit().replicas = 9;
  })));
  EXPECT_EQ(set()->status->replicas, 0);
  must(Request::update_status(edited<api::PetSet>(ref, [](api::PetSet& next) {
    next.spec.edit().replicas = 7;
    next.metadata.labels.edit()["x"] = "y";
    next.status.edit().replicas = 3;
  })));
  EXPECT_EQ(set()->spec->replicas, 3);
  EXPECT_EQ(set()->status->replicas, 3);
  EXPECT_TRUE(set()->metadata.labels->empty()) << "of a custom resource only the status is taken";
}

TEST_F(PetSetStoreTest, ScaleReadsAndWritesReplicasAndCountsAsASpecChange) {
  EXPECT_EQ(must(Request::get_scale(ref)).scale_replicas, 2);
  must(Request::set_scale(ref, 4));
  EXPECT_EQ(set()->spec->replicas, 4);
  EXPECT_EQ(set()->metadata.generation, 2);
  const std::uint64_t revision = store.revision();
  must(Request::set_scale(ref, 4));
  EXPECT_EQ(store.revision(), revision) << "unchanged: not written";
  EXPECT_EQ(refused(Request::set_scale(ref, -1)).code, 422);
}

TEST_F(StoreTest, KindsWithoutScaleAnswerNotFoundAsTheServerDoes) {
  create(R"({"apiVersion":"kubedb.com/v1alpha2","kind":"Singlestore",
             "metadata":{"name":"sdb","namespace":"demo"},"spec":{"version":"8.7.10",
             "licenseSecret":{"name":"lic"}}})");
  const api::ApiError error =
      refused(Request::get_scale(api::ObjectRef(api::Kind::kSinglestore, "demo", "sdb")));
  EXPECT_EQ(error.message, "singlestores.kubedb.com \"sdb\" not found");
}

// --- Patches ------------------------------------------------------------------------------------

TEST_F(StoreTest, AMergePatchChangesWhatItNamesAndNeedsNoVersion) {
  const api::ObjectPtr a = create_config_map("a");
  const api::Value body =
      api::Value::object({{"data", api::Value::object({{"k", nullptr}, {"l", "1"}})}});
  const api::Response response = must(Request::patch(map_ref("a"), api::PatchType::kMerge, body));
  EXPECT_EQ(response.code, 200);
  EXPECT_THAT(*api::as<api::ConfigMap>(response.object)->data,
              ElementsAre(testing::Pair("l", "1")));
  EXPECT_EQ(response.object->metadata.uid, a->metadata.uid);
}

TEST_F(StoreTest, APatchThatNamesAnOldVersionIsAConflict) {
  create_config_map("a");
  const api::Value body =
      api::Value::object({{"metadata", api::Value::object({{"resourceVersion", "1"}})},
                          {"data", api::Value::object({{"z", "1"}})}});
  EXPECT_EQ(refused(Request::patch(map_ref("a"), api::PatchType::kMerge, body)).message,
            "Operation cannot be fulfilled on configmaps \"a\": the object has been modified; "
            "please apply your changes to the latest version and try again");
}

TEST_F(StoreTest, APatchThatNamesAnotherUidIsAConflict) {
  // 4.5: controllers adopt and release with such patches.
  create_config_map("a");
  const api::Value body =
      api::Value::object({{"metadata", api::Value::object({{"uid", "other"}})}});
  EXPECT_EQ(refused(Request::patch(map_ref("a"), api::PatchType::kMerge, body)).code, 409);
}

TEST_F(StoreTest, AFailedTestOfAJsonPatchIs422) {
  create_config_map("a");
  const api::Result<api::Value> body =
      api::Value::parse(R"([{"op":"test","path":"/data/k","value":"9"}])");
  ASSERT_TRUE(body.ok());
  EXPECT_EQ(refused(Request::patch(map_ref("a"), api::PatchType::kJson, *body)).code, 422);
}

TEST_F(PetSetStoreTest, StrategicMergeOfACustomResourceIs415) {
  const api::Value body = api::Value::object({{"spec", api::Value::object({{"replicas", 1}})}});
  EXPECT_EQ(refused(Request::patch(ref, api::PatchType::kStrategicMerge, body)).code, 415);
}

TEST_F(StoreTest, ApplyCreatesWhatIsNotThere) {
  const api::ObjectPtr asked = parse(
      R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"s","namespace":"demo"},
          "data":{"a":"1"}})");
  EXPECT_EQ(must(Request::apply(asked, "m1", false)).code, 201);
  EXPECT_EQ(must(Request::apply(asked, "m1", false)).code, 200);
}

// --- Dry runs, single kinds ---------------------------------------------------------------------

TEST_F(StoreTest, ADryRunAnswersAndWritesNothing) {
  Request request = Request::create(parse(
      R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"dry","namespace":"demo"}})"));
  request.dry_run = true;
  const std::uint64_t revision = store.revision();
  const api::Response response = must(request);
  EXPECT_EQ(response.code, 201);
  EXPECT_EQ(response.object->metadata.resource_version, 0u);
  EXPECT_EQ(store.revision(), revision);
  EXPECT_EQ(get(map_ref("dry")), nullptr);

  create_config_map("a");
  Request removal = Request::remove(map_ref("a"));
  removal.dry_run = true;
  must(removal);
  EXPECT_NE(get(map_ref("a")), nullptr);
}

TEST_F(StoreTest, UnknownFieldsAreRemovedWithAWarningOrRefusedWhenStrict) {
  Request request = Request::create(parse(
      R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"q","namespace":"demo"},
          "dta":{}})"));
  EXPECT_THAT(must(request).warnings, ElementsAre("unknown field \"dta\""));
  EXPECT_EQ(api::to_json(*get(map_ref("q"))).find("dta"), std::string::npos);

  request = Request::create(parse(
      R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"r","namespace":"demo"},
          "dta":{}})"));
  request.strict_fields = true;
  EXPECT_EQ(refused(request).message,
            "ConfigMap in version \"v1\" cannot be handled as a ConfigMap: strict decoding error: "
            "unknown field \"dta\"");
}

TEST_F(StoreTest, SecretsStoreStringDataAsData) {
  const api::ObjectPtr secret =
      create(R"({"apiVersion":"v1","kind":"Secret","metadata":{"name":"a","namespace":"demo"},
                 "stringData":{"password":"x"}})");
  const auto stored = api::as<api::Secret>(secret);
  EXPECT_TRUE(stored->string_data->empty());
  EXPECT_EQ(stored->data->at("password").raw, "x");
}

TEST_F(StoreTest, GenerationsOfBuiltInsCountSpecsAndThoseOfKindsWithoutStatusAllButMetadata) {
  create(R"({"apiVersion":"policy/v1","kind":"PodDisruptionBudget","metadata":{"name":"b",
      "namespace":"demo"},"spec":{"maxUnavailable":1}})");
  create(R"({"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition",
      "metadata":{"name":"widgets.example.com"},"spec":{"group":"example.com","scope":"Namespaced",
      "names":{"kind":"Widget","plural":"widgets"},"versions":[{"name":"v1"}]}})");
  create(R"({"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"w",
      "namespace":"demo"},"spec":1})");
  const api::ObjectRef budget(api::Kind::kPodDisruptionBudget, "demo", "b");
  const api::ObjectRef widget("example.com/v1/Widget", api::ObjectKey("demo", "w"));
  const auto generation_after = [&](const api::ObjectRef& ref, std::string_view patch) {
    must(Request::patch(ref, api::PatchType::kMerge, *api::Value::parse(patch)));
    return get(ref)->metadata.generation;
  };
  EXPECT_EQ(generation_after(budget, R"({"metadata":{"labels":{"a":"b"}}})"), 1);
  EXPECT_EQ(generation_after(budget, R"({"spec":{"maxUnavailable":2}})"), 2);
  EXPECT_EQ(generation_after(budget, R"({"status":{"currentHealthy":2}})"), 2);
  EXPECT_EQ(generation_after(widget, R"({"metadata":{"labels":{"a":"b"}}})"), 1);
  EXPECT_EQ(generation_after(widget, R"({"spec":2})"), 2);
  EXPECT_EQ(generation_after(widget, R"({"status":{"x":1}})"), 3);
}

TEST_F(StoreTest, TheDataOfAControllerRevisionNeverChanges) {
  create(R"({"apiVersion":"apps/v1","kind":"ControllerRevision","metadata":{"name":"r",
      "namespace":"demo"},"data":{"spec":1},"revision":1})");
  const api::ObjectRef ref(api::Kind::kControllerRevision, "demo", "r");
  must(Request::patch(ref, api::PatchType::kMerge, *api::Value::parse(R"({"revision":2})")));
  const api::ApiError error = refused(
      Request::patch(ref, api::PatchType::kMerge, *api::Value::parse(R"({"data":{"spec":2}})")));
  EXPECT_EQ(error.code, 422);
  EXPECT_EQ(error.message,
            "ControllerRevision.apps \"r\" is invalid: data: Invalid value: {\"spec\":2}: field is "
            "immutable");
}

TEST_F(StoreTest, ALeaseThatIsNotThereIsCreatedByAnUpdate) {
  const api::ObjectPtr lease = parse(R"({"apiVersion":"coordination.k8s.io/v1","kind":"Lease",
                "metadata":{"name":"l","namespace":"demo"},"spec":{"holderIdentity":"a"}})");
  EXPECT_EQ(must(Request::update(lease)).code, 201);
}

TEST_F(StoreTest, SameRequestsYieldTheSameObjectsAndAnotherSeedOtherUids) {
  // Method: the same create in two stores of one seed, and in one of another.
  const auto first_uid = [](std::uint64_t seed) {
    StoreOptions options;
    options.seed = seed;
    Store fresh(options);
    const api::ObjectPtr asked =
        parse(R"({"apiVersion":"v1","kind":"Namespace","metadata":{"name":"n"}})");
    const RequestContext context{"tester", sim::Time{}};
    return fresh.apply(Request::create(asked), context).result->object->metadata.uid;
  };
  EXPECT_EQ(first_uid(1), first_uid(1));
  EXPECT_NE(first_uid(1), first_uid(2));
}

TEST_F(StoreTest, ADeltaShowsTheStateBeforeAndAfter) {
  const api::ObjectPtr a = create_config_map("a");
  const ApplyResult applied = apply(Request::update(edited<api::ConfigMap>(
      map_ref("a"), [](api::ConfigMap& map) { map.data.edit()["k"] = "w"; })));
  ASSERT_EQ(applied.deltas.size(), 1u);
  EXPECT_EQ(applied.deltas[0].type, DeltaType::kModified);
  EXPECT_EQ(applied.deltas[0].before, a);
  EXPECT_EQ(applied.deltas[0].object, get(map_ref("a")));
  EXPECT_EQ(applied.deltas[0].revision, store.revision());
}

}  // namespace
}  // namespace sdbtwin::store
