#include "model/api/patch.h"

#include <gtest/gtest.h>

#include <string>

#include "model/api/codec.h"
#include "model/api/merge.h"
#include "model/api/petset.h"
#include "model/api/pod.h"
#include "model/api/singlestore.h"
#include "model/api/test_json.h"
#include "model/api/unstructured.h"

namespace sdbtwin::api {
namespace {

ObjectPtr pod_with(const std::string& members) {
  return decode(R"({"apiVersion":"v1","kind":"Pod",)" + members + "}");
}

// One member of the patched pod, as JSON.
std::string patched(const ObjectPtr& object, const char* patch,
                    std::initializer_list<std::string_view> path) {
  Result<ObjectPtr> result = apply_strategic_merge_patch(*object, parse(patch));
  EXPECT_TRUE(result.ok()) << patch;
  if (!result.ok()) return result.error().message;
  const Value value = to_value(**result);
  const Value* member = value.find_path(path);
  return member == nullptr ? "absent" : member->dump();
}

ObjectPtr pod_with_conditions() {
  return pod_with(R"("metadata":{"name":"p"},"spec":{"containers":[{"name":"a"}]},"status":
      {"phase":"Pending","conditions":[{"type":"Initialized","status":"True"},
                                       {"type":"Ready","status":"False","reason":"R"}]})");
}

// Goal: lists with a merge key are merged element by element; the order is the server's.
TEST(StrategicMerge, MergesListElementsByTheirKey) {
  EXPECT_EQ(patched(pod_with_conditions(),
                    R"({"status":{"conditions":[{"type":"Ready","status":"True","reason":null}]}})",
                    {"status", "conditions"}),
            R"([{"lastProbeTime":null,"lastTransitionTime":null,"status":"True",)"
            R"("type":"Initialized"},)"
            R"({"lastProbeTime":null,"lastTransitionTime":null,"status":"True","type":"Ready"}])");
}

struct ListCase {
  const char* what;
  const char* patch;
  const char* names;
};

// Goal: order, directives and deletion in keyed lists are strategicpatch's. Method: three
// containers a, b, c and the names that result.
TEST(StrategicMerge, OrdersAndDeletesListElements) {
  const ObjectPtr pod =
      pod_with(R"("spec":{"containers":[{"name":"a"},{"name":"b"},{"name":"c"}]})");
  const ListCase cases[] = {
      {"a new element comes before those that the patch does not name", R"([{"name":"new"}])",
       "new a b c"},
      {"known neighbours stay neighbours", R"([{"name":"b","image":"x"}])", "a b c"},
      {"the patch orders what it names, after its known neighbour",
       R"([{"name":"c"},{"name":"a"}])", "b c a"},
      {"$patch delete", R"([{"name":"b","$patch":"delete"}])", "a c"},
      {"$patch delete and add", R"([{"name":"a","$patch":"delete"},{"name":"z"}])", "z b c"},
      {"$patch replace", R"([{"name":"z"},{"$patch":"replace"}])", "z"},
      {"$patch replace with nothing", R"([{"$patch":"replace"}])", ""},
  };
  for (const ListCase& one : cases) {
    const Value patch =
        Value::object({{"spec", Value::object({{"containers", parse(one.patch)}})}});
    Result<ObjectPtr> result = apply_strategic_merge_patch(*pod, patch);
    ASSERT_TRUE(result.ok()) << one.what << ": " << result.error().message;
    std::string names;
    for (const Container& container : as<Pod>(*result)->spec->containers) {
      names += (names.empty() ? "" : " ") + container.name;
    }
    EXPECT_EQ(names, one.names) << one.what;
  }
}

TEST(StrategicMerge, SetElementOrderOrdersTheResult) {
  const ObjectPtr pod =
      pod_with(R"("spec":{"containers":[{"name":"a"},{"name":"b"},{"name":"c"}]})");
  EXPECT_EQ(patched(pod,
                    R"({"spec":{"$setElementOrder/containers":[{"name":"c"},{"name":"b"},
                        {"name":"new"},{"name":"a"}],"containers":[{"name":"new"}]}})",
                    {"spec", "containers"}),
            R"([{"name":"c","resources":{}},{"name":"b","resources":{}},)"
            R"({"name":"new","resources":{}},{"name":"a","resources":{}}])");
}

