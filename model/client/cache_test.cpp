// The informer's cache: lookups, lists and indices.
#include "model/client/cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "model/api/core.h"
#include "model/client/lister.h"

namespace sdbtwin::client {
namespace {

using testing::ElementsAre;

std::shared_ptr<api::ConfigMap> make(const std::string& namespace_, const std::string& name,
                                     const std::string& owner = "", const std::string& app = "") {
  auto map = std::make_shared<api::ConfigMap>();
  map->metadata.namespace_ = namespace_;
  map->metadata.name = name;
  if (!owner.empty()) {
    api::OwnerReference reference;
    reference.uid = owner;
    map->metadata.owner_references.edit().push_back(reference);
  }
  if (!app.empty()) map->metadata.labels.edit()["app"] = app;
  return map;
}

std::vector<std::string> names(const std::vector<api::ObjectPtr>& objects) {
  std::vector<std::string> result;
  for (const api::ObjectPtr& object : objects) result.push_back(object->metadata.name);
  return result;
}

class CacheTest : public testing::Test {
 protected:
  CacheTest() { cache.add_index(std::string(kOwnerIndex), index_by_owner()); }
  std::vector<std::string> owned_by(const std::string& uid) const {
    std::vector<std::string> result;
    for (const auto& [key, object] : cache.by_index(kOwnerIndex, uid)) result.push_back(key.name);
    return result;
  }
  Cache cache;
};

TEST_F(CacheTest, SetReplacesAndReportsWhatWasThere) {
  const auto first = make("demo", "a");
  EXPECT_EQ(cache.set(first), nullptr);
  EXPECT_EQ(cache.set(make("demo", "a")), first);
  EXPECT_EQ(cache.size(), 1u);
}

TEST_F(CacheTest, ListsAreSortedAndLimitedToNamespaceAndLabels) {
  cache.set(make("demo", "b", "", "x"));
  cache.set(make("demo", "a", "", "y"));
  cache.set(make("demo-2", "c", "", "x"));
  EXPECT_THAT(names(cache.list("demo", {})), ElementsAre("a", "b"));
  const api::LabelSelector labelled(api::StringMap{{"app", "x"}});
  EXPECT_THAT(names(cache.list("", labelled)), ElementsAre("b", "c"));
}

TEST_F(CacheTest, AnIndexFollowsChangesAndRemovals) {
  cache.set(make("demo", "a", "u1"));
  cache.set(make("demo", "b", "u1"));
  EXPECT_THAT(owned_by("u1"), ElementsAre("a", "b"));
  cache.set(make("demo", "a", "u2"));
  EXPECT_THAT(owned_by("u1"), ElementsAre("b"));
  EXPECT_THAT(owned_by("u2"), ElementsAre("a"));
  cache.erase(api::ObjectKey("demo", "b"));
  EXPECT_THAT(owned_by("u1"), ElementsAre());
  EXPECT_EQ(cache.erase(api::ObjectKey("demo", "b")), nullptr);
}

TEST_F(CacheTest, AnIndexHoldsTheNewestVersionOfAnObject) {
  cache.set(make("demo", "a", "u1"));
  const auto newer = make("demo", "a", "u1");
  cache.set(newer);
  EXPECT_EQ(cache.by_index(kOwnerIndex, "u1").begin()->second, newer);
}

TEST_F(CacheTest, AnIndexAddedLaterKnowsWhatIsThere) {
  cache.set(make("demo", "a", "", "x"));
  cache.add_index("app", index_by_label("app"));
  EXPECT_EQ(cache.by_index("app", "x").size(), 1u);
  EXPECT_TRUE(cache.by_index("app", "y").empty());
}

TEST_F(CacheTest, AListerReadsTyped) {
  const auto stored = make("demo", "a", "u1");
  cache.set(stored);
  const Lister<api::ConfigMap> lister(cache);
  EXPECT_EQ(lister.get("demo", "a"), stored);
  EXPECT_EQ(lister.get("demo", "b"), nullptr);
  EXPECT_EQ(lister.list("demo").size(), 1u);
  EXPECT_EQ(lister.owned_by("u1").size(), 1u);
}

}  // namespace
}  // namespace sdbtwin::client
