#include "model/api/kind.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "model/api/object.h"

namespace sdbtwin::api {
namespace {

// Goal: the registry is complete, in the order of the enum, and without doubles.
TEST(Kinds, AreAllRegistered) {
  std::set<std::string> resources;
  size_t index = 0;
  for (const KindInfo& info : all_kinds()) {
    EXPECT_EQ(static_cast<size_t>(info.kind), index++);
    EXPECT_FALSE(info.name.empty());
    EXPECT_FALSE(info.version.empty());
    EXPECT_TRUE(resources.insert(info.resource().text()).second) << info.plural;
    EXPECT_EQ(info.make()->kind(), info.kind);
    EXPECT_EQ(find_kind(info.api_version(), info.name), &info);
    EXPECT_EQ(find_resource(info.group, info.version, info.plural), &info);
    EXPECT_EQ(to_string(info.kind), info.name);
  }
  EXPECT_EQ(index, kTypedKindCount);
  EXPECT_EQ(to_string(Kind::kUnstructured), "Unstructured");
}

// Goal: no table names a field twice, and merge keys are fields of the elements.
TEST(Kinds, TablesAreConsistent) {
  std::set<const TypeInfo*> seen;
  auto visit = [&seen](const TypeInfo& type, const auto& self) -> void {
    if (type.element != nullptr) return self(type.element(), self);
    if (type.kind != TypeKind::kStruct || !seen.insert(&type).second) return;
    std::set<std::string_view> names;
    for (const FieldInfo& field : type.fields) {
      EXPECT_TRUE(names.insert(field.name).second) << type.name << "." << field.name;
      if (!field.modelled()) continue;
      if (field.list_rule == ListRule::kMap) {
        const TypeInfo* list = &field.type();
        while (list->kind != TypeKind::kList) list = &list->element();
        const std::string_view keys = field.list_map_keys;
        EXPECT_NE(list->element().find(keys.substr(0, keys.find(','))), nullptr)
            << type.name << "." << field.name;
      }
      self(field.type(), self);
    }
  };
  for (const KindInfo& info : all_kinds()) visit(info.type(), visit);
  EXPECT_GT(seen.size(), 90U);
}

TEST(Kinds, KnowTheirRules) {
  EXPECT_TRUE(kind_info(Kind::kPetSet).custom_resource);
  EXPECT_TRUE(kind_info(Kind::kPetSet).scale_subresource);
  EXPECT_FALSE(kind_info(Kind::kPetSet).unconditional_update);
  EXPECT_TRUE(kind_info(Kind::kPod).unconditional_update);
  EXPECT_FALSE(kind_info(Kind::kSinglestoreVersion).namespaced);
  EXPECT_FALSE(kind_info(Kind::kSinglestoreVersion).status_subresource);
  EXPECT_TRUE(kind_info(Kind::kSinglestore).status_subresource);
  EXPECT_FALSE(kind_info(Kind::kConfigMap).generation);
}

TEST(Kinds, AreFoundByWhatKubectlTakes) {
  for (const char* name : {"sdb", "singlestore", "Singlestores", "singlestores.kubedb.com"}) {
    ASSERT_NE(find_kind_by_any_name(name), nullptr) << name;
    EXPECT_EQ(find_kind_by_any_name(name)->kind, Kind::kSinglestore);
  }
  EXPECT_EQ(find_kind_by_any_name("sdbops")->kind, Kind::kSinglestoreOpsRequest);
  EXPECT_EQ(find_kind_by_any_name("widgets"), nullptr);
}

TEST(Kinds, SplitApiVersions) {
  EXPECT_EQ(split_api_version("apps/v1").group, "apps");
  EXPECT_EQ(split_api_version("v1").group, "");
  EXPECT_EQ(join_api_version("", "v1"), "v1");
  EXPECT_EQ(join_api_version("apps", "v1"), "apps/v1");
}

}  // namespace
}  // namespace sdbtwin::api