// Goal: the patches by which controllers adopt and release work (kubernetes.md 1.4, 2 CR).
TEST(StrategicMerge, AdoptsAndReleases) {
  const ObjectPtr pod = pod_with(R"("metadata":{"name":"p","uid":"me","ownerReferences":[
      {"apiVersion":"v1","kind":"X","name":"a","uid":"1","controller":true},
      {"apiVersion":"v1","kind":"X","name":"b","uid":"2"}],"finalizers":["x","y"]})");
  const char* release =
      R"({"metadata":{"uid":"me","ownerReferences":[{"$patch":"delete","uid":"1"}],
          "$deleteFromPrimitiveList/finalizers":["x"]}})";
  EXPECT_EQ(patched(pod, release, {"metadata", "ownerReferences"}),
            R"([{"apiVersion":"v1","kind":"X","name":"b","uid":"2"}])");
  EXPECT_EQ(patched(pod, release, {"metadata", "finalizers"}), R"(["y"])");
  EXPECT_EQ(patched(pod, R"({"metadata":{"finalizers":["z","x"]}})", {"metadata", "finalizers"}),
            R"(["z","x","y"])");
}

// Goal: maps merge, null removes, and directives act on maps.
TEST(StrategicMerge, MergesMaps) {
  const ObjectPtr pod = pod_with(
      R"("metadata":{"labels":{"a":"1","b":"2"}},"spec":{"nodeSelector":{"x":"1"},
         "volumes":[{"name":"v","emptyDir":{}}],"hostname":"h","overhead":{"k":[1],"m":2}})");
  EXPECT_EQ(patched(pod, R"({"metadata":{"labels":{"a":null,"c":"3"}}})", {"metadata", "labels"}),
            R"({"b":"2","c":"3"})");
  EXPECT_EQ(patched(pod, R"({"metadata":{"labels":{"$patch":"replace","c":"3"}}})",
                    {"metadata", "labels"}),
            R"({"c":"3"})");
  EXPECT_EQ(patched(pod, R"({"metadata":{"labels":{"$patch":"delete"}}})", {"metadata", "labels"}),
            "absent");
  EXPECT_EQ(patched(pod, R"({"metadata":{"labels":null}})", {"metadata", "labels"}), "absent");
  EXPECT_EQ(patched(pod, R"({"spec":{"hostname":null}})", {"spec", "hostname"}), "absent");
  // Unmodelled parts: maps merge, lists are replaced.
  EXPECT_EQ(patched(pod, R"({"spec":{"overhead":{"k":[2],"n":3}}})", {"spec", "overhead"}),
            R"({"k":[2],"m":2,"n":3})");
  EXPECT_EQ(
      patched(pod, R"({"spec":{"dnsConfig":{"searches":["a"],"x":null}}})", {"spec", "dnsConfig"}),
      R"({"searches":["a"]})");
  // A volume changes its source ($retainKeys drops the old one).
  EXPECT_EQ(patched(pod,
                    R"({"spec":{"volumes":[{"$retainKeys":["name","secret"],"name":"v",
                        "secret":{"secretName":"s"}}]}})",
                    {"spec", "volumes"}),
            R"([{"name":"v","secret":{"secretName":"s"}}])");
}

TEST(StrategicMerge, ReplacesASpecByDirective) {
  const ObjectPtr pod = pod_with(R"("metadata":{"name":"p"},"spec":{"hostname":"h",
      "containers":[{"name":"a"}],"dnsConfig":{}})");
  EXPECT_EQ(patched(pod, R"({"spec":{"$patch":"replace","containers":[{"name":"z"}]}})", {"spec"}),
            R"({"containers":[{"name":"z","resources":{}}]})");
  EXPECT_EQ(patched(pod, R"({"spec":{"$patch":"replace","containers":[{"name":"z"}]}})",
                    {"metadata", "name"}),
            R"("p")");
}

TEST(StrategicMerge, RefusesBadPatches) {
  const ObjectPtr pod = pod_with(R"("spec":{"containers":[{"name":"a"}]})");
  for (const char* patch :
       {R"([])", R"({"spec":{"containers":[{"image":"x"}]}})",
        R"({"spec":{"containers":[{"$patch":"delete"}]}})", R"({"spec":{"$patch":"frob"}})",
        R"({"spec":{"containers":[{"name":"a","$patch":"merge"}]}})"}) {
    Result<ObjectPtr> result = apply_strategic_merge_patch(*pod, parse(patch));
    ASSERT_FALSE(result.ok()) << patch;
    EXPECT_EQ(result.error().reason, Reason::kBadRequest) << patch;
  }
  Result<ObjectPtr> wrong =
      apply_strategic_merge_patch(*pod, parse(R"({"spec":{"priority":"high"}})"));
  ASSERT_FALSE(wrong.ok());
  EXPECT_EQ(wrong.error().reason, Reason::kInvalid);
  EXPECT_EQ(wrong.error().causes.front().field, "spec.priority");
}

