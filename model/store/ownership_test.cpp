// Field ownership and server-side apply (kubernetes.md 4.5), in rules of our own words. What the
// real server records was compared apart (property_tests/recorded_apiserver_test.cpp).
#include "model/store/ownership.h"

#include "model/store/field_set.h"
#include "model/store/store_fixture.h"

namespace sdbtwin::store {
namespace {

using api::Request;
using api::Value;
using testing::ElementsAre;
using testing::HasSubstr;

StoreOptions with_ownership() {
  StoreOptions options;
  options.field_ownership = true;
  return options;
}

class OwnershipTest : public StoreTest {
 protected:
  OwnershipTest() : StoreTest(with_ownership()) {}

  static Request by(std::string manager, Request request) {
    request.field_manager = std::move(manager);
    return request;
  }
  Request apply_map(std::string manager, std::string_view data, bool force = false) {
    const api::ObjectPtr object =
        parse(R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"m","namespace":"demo"},)"
              R"("data":)" +
              std::string(data) + "}");
    return Request::apply(object, std::move(manager), force);
  }
  static Value merge(std::string_view json) { return *Value::parse(json); }

  // "manager Operation[/subresource] fields", in the order of the object.
  std::vector<std::string> owners(const api::ObjectRef& of) const {
    std::vector<std::string> texts;
    const Value& entries = get(of)->metadata.managed_fields;
    if (!entries.is_array()) return texts;
    for (const Value& entry : entries.items()) {
      std::string text =
          std::string(entry.string_at("manager")) + " " + std::string(entry.string_at("operation"));
      if (entry.find("subresource") != nullptr) {
        text += "/" + std::string(entry.string_at("subresource"));
      }
      texts.push_back(text + " " + entry.find("fieldsV1")->dump());
    }
    return texts;
  }
  api::ObjectRef ref{api::Kind::kConfigMap, "demo", "m"};
};

TEST_F(OwnershipTest, WhoeverCreatesOwnsWhatHeSent) {
  must(by("a", Request::create(parse(R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{
      "name":"m","namespace":"demo","labels":{"x":"1"}},"data":{"k":"v"}})"))));
  EXPECT_THAT(owners(ref), ElementsAre(R"(a Update {"f:data":{".":{},"f:k":{}},)"
                                       R"("f:metadata":{"f:labels":{".":{},"f:x":{}}}})"));
}

TEST_F(OwnershipTest, AnUpdateTakesWhatItChangesAndNobodyOwnsWhatIsGone) {
  must(apply_map("a", R"({"k":"1","l":"1"})"));
  must(by("b", Request::patch(ref, api::PatchType::kMerge, merge(R"({"data":{"k":"2"}})"))));
  EXPECT_THAT(owners(ref),
              ElementsAre(R"(a Apply {"f:data":{"f:l":{}}})", R"(b Update {"f:data":{"f:k":{}}})"));
  must(by("c", Request::patch(ref, api::PatchType::kMerge, merge(R"({"data":{"k":null}})"))));
  EXPECT_THAT(owners(ref), ElementsAre(R"(a Apply {"f:data":{"f:l":{}}})"));
}

TEST_F(OwnershipTest, AWriteThatChangesNothingTakesNothing) {
  must(apply_map("a", R"({"k":"1"})"));
  const std::uint64_t revision = store.revision();
  must(by("b", Request::patch(ref, api::PatchType::kMerge, merge(R"({"data":{"k":"1"}})"))));
  EXPECT_EQ(store.revision(), revision);
  must(apply_map("a", R"({"k":"1"})"));
  EXPECT_EQ(store.revision(), revision) << "applied again";
}

TEST_F(OwnershipTest, AnApplyConflictsWithAnotherValueOfAnotherManager) {
  must(apply_map("a", R"({"k":"1","l":"1"})"));
  const api::ApiError one = refused(apply_map("b", R"({"k":"2"})"));
  EXPECT_EQ(one.code, 409);
  EXPECT_EQ(one.message, "Apply failed with 1 conflict: conflict with \"a\": .data.k");
  ASSERT_EQ(one.causes.size(), 1u);
  EXPECT_EQ(one.causes.front().type, "FieldManagerConflict");
  EXPECT_EQ(one.causes.front().field, ".data.k");
  EXPECT_EQ(refused(apply_map("b", R"({"k":"2","l":"2"})")).message,
            "Apply failed with 2 conflicts: conflicts with \"a\":\n- .data.k\n- .data.l");
}

TEST_F(OwnershipTest, AConflictWithAnUpdaterSaysWithWhichVersionHeWrote) {
  must(by("editor", Request::create(parse(R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{
      "name":"m","namespace":"demo"},"data":{"k":"v"}})"))));
  EXPECT_EQ(refused(apply_map("b", R"({"k":"2"})")).message,
            "Apply failed with 1 conflict: conflict with \"editor\" using v1: .data.k");
}

TEST_F(OwnershipTest, TheSameValueIsShared) {
  must(apply_map("a", R"({"k":"1"})"));
  must(apply_map("b", R"({"k":"1"})"));
  EXPECT_THAT(owners(ref),
              ElementsAre(R"(a Apply {"f:data":{"f:k":{}}})", R"(b Apply {"f:data":{"f:k":{}}})"));
}

TEST_F(OwnershipTest, ForceTakesTheFieldsOver) {
  must(apply_map("a", R"({"k":"1","l":"1"})"));
  must(apply_map("b", R"({"k":"2"})", true));
  EXPECT_THAT(owners(ref),
              ElementsAre(R"(a Apply {"f:data":{"f:l":{}}})", R"(b Apply {"f:data":{"f:k":{}}})"));
}

TEST_F(OwnershipTest, WhatAnApplierLeavesOutGoesUnlessAnotherOwnsIt) {
  must(apply_map("a", R"({"k":"1","l":"1"})"));
  must(apply_map("b", R"({"l":"1"})"));
  must(apply_map("a", R"({"n":"1"})"));
  const auto map = api::as<api::ConfigMap>(get(ref));
  EXPECT_FALSE(map->data->contains("k"));
  EXPECT_EQ(map->data->at("l"), "1");
  EXPECT_EQ(map->data->at("n"), "1");
}

TEST_F(OwnershipTest, OfMoreThanTenUpdatersTheOldestAreOne) {
  create_config_map("m");
  for (int i = 0; i < 12; ++i) {
    const std::string key = "k" + std::to_string(i);
    now += 1s;
    must(by(
        "manager-" + std::to_string(i),
        Request::patch(ref, api::PatchType::kMerge, merge(R"({"data":{")" + key + R"(":"1"}})"))));
  }
  const std::vector<std::string> listed = owners(ref);
  ASSERT_EQ(listed.size(), 10U);
  EXPECT_THAT(listed.front(), HasSubstr("ancient-changes Update"));
  EXPECT_THAT(listed.front(), HasSubstr(R"("f:k0":{},"f:k1":{},"f:k2":{})"));
  EXPECT_THAT(listed.back(), HasSubstr("manager-11 Update"));
}

TEST_F(OwnershipTest, AnApplyWithoutAManagerIsInvalid) {
  const api::ApiError error = refused(apply_map("", R"({"k":"1"})"));
  EXPECT_EQ(error.code, 422);
  EXPECT_THAT(error.message, HasSubstr("fieldManager: Required value"));
}

TEST_F(OwnershipTest, ElementsOfKeyedListsAreOwnedByTheirKeys) {
  const auto container = [](const char* name, const char* image) {
    return parse(std::string(R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"p",)") +
                 R"("namespace":"demo"},"spec":{"containers":[{"name":")" + name +
                 R"(","image":")" + image + R"("}]}})");
  };
  must(Request::apply(container("c", "i"), "a", false));
  const api::ApiError error = refused(Request::apply(container("c", "j"), "b", false));
  EXPECT_EQ(error.message,
            "Apply failed with 1 conflict: conflict with \"a\": "
            ".spec.containers[name=\"c\"].image");
}

