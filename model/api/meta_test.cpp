#include "model/api/meta.h"

#include <gtest/gtest.h>

#include <chrono>

namespace sdbtwin::api {
namespace {

using namespace std::chrono_literals;

// Goal: calendar arithmetic is right around leap days and century years, in both directions.
TEST(Timestamp, ReadsAndWritesRfc3339) {
  const std::pair<int64_t, const char*> cases[] = {
      {0, "1970-01-01T00:00:00Z"},          {-1, "1969-12-31T23:59:59Z"},
      {951782400, "2000-02-29T00:00:00Z"},  {1709164800, "2024-02-29T00:00:00Z"},
      {1735689599, "2024-12-31T23:59:59Z"}, {1735689600, "2025-01-01T00:00:00Z"},
      {4107542400, "2100-03-01T00:00:00Z"}, {253402300799, "9999-12-31T23:59:59Z"},
  };
  for (const auto& [seconds, text] : cases) {
    EXPECT_EQ(to_string(Timestamp{seconds}), text);
    EXPECT_EQ(parse_timestamp(text), Timestamp{seconds}) << text;
  }
}

// Method: every day of four centuries follows the one before.
TEST(Timestamp, CountsDaysWithoutGapOrRepeat) {
  constexpr int64_t kDay = 86400;
  for (int64_t day = -40'000; day < 110'000; ++day) {
    const std::string text = to_string(Timestamp{day * kDay});
    ASSERT_EQ(parse_timestamp(text), Timestamp{day * kDay}) << text;
  }
}

TEST(Timestamp, UnderstandsFractionsAndOffsets) {
  EXPECT_EQ(parse_timestamp("2025-01-01T01:00:00.999+01:00"), Timestamp{1735689600});
  EXPECT_EQ(parse_timestamp("2024-12-31T19:00:00-05:00"), Timestamp{1735689600});
  EXPECT_EQ(parse_micro_time("2025-01-01T00:00:00.5Z"), MicroTime{1735689600'500'000});
  EXPECT_EQ(to_string(MicroTime{1735689600'000'042}), "2025-01-01T00:00:00.000042Z");
}

TEST(Timestamp, RefusesOtherTexts) {
  for (const char* text :
       {"", "2025-01-01", "2025-13-01T00:00:00Z", "2025-02-29T00:00:00Z", "2025-01-01T24:00:00Z",
        "2025-01-01T00:00:00", "2025-01-01T00:00:00.Z", "2025-01-01T00:00:00Zx", "<time>"}) {
    EXPECT_EQ(parse_timestamp(text), std::nullopt) << text;
  }
}

// Goal: objects show a wall clock with second granularity that starts with the year 2025.
TEST(ClusterTime, IsTheRunsClockFromAFixedDate) {
  EXPECT_EQ(to_string(ClusterTime::at(sim::Time{})), "2025-01-01T00:00:00Z");
  EXPECT_EQ(to_string(ClusterTime::at(sim::Time{2min + 3s + 999ms})), "2025-01-01T00:02:03Z");
  EXPECT_EQ(to_string(ClusterTime::micro_at(sim::Time{1500us})), "2025-01-01T00:00:00.001500Z");
  EXPECT_EQ(ClusterTime::to_run(ClusterTime::at(sim::Time{7s + 5ms})), sim::Time{7s});
}

TEST(ObjectMeta, AnswersCommonQuestions) {
  ObjectMeta meta;
  meta.labels.edit()["app"] = "web";
  EXPECT_EQ(label_of(meta, "app"), "web");
  EXPECT_EQ(label_of(meta, "none"), "");
  EXPECT_EQ(annotation_of(meta, "app"), "");

  add_finalizer(meta, "kubedb.com");
  add_finalizer(meta, "kubedb.com");
  EXPECT_EQ(meta.finalizers->size(), 1U);
  EXPECT_TRUE(has_finalizer(meta, "kubedb.com"));
  EXPECT_TRUE(remove_finalizer(meta, "kubedb.com"));
  EXPECT_FALSE(remove_finalizer(meta, "kubedb.com"));

  OwnerReference plain;
  plain.uid = "u1";
  OwnerReference controller;
  controller.uid = "u2";
  controller.controller = true;
  EXPECT_EQ(controller_of(meta), nullptr);
  meta.owner_references.edit() = {plain, controller};
  ASSERT_NE(controller_of(meta), nullptr);
  EXPECT_EQ(controller_of(meta)->uid, "u2");
  EXPECT_TRUE(is_owned_by(meta, "u1"));
  EXPECT_FALSE(is_owned_by(meta, "u3"));
}

// Goal: a copy shares its parts until one is edited, and then only that one is its own.
TEST(Shared, CopiesOnWrite) {
  Shared<StringMap> first;
  EXPECT_TRUE(first->empty());
  first.edit()["a"] = "1";
  Shared<StringMap> second = first;
  EXPECT_TRUE(second.same(first));
  second.edit()["a"] = "2";
  EXPECT_FALSE(second.same(first));
  EXPECT_EQ(first->at("a"), "1");
  EXPECT_NE(first, second);
  second.edit()["a"] = "1";
  EXPECT_EQ(first, second);
}

}  // namespace
}  // namespace sdbtwin::api
