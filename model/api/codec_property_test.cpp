// Properties of decoding and encoding under arbitrary damage to a document.
#include <gtest/gtest.h>

#include <cstddef>
#include <string>

#include "model/api/codec.h"
#include "model/api/patch.h"
#include "model/api/sample_object.h"
#include "model/api/schema.h"
#include "sim/core/rng.h"

namespace sdbtwin::api {
namespace {

Value random_leaf(sim::Rng& rng) {
  switch (rng.below(9)) {
    case 0:
      return {};
    case 1:
      return true;
    case 2:
      return 0;
    case 3:
      return "";
    case 4:
      return "Ready";
    case 5:
      return Value(Value::Object());
    case 6:
      return Value(Value::Array());
    case 7:
      return Value::array({Value::object({{"name", Value("a")}})});
    default:
      return Value::object({{"name", Value("b")}, {"odd", Value(1)}});
  }
}

// Replaces, removes or adds something at a random place.
Value damaged(const Value& value, sim::Rng& rng) {
  if (value.size() == 0 || rng.chance(1, 6)) return random_leaf(rng);
  size_t chosen = rng.below(value.size());
  if (value.is_array()) {
    Value::Array items = value.items();
    items[chosen] = damaged(items[chosen], rng);
    return Value(std::move(items));
  }
  auto member = value.members().begin();
  std::advance(member, static_cast<std::ptrdiff_t>(chosen));
  if (member->first == "apiVersion" || member->first == "kind") return value;
  if (rng.chance(1, 8)) return value.without(member->first);
  if (rng.chance(1, 8)) return value.with("added", random_leaf(rng));
  return value.with(member->first, damaged(member->second, rng));
}

class DamagedKind : public testing::TestWithParam<Kind> {};

// Goal: whatever a user sends is either refused with a path, or kept in a form that does not change
// any more. Method: damage a full document in a few random places; decode, encode, decode again.
TEST_P(DamagedKind, DecodingIsStableUnderDamage) {
  const Value sample = sample_object(kind_info(GetParam()), Fill::kValues);
  sim::Rng rng = sim::Rng(20250101).stream(to_string(GetParam()));
  int accepted = 0;
  for (int round = 0; round < 300; ++round) {
    Value document = sample;
    const uint64_t count = 1 + rng.below(4);
    for (uint64_t i = 0; i < count; ++i) document = damaged(document, rng);
    Result<ObjectPtr> first = from_value(document);
    if (!first.ok()) {
      EXPECT_FALSE(first.error().message.empty());
      continue;
    }
    ++accepted;
    const Value encoded = to_value(**first);
    Result<ObjectPtr> second = from_value(encoded);
    ASSERT_TRUE(second.ok()) << encoded.dump();
    ASSERT_EQ(to_value(**second).dump(), encoded.dump());
    ASSERT_TRUE(equal(**first, **second)) << encoded.dump();
  }
  EXPECT_GT(accepted, 30);
}

// Goal: two versions are equal exactly when their documents are, and the merge patch between them
// leads from one to the other, typed as well as plain.
TEST_P(DamagedKind, EqualityAndPatchesAgreeWithTheDocuments) {
  const Value sample = sample_object(kind_info(GetParam()), Fill::kValues);
  const Value empty = sample_object(kind_info(GetParam()), Fill::kEmptyValues);
  sim::Rng rng = sim::Rng(7).stream(to_string(GetParam()));
  int equal_pairs = 0;
  for (int round = 0; round < 400; ++round) {
    const Value one = damaged(rng.chance(1, 2) ? sample : empty, rng);
    Result<ObjectPtr> before = from_value(one);
    Result<ObjectPtr> after = from_value(damaged(one, rng));
    if (!before.ok() || !after.ok()) continue;
    equal_pairs += equal(**before, **after) ? 1 : 0;
    const Value from = to_value(**before);
    const Value to = to_value(**after);
    ASSERT_EQ(equal(**before, **after), from == to) << from.dump() << "\n" << to.dump();
    Result<ObjectPtr> patched = apply_merge_patch(**before, make_merge_patch(from, to));
    ASSERT_TRUE(patched.ok()) << patched.error().message;
    // A null that encoding always writes is a deletion in a patch: compare what decoding sees.
    Result<ObjectPtr> plain = from_value(merge_patch(from, make_merge_patch(from, to)));
    ASSERT_TRUE(plain.ok());
    ASSERT_EQ(to_value(**patched).dump(), to_value(**plain).dump());
  }
  EXPECT_GT(equal_pairs, 0);
}

// Goal: the walks over the tables hold for any shape of object.
TEST_P(DamagedKind, DefaultsAndPruningAreIdempotent) {
  const Value sample = sample_object(kind_info(GetParam()), Fill::kValues);
  sim::Rng rng = sim::Rng(11).stream(to_string(GetParam()));
  for (int round = 0; round < 100; ++round) {
    Result<ObjectPtr> decoded = from_value(damaged(sample, rng));
    if (!decoded.ok()) continue;
    std::shared_ptr<Object> object = (*decoded)->clone();
    apply_defaults(*object);
    prune(*object);
    const std::string once = to_value(*object).dump();
    EXPECT_TRUE(unknown_fields(*object).empty());
    apply_defaults(*object);
    prune(*object);
    ASSERT_EQ(to_value(*object).dump(), once);
    (void)validate(*object);
    EXPECT_TRUE(validate_update(*object, *object).empty());
  }
}

INSTANTIATE_TEST_SUITE_P(All, DamagedKind, testing::ValuesIn(all_typed_kinds()), kind_test_name);

}  // namespace
}  // namespace sdbtwin::api