TEST_F(OwnershipTest, StatusIsOwnedApart) {
  create_pod("p", false);
  now += 1s;
  must(by("kubelet", Request::patch_status(pod_ref("p"), api::PatchType::kStrategicMerge,
                                           merge(R"({"status":{"phase":"Running"}})"))));
  const std::vector<std::string> found = owners(pod_ref("p"));
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found.back(), R"(kubelet Update/status {"f:status":{"f:phase":{}}})");
  EXPECT_THAT(found.front(), testing::Not(HasSubstr("f:status")));
}

TEST_F(OwnershipTest, OnlyAStoreThatWasAskedKeepsIt) {
  Store plain;
  const RequestContext context{"tester", now};
  const auto home = parse(R"({"apiVersion":"v1","kind":"Namespace","metadata":{"name":"demo"}})");
  ASSERT_TRUE(plain.apply(Request::create(home), context).result.ok());
  ASSERT_TRUE(plain.apply(apply_map("a", R"({"k":"1"})"), context).result.ok());
  const ApplyResult other = plain.apply(apply_map("b", R"({"k":"2"})"), context);
  ASSERT_TRUE(other.result.ok()) << "it merges, and nobody is in the way";
  EXPECT_TRUE(other.result->object->metadata.managed_fields.is_null());
}

TEST(FieldSets, ArePlainSetAlgebra) {
  const FieldSet both = FieldSet::parse(*Value::parse(R"({"f:a":{".":{},"f:b":{}},"f:c":{}})"));
  const FieldSet one = FieldSet::parse(*Value::parse(R"({"f:a":{"f:b":{}}})"));
  EXPECT_EQ(both.fields_v1().dump(), R"({"f:a":{".":{},"f:b":{}},"f:c":{}})");
  EXPECT_EQ(both.without(one).fields_v1().dump(), R"({"f:a":{},"f:c":{}})");
  EXPECT_EQ(both.common(one), one);
  EXPECT_EQ(one.united(both), both);
  EXPECT_THAT(both.paths(), ElementsAre(".a", ".a.b", ".c"));
  EXPECT_TRUE(both.without(both).empty());
}

}  // namespace
}  // namespace sdbtwin::store