// Goal: merging into the typed object is the same as merging its JSON. Method: patches of many
// shapes, both ways; the JSON way walks the same tables but no struct.
TEST(StrategicMerge, TypedAndPlainMergesAgree) {
  const ObjectPtr pod = pod_with(R"("metadata":{"name":"p","labels":{"a":"1"}},
      "spec":{"hostname":"h","containers":[{"name":"a",
        "env":[{"name":"x","value":"1"},{"name":"y"}],"ports":[{"containerPort":1}]},
        {"name":"b"},{"name":"c","image":"i"}]},
      "status":{"conditions":[{"type":"A","status":"True"},{"type":"B","status":"False"}]})");
  const char* patches[] = {
      R"({})",
      R"({"spec":{"containers":[{"name":"b","image":"new"}]}})",
      R"({"spec":{"containers":[{"name":"a","env":[{"name":"x","value":"2"}]}]}})",
      R"({"spec":{"containers":[{"name":"a","env":[{"name":"z"}],"image":"n"},
          {"name":"c","image":null}]}})",
      R"({"spec":{"containers":[{"name":"c"},{"name":"a"}]}})",
      R"({"spec":{"containers":[{"name":"a","ports":[{"containerPort":1,"name":"p"}]}]}})",
      R"({"spec":{"containers":[{"name":"a","env":[{"name":"y","$patch":"delete"}]}]}})",
      R"({"spec":{"containers":[{"name":"b","unknown":{"deep":[1]}}]}})",
      R"({"status":{"conditions":[{"type":"A","status":"False"},{"type":"B","status":"True"}]}})",
      R"({"status":{"conditions":[{"type":"C","status":"True"}],"phase":"Running"}})",
      R"({"status":{"conditions":[]}})",
      R"({"spec":{"hostname":null,"volumes":[{"name":"v","emptyDir":{}}]}})",
  };
  for (const char* text : patches) {
    Result<ObjectPtr> typed = apply_strategic_merge_patch(*pod, parse(text));
    ASSERT_TRUE(typed.ok()) << text;
    Result<Value> plain = strategic_merge(to_value(*pod), parse(text), &Pod::type_info());
    ASSERT_TRUE(plain.ok()) << text;
    Result<ObjectPtr> expected = from_value(*plain);
    ASSERT_TRUE(expected.ok()) << text;
    EXPECT_EQ(to_value(**typed).dump(), to_value(**expected).dump()) << text;
  }
}

ObjectPtr singlestore() {
  return decode(R"({"apiVersion":"kubedb.com/v1alpha2","kind":"Singlestore",
      "metadata":{"name":"db","labels":{"a":"1"}},
      "spec":{"version":"8.7.21","monitor":{"agent":"x"},"topology":{"leaf":{"replicas":2,
      "podTemplate":{"spec":{"containers":[{"name":"singlestore"},{"name":"extra"}]}}}}}})");
}

// Goal: lists in custom resources are replaced whole, and strategic merge is refused.
TEST(Patches, OfCustomResourcesAreMergePatches) {
  Result<ObjectPtr> result = apply_strategic_merge_patch(*singlestore(), parse("{}"));
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, 415);

  result = apply_merge_patch(*singlestore(), parse(R"({"spec":{"version":"8.9.3","monitor":null,
      "topology":{"leaf":{"podTemplate":{"spec":{"containers":[{"name":"one"}]}}}}},
      "status":{"phase":"Ready"}})"));
  ASSERT_TRUE(result.ok()) << result.error().message;
  EXPECT_EQ(to_value(**result).dump(),
            R"({"apiVersion":"kubedb.com/v1alpha2","kind":"Singlestore","metadata":{)"
            R"("labels":{"a":"1"},"name":"db"},"spec":{"topology":{"leaf":{"podTemplate":{"spec":)"
            R"({"containers":[{"name":"one"}]}},"replicas":2}},"version":"8.9.3"},)"
            R"("status":{"phase":"Ready"}})");
}

