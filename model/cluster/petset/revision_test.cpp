// Goal: revisions of a PetSet have the bytes, hashes and names that the real controller gives them
// (kubernetes.md 1.5); a difference in one byte rolls a whole database. Method: literal vectors
// seen on the real controller, and the computed ones of the reference.
#include "model/cluster/petset/revision.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/api/codec.h"

namespace sdbtwin::cluster {
namespace {

using testing::ElementsAre;

api::PodTemplateSpec pod_template(std::string_view json) {
  const api::Value value = api::Value::parse(json).value();
  return api::struct_from_value<api::PodTemplateSpec>(value).value();
}

struct Vector {
  std::string template_json;  // as the user wrote it
  std::string data;
  std::string hash;
};

TEST(PetSetRevision, TheHashOfKnownBytesIsKnown) {
  const std::string data = R"({"spec":{"template":{"$patch":"replace"}}})";
  EXPECT_EQ(revision_sum(data, 0), 1459418616U);
  EXPECT_EQ(revision_hash(data, 0), "589f85db5b");
  EXPECT_EQ(revision_hash(data, 1), "589f85db5c");
  EXPECT_EQ(revision_sum("", 0), 84696367U);
  EXPECT_EQ(revision_hash("", 0), "d8bfb7bc");
}

TEST(PetSetRevision, ATemplateBecomesTheBytesThatTheRealControllerStores) {
  const std::vector<Vector> vectors{
      {R"({"metadata":{"labels":{"app":"web"}},"spec":{"automountServiceAccountToken":false,
          "containers":[{"name":"main","image":"example/web:v1"}]}})",
       R"({"spec":{"template":{"$patch":"replace","metadata":{"labels":{"app":"web"}},)"
       R"("spec":{"automountServiceAccountToken":false,"containers":[{"image":"example/web:v1",)"
       R"("name":"main","resources":{}}]}}}})",
       "5949944bbd"},
      {R"({"metadata":{"labels":{"app":"web"}},"spec":{"automountServiceAccountToken":false,
          "containers":[{"name":"main","image":"example/web:v2"}]}})",
       R"({"spec":{"template":{"$patch":"replace","metadata":{"labels":{"app":"web"}},)"
       R"("spec":{"automountServiceAccountToken":false,"containers":[{"image":"example/web:v2",)"
       R"("name":"main","resources":{}}]}}}})",
       "797f4f445c"},
      {R"({"metadata":{"labels":{"app":"web"},"annotations":{"x":"y"}},
          "spec":{"automountServiceAccountToken":false,
          "containers":[{"name":"main","image":"example/web:v2"}]}})",
       R"({"spec":{"template":{"$patch":"replace","metadata":{"annotations":{"x":"y"},)"
       R"("labels":{"app":"web"}},"spec":{"automountServiceAccountToken":false,)"
       R"("containers":[{"image":"example/web:v2","name":"main","resources":{}}]}}}})",
       "7dff6d44f8"},
  };
  for (const Vector& vector : vectors) {
    const std::string data = revision_data(pod_template(vector.template_json));
    EXPECT_EQ(data, vector.data);
    EXPECT_EQ(revision_hash(data, 0), vector.hash);
  }
}

TEST(PetSetRevision, TextIsEscapedAsGoEscapesIt) {
  const std::string data = revision_data(pod_template(
      R"({"metadata":{"labels":{"app":"web","tier":"db"},"annotations":{"x":"y"}},
          "spec":{"automountServiceAccountToken":false,"containers":[{"name":"main",
          "image":"example/web:v2",
          "args":["a<b>c&d","it's \"q\"","line\nnext","täglich 日本 \u2028"]}]}})"));
  EXPECT_EQ(data,
            R"({"spec":{"template":{"$patch":"replace","metadata":{"annotations":{"x":"y"},)"
            R"("labels":{"app":"web","tier":"db"}},"spec":{"automountServiceAccountToken":false,)"
            R"("containers":[{"args":["a\u003cb\u003ec\u0026d","it's \"q\"","line\nnext",)"
            "\"täglich 日本 \\u2028\"],"
            R"("image":"example/web:v2","name":"main","resources":{}}]}}}})");
  EXPECT_EQ(revision_hash(data, 0), "6c45657464");
}

TEST(PetSetRevision, QuantitiesAreStoredInCanonicalForm) {
  const std::string data = revision_data(pod_template(
      R"({"metadata":{"labels":{"app":"web","tier":"db"},"annotations":{"x":"y"}},
          "spec":{"automountServiceAccountToken":false,"containers":[{"name":"main",
          "image":"example/web:v2",
          "args":["a<b>c&d","it's \"q\"","line\nnext","täglich 日本 \u2028"],
          "resources":{"limits":{"cpu":"0.5","memory":"2048Mi"},
                       "requests":{"cpu":"500m","memory":"2Gi"}}}]}})"));
  EXPECT_THAT(data, testing::HasSubstr(R"("resources":{"limits":{"cpu":"500m","memory":"2Gi"},)"
                                       R"("requests":{"cpu":"500m","memory":"2Gi"}})"));
  EXPECT_EQ(revision_hash(data, 0), "b8d85cf6b");
}

TEST(PetSetRevision, CanonicalFormHasNoFractionAndTheLargestSuffix) {
  const std::vector<std::pair<std::string, std::string>> forms{
      {"1000m", "1"},       {"1.5", "1500m"}, {"1000", "1k"},      {"1500", "1500"},
      {"0", "0"},           {"1024", "1024"}, {"1.5Gi", "1536Mi"}, {"512Ki", "512Ki"},
      {"1023Ki", "1023Ki"}, {"1e3", "1e3"},   {"2E", "2E"},        {"0.5Gi", "512Mi"}};
  for (const auto& [given, canonical] : forms) {
    const std::string data = revision_data(pod_template(
        R"({"spec":{"containers":[{"resources":{"limits":{"x":")" + given + R"("}}}]}})"));
    EXPECT_THAT(data, testing::HasSubstr(R"("limits":{"x":")" + canonical + R"("})")) << given;
  }
}

