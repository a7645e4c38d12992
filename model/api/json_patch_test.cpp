#include <gtest/gtest.h>

#include <string>

#include "model/api/patch.h"
#include "model/api/test_json.h"

namespace sdbtwin::api {
namespace {

struct PatchCase {
  const char* document;
  const char* patch;
  const char* result;
};

// Goal: the operations of RFC 6902. Method: a vector for each operation, on objects and lists.
TEST(JsonPatch, AppliesEachOperation) {
  const PatchCase cases[] = {
      {R"({"a":1})", R"([{"op":"add","path":"/b","value":2}])", R"({"a":1,"b":2})"},
      {R"({"a":1})", R"([{"op":"add","path":"/a","value":[3]}])", R"({"a":[3]})"},
      {R"({"l":[1,3]})", R"([{"op":"add","path":"/l/1","value":2}])", R"({"l":[1,2,3]})"},
      {R"({"l":[1]})", R"([{"op":"add","path":"/l/-","value":2}])", R"({"l":[1,2]})"},
      {R"({"l":[]})", R"([{"op":"add","path":"/l/0","value":null}])", R"({"l":[null]})"},
      {R"({"a":{"b":1,"c":2}})", R"([{"op":"remove","path":"/a/b"}])", R"({"a":{"c":2}})"},
      {R"({"l":[1,2,3]})", R"([{"op":"remove","path":"/l/1"}])", R"({"l":[1,3]})"},
      {R"({"l":[1,2,3]})", R"([{"op":"remove","path":"/l/-1"}])", R"({"l":[1,2]})"},
      {R"({"l":[{"x":1}]})", R"([{"op":"replace","path":"/l/0/x","value":9}])",
       R"({"l":[{"x":9}]})"},
      {R"({"a":1,"b":{}})", R"([{"op":"move","from":"/a","path":"/b/c"}])", R"({"b":{"c":1}})"},
      {R"({"l":[1,2,3]})", R"([{"op":"move","from":"/l/0","path":"/l/2"}])", R"({"l":[2,3,1]})"},
      {R"({"a":[1]})", R"([{"op":"copy","from":"/a","path":"/b"}])", R"({"a":[1],"b":[1]})"},
      {R"({"a":1})", R"([{"op":"test","path":"/a","value":1},{"op":"remove","path":"/a"}])", "{}"},
      {R"({"a/b":{"m~n":1}})", R"([{"op":"replace","path":"/a~1b/m~0n","value":2}])",
       R"({"a/b":{"m~n":2}})"},
      {R"({"~1":1})", R"([{"op":"remove","path":"/~01"}])", "{}"},
      {R"({"a":1})", R"([{"op":"replace","path":"","value":{"z":0}}])", R"({"z":0})"},
      {R"({"":1})", R"([{"op":"replace","path":"/","value":2}])", R"({"":2})"},
      {R"({"a":1})", R"([])", R"({"a":1})"},
  };
  for (const PatchCase& one : cases) {
    Result<Value> result = json_patch(parse(one.document), parse(one.patch));
    ASSERT_TRUE(result.ok()) << one.patch << ": " << result.error().message;
    EXPECT_EQ(result->dump(), one.result) << one.patch;
  }
}

// Goal: an operation that cannot be applied refuses the whole patch with the server's 422.
TEST(JsonPatch, RefusesWhatCannotBeApplied) {
  const char* patches[] = {
      R"([{"op":"remove","path":"/none"}])",
      R"([{"op":"replace","path":"/none","value":1}])",
      R"([{"op":"add","path":"/none/deep","value":1}])",
      R"([{"op":"add","path":"/l/5","value":1}])",
      R"([{"op":"add","path":"/l/01","value":1}])",
      R"([{"op":"add","path":"/l/x","value":1}])",
      R"([{"op":"remove","path":"/l/-"}])",
      R"([{"op":"test","path":"/a","value":2}])",
      R"([{"op":"test","path":"/none","value":2}])",
      R"([{"op":"move","from":"/none","path":"/b"}])",
      R"([{"op":"add","path":"a","value":1}])",
      R"([{"op":"add","path":"/b"}])",
      R"([{"op":"remove","path":""}])",
      R"([{"op":"frob","path":"/a","value":1}])",
      R"([{"op":"add","path":"/ok","value":1},{"op":"test","path":"/ok","value":2}])",
  };
  for (const char* patch : patches) {
    Result<Value> result = json_patch(parse(R"({"a":1,"l":[1,2]})"), parse(patch));
    ASSERT_FALSE(result.ok()) << patch;
    EXPECT_EQ(result.error().code, 422) << patch;
    EXPECT_EQ(result.error().message,
              "the server rejected our request due to an error in our request");
  }
  EXPECT_EQ(json_patch(parse("{}"), parse("{}")).error().code, 400);
  EXPECT_EQ(json_patch(parse("{}"), parse("[1]")).error().code, 400);
}

// Goal: RFC 7386: null removes, objects merge, everything else replaces.
TEST(MergePatch, FollowsTheRfc) {
  const PatchCase cases[] = {
      {R"({"a":"b"})", R"({"a":"c"})", R"({"a":"c"})"},
      {R"({"a":"b"})", R"({"b":"c"})", R"({"a":"b","b":"c"})"},
      {R"({"a":"b","b":1})", R"({"a":null})", R"({"b":1})"},
      {R"({"a":["b"]})", R"({"a":["c","d"]})", R"({"a":["c","d"]})"},
      {R"({"a":{"b":"c","d":1}})", R"({"a":{"b":"x","d":null}})", R"({"a":{"b":"x"}})"},
      {R"({"a":[{"b":"c"}]})", R"({"a":{"b":1}})", R"({"a":{"b":1}})"},
      {R"({})", R"({"a":{"bb":{"ccc":null}}})", R"({"a":{"bb":{}}})"},
      {R"({"e":null})", R"({"a":1})", R"({"a":1,"e":null})"},
      {R"([1,2])", R"({"a":"b","c":null})", R"({"a":"b"})"},
      {R"({"a":1})", R"(["c"])", R"(["c"])"},
  };
  for (const PatchCase& one : cases) {
    EXPECT_EQ(merge_patch(parse(one.document), parse(one.patch)).dump(), one.result) << one.patch;
  }
}

// Goal: the made patch leads from one document to the other, and is minimal at each level.
TEST(MergePatch, IsMadeFromTwoVersions) {
  const char* versions[] = {R"({"a":1,"b":{"x":1,"y":2},"l":[1]})", R"({"b":{"x":1},"l":[1]})",
                            R"({"a":{"n":1},"b":{"x":1,"y":3},"l":[2]})", "{}", R"({"b":7})"};
  for (const char* from : versions) {
    for (const char* to : versions) {
      const Value patch = make_merge_patch(parse(from), parse(to));
      EXPECT_EQ(merge_patch(parse(from), patch).dump(), to);
    }
    EXPECT_EQ(make_merge_patch(parse(from), parse(from)).dump(), "{}");
  }
}

}  // namespace
}  // namespace sdbtwin::api