// Goal: applying a merge patch to the typed object is the same as to its JSON. Method: patches of
// many shapes, both ways.
TEST(Patches, TypedAndPlainMergesAgree) {
  const char* patches[] = {
      R"({})",
      R"({"metadata":{"labels":{"b":"2","a":null}}})",
      R"({"metadata":{"finalizers":["x"]}})",
      R"({"spec":{"halted":false}})",
      R"({"spec":{"halted":true,"version":null}})",
      R"({"spec":{"healthChecker":{}}})",
      R"({"spec":{"healthChecker":{"periodSeconds":3}}})",
      R"({"spec":{"topology":null}})",
      R"({"spec":{"topology":{"aggregator":{}}}})",
      R"({"spec":{"topology":{"leaf":{"replicas":null,"suffix":""}}}})",
      R"({"spec":{"monitor":{"prometheus":{"port":1}}}})",
      R"({"spec":{"unknown":{"deep":[1]}}})",
      R"({"spec":{"deletionPolicy":"Sometimes"}})",
      R"({"status":{"conditions":[]}})",
      R"({"status":null,"spec":{"serviceTemplates":[{"alias":"primary"}]}})",
  };
  for (const char* text : patches) {
    const ObjectPtr before = singlestore();
    Result<ObjectPtr> typed = apply_merge_patch(*before, parse(text));
    ASSERT_TRUE(typed.ok()) << text << typed.error().message;
    EXPECT_EQ(to_value(**typed).dump(), merge_patch(to_value(*before), parse(text)).dump()) << text;
    EXPECT_EQ(to_value(*before).dump(), to_value(*singlestore()).dump());
  }
}

// Goal: what a patch does not change stays shared, so that a no-op is found by pointers.
TEST(Patches, KeepSharingWhatTheyDoNotChange) {
  const auto before = as<Pod>(pod_with_conditions());
  Result<ObjectPtr> result =
      apply_strategic_merge_patch(*before, parse(R"({"status":{"phase":"Running"}})"));
  ASSERT_TRUE(result.ok());
  const auto after = as<Pod>(*result);
  EXPECT_TRUE(after->spec.same(before->spec));
  EXPECT_TRUE(after->status->conditions.same(before->status->conditions));
  EXPECT_EQ(after->status->phase, PodPhase::kRunning);

  result = apply_strategic_merge_patch(
      *before, parse(R"({"status":{"conditions":[{"type":"Ready","status":"False"}]}})"));
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(as<Pod>(*result)->status.same(before->status));
  EXPECT_TRUE(equal(**result, *before));
}

TEST(Patches, JsonPatchWorksOnObjects) {
  Result<ObjectPtr> result =
      apply_patch(*singlestore(), PatchType::kJson,
                  parse(R"([{"op":"replace","path":"/spec/topology/leaf/replicas","value":5}])"));
  ASSERT_TRUE(result.ok()) << result.error().message;
  EXPECT_EQ(as<Singlestore>(*result)->spec->topology->leaf->replicas, 5);

  result =
      apply_json_patch(*singlestore(), parse(R"([{"op":"replace","path":"/kind","value":"Pod"}])"));
  EXPECT_FALSE(result.ok());
  result = apply_json_patch(*singlestore(),
                            parse(R"([{"op":"replace","path":"/spec/version","value":8}])"));
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().causes.front().field, "spec.version");
}

TEST(Patches, WorkOnUnstructuredObjects) {
  Unstructured policy(UnstructuredType{"example.com", "v1", "Policy", "mypolicies"});
  policy.metadata.name = "p";
  policy.body = parse(R"({"spec":{"a":1,"l":[1,2]}})");
  Result<ObjectPtr> result = apply_merge_patch(
      policy, parse(R"({"metadata":{"labels":{"x":"y"}},"spec":{"a":null,"b":2}})"));
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(as<Unstructured>(*result)->body.dump(), R"({"spec":{"b":2,"l":[1,2]}})");
  EXPECT_EQ(label_of((*result)->metadata, "x"), "y");
  result = apply_json_patch(policy, parse(R"([{"op":"remove","path":"/spec/l/0"}])"));
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(as<Unstructured>(*result)->body.dump(), R"({"spec":{"a":1,"l":[2]}})");
  EXPECT_EQ(as<Unstructured>(*result)->unstructured_type->plural, "mypolicies");
}

}  // namespace
}  // namespace sdbtwin::api