TEST(PetSetRevision, ProbesPortsAndEnvironmentKeepTheirBytes) {
  const std::string data = revision_data(pod_template(
      R"({"metadata":{"labels":{"app":"web","tier":"db"},"annotations":{"x":"y"}},
          "spec":{"automountServiceAccountToken":false,"containers":[{"name":"main",
          "image":"example/web:v3","env":[{"name":"A","value":"1"},
          {"name":"IP","valueFrom":{"fieldRef":{"fieldPath":"status.podIP"}}}],
          "ports":[{"containerPort":3306,"protocol":"TCP"}],
          "readinessProbe":{"tcpSocket":{"port":3306}}}]}})"));
  EXPECT_EQ(data,
            R"({"spec":{"template":{"$patch":"replace","metadata":{"annotations":{"x":"y"},)"
            R"("labels":{"app":"web","tier":"db"}},"spec":{"automountServiceAccountToken":false,)"
            R"("containers":[{"env":[{"name":"A","value":"1"},{"name":"IP","valueFrom":)"
            R"({"fieldRef":{"fieldPath":"status.podIP"}}}],"image":"example/web:v3","name":"main",)"
            R"("ports":[{"containerPort":3306,"protocol":"TCP"}],"readinessProbe":{"tcpSocket":)"
            R"({"port":3306}},"resources":{}}]}}}})");
  EXPECT_EQ(revision_hash(data, 0), "75dd5784bf");
}

TEST(PetSetRevision, TheTemplateCanBeReadBackFromTheData) {
  // Goal: a pod at the current revision is made from the stored template, without "$patch".
  const api::PodTemplateSpec given =
      pod_template(R"({"metadata":{"labels":{"app":"web"}},)"
                   R"("spec":{"containers":[{"name":"main","image":"a"}]}})");
  api::ControllerRevision revision;
  revision.data = api::RawJson{.bytes = revision_data(given)};
  const auto read = template_of(revision);
  ASSERT_NE(read, nullptr);
  EXPECT_EQ(revision_data(*read), revision.data->bytes);
  EXPECT_EQ(read->spec.containers.at(0).image, "a");
}

TEST(PetSetRevision, ACollisionChangesTheNameAndOneDigitOfTheSumOnly) {
  const std::string data =
      R"({"spec":{"template":{"$patch":"replace","metadata":{"labels":{"app":"web"}},)"
      R"("spec":{"automountServiceAccountToken":false,"containers":[{"image":"example/web:v1",)"
      R"("name":"main","resources":{}}]}}}})";
  EXPECT_EQ(revision_sum(data, 0), 1505500668U);
  EXPECT_EQ(revision_sum(data, 1), 1505500669U);
  EXPECT_EQ(revision_name("web", revision_hash(data, 1)), "web-5949944bbf");
}

TEST(PetSetRevision, ALongSetNameIsCutInTheName) {
  EXPECT_EQ(revision_name(std::string(240, 'a'), "5949944bbd"),
            std::string(223, 'a') + "-5949944bbd");
}

RevisionPtr stored(std::string name, int64_t revision, int64_t created = 0,
                   std::string data = "{}") {
  auto made = std::make_shared<api::ControllerRevision>();
  made->metadata.name = std::move(name);
  made->metadata.creation_timestamp = api::Timestamp{created};
  made->revision = revision;
  made->data = api::RawJson{.bytes = std::move(data)};
  return made;
}

std::vector<std::string> names(const std::vector<RevisionPtr>& revisions) {
  std::vector<std::string> result;
  for (const RevisionPtr& revision : revisions) result.push_back(revision->metadata.name);
  return result;
}

TEST(PetSetRevision, RevisionsSortByNumberThenTimeThenName) {
  std::vector<RevisionPtr> revisions{stored("d", 3), stored("c", 2, 9), stored("b", 2, 8),
                                     stored("a", 2, 9)};
  sort_revisions(revisions);
  EXPECT_THAT(names(revisions), ElementsAre("b", "a", "c", "d"));
  EXPECT_EQ(next_revision(revisions), 4);
  EXPECT_EQ(next_revision({}), 1);
}

TEST(PetSetRevision, EqualityIsByBytes) {
  // "Semantically" equal JSON with another order of keys is another revision (1.8 #4).
  const std::vector<RevisionPtr> revisions{stored("a", 1, 0, R"({"x":1,"y":2})"),
                                           stored("b", 2, 0, R"({"y":2,"x":1})")};
  EXPECT_EQ(find_equal(revisions, R"({"x":1,"y":2})"), revisions[0]);
  EXPECT_EQ(find_equal(revisions, R"({"x": 1,"y":2})"), nullptr);
}

TEST(PetSetRevision, HistoryBeyondTheLimitGoesOldestFirstAndLiveOnesDoNotCount) {
  std::vector<RevisionPtr> revisions;
  for (int i = 1; i <= 6; ++i) revisions.push_back(stored(std::string(1, char('a' + i - 1)), i));
  EXPECT_THAT(names(beyond_history(revisions, {"b", "f"}, 2)), ElementsAre("a", "c"));
  EXPECT_THAT(names(beyond_history(revisions, {"f"}, 0)), ElementsAre("a", "b", "c", "d", "e"));
  EXPECT_THAT(names(beyond_history(revisions, {"f"}, 10)), ElementsAre());
}

}  // namespace
}  // namespace sdbtwin::cluster
