#include "model/api/object.h"

#include <gtest/gtest.h>

#include "model/api/codec.h"
#include "model/api/petset.h"
#include "model/api/pod.h"
#include "model/api/sample_object.h"
#include "model/api/singlestore.h"
#include "model/api/unstructured.h"

namespace sdbtwin::api {
namespace {

ObjectPtr full(Kind kind) {
  Result<ObjectPtr> object = from_value(sample_object(kind_info(kind), Fill::kValues));
  EXPECT_TRUE(object.ok());
  return *object;
}

// Goal: a new version shares what did not change: that is what makes status writes cheap.
TEST(Object, AStatusEditSharesSpecAndLabels) {
  const auto before = as<Pod>(full(Kind::kPod));
  auto after = copy(*before);
  after->status.edit().phase = PodPhase::kFailed;
  EXPECT_TRUE(after->spec.same(before->spec));
  EXPECT_TRUE(after->metadata.labels.same(before->metadata.labels));
  EXPECT_TRUE(after->status->container_statuses.same(before->status->container_statuses));
  EXPECT_FALSE(after->status.same(before->status));
  EXPECT_EQ(before->status->phase, PodPhase::kPending);
  EXPECT_TRUE(equal_except(*before, *after, {"status"}));
  EXPECT_FALSE(equal_part(*before, *after, "status"));
  EXPECT_FALSE(equal(*before, *after));
}

TEST(Object, CastsByKind) {
  const ObjectPtr object = full(Kind::kPod);
  EXPECT_NE(as_if<Pod>(object), nullptr);
  EXPECT_EQ(as_if<PetSet>(object), nullptr);
  EXPECT_EQ(as_if<Pod>(ObjectPtr()), nullptr);
  EXPECT_DEATH((void)as<PetSet>(object), "kind");
}

class PartsOfKind : public testing::TestWithParam<Kind> {};

// Goal: the main endpoint can leave status alone and /status everything else, for any kind.
TEST_P(PartsOfKind, PartsCanBeCopiedAndCleared) {
  const ObjectPtr source = full(GetParam());
  std::shared_ptr<Object> target = kind_info(GetParam()).make();
  EXPECT_FALSE(equal(*source, *target));
  const TypeInfo& type = kind_info(GetParam()).type();
  target->metadata = source->metadata;
  for (const FieldInfo& field : type.fields) {
    copy_part(*target, *source, field.name);
    EXPECT_TRUE(equal_part(*target, *source, field.name)) << field.name;
  }
  copy_part(*target, *source, "zzUnknown");
  EXPECT_TRUE(equal(*source, *target));

  for (const FieldInfo& field : type.fields) {
    clear_part(*target, field.name);
    EXPECT_FALSE(equal_part(*target, *source, field.name)) << field.name;
  }
  EXPECT_TRUE(equal_part(*target, *source, "metadata"));
}

// Goal: an object read from JSON shares with the stored one what is equal.
TEST_P(PartsOfKind, EqualPartsAreShared) {
  const ObjectPtr old = full(GetParam());
  std::shared_ptr<Object> fresh = full(GetParam())->clone();
  EXPECT_FALSE(fresh->metadata.labels.same(old->metadata.labels));
  share_equal_parts(*fresh, *old);
  EXPECT_TRUE(fresh->metadata.labels.same(old->metadata.labels));
  for (const FieldInfo& field : kind_info(GetParam()).type().fields) {
    if (!field.modelled() || field.type().same == nullptr) continue;
    EXPECT_TRUE(field.type().same(field.get(fresh.get()), field.get(old.get()))) << field.name;
  }
  EXPECT_TRUE(equal(*fresh, *old));
}

INSTANTIATE_TEST_SUITE_P(All, PartsOfKind, testing::ValuesIn(all_typed_kinds()), kind_test_name);

TEST(Object, AnUnstructuredObjectHasPartsToo) {
  Unstructured a(UnstructuredType{"example.com", "v1", "Policy", "policies"});
  Unstructured b = a;
  EXPECT_TRUE(equal(a, b));
  a.body = a.body.with("spec", Value::object({{"n", Value(1)}})).with("status", "x");
  EXPECT_FALSE(equal(a, b));
  EXPECT_FALSE(equal_part(a, b, "spec"));
  copy_part(b, a, "spec");
  EXPECT_TRUE(equal_part(a, b, "spec"));
  EXPECT_TRUE(equal_except(a, b, {"status"}));
  clear_part(a, "status");
  EXPECT_TRUE(equal(a, b));
  b.unstructured_type =
      std::make_shared<const UnstructuredType>(UnstructuredType{"other", "v1", "Policy", ""});
  EXPECT_FALSE(equal(a, b));
  EXPECT_EQ(resource_of(a).text(), "policies.example.com");
}

TEST(Object, ReferencesNameTheOwner) {
  PetSet set;
  set.metadata.name = "web";
  set.metadata.uid = "u1";
  const OwnerReference reference = make_controller_ref(set);
  EXPECT_EQ(reference.api_version, "apps.k8s.appscode.com/v1");
  EXPECT_EQ(reference.kind, "PetSet");
  EXPECT_EQ(reference.controller, true);
  EXPECT_EQ(reference.block_owner_deletion, true);
  EXPECT_EQ(make_owner_ref(set).controller, std::nullopt);
}

// Goal: keys sort as etcd's do, and references of different kinds never compare equal.
TEST(Object, KeysAndReferencesAreOrdered) {
  EXPECT_LT(ObjectKey("a", "z"), ObjectKey("b", "a"));
  EXPECT_LT(ObjectKey("a", "a"), ObjectKey("a", "b"));
  EXPECT_NE(ObjectRef(Kind::kPod, "a", "b"), ObjectRef(Kind::kService, "a", "b"));
  EXPECT_EQ(to_string(ObjectRef(Kind::kPetSet, "demo", "web")), "PetSet demo/web");
  EXPECT_EQ(to_string(ObjectRef(Kind::kNode, "", "n1")), "Node n1");
}

}  // namespace
}  // namespace sdbtwin::api
