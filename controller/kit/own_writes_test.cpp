#include "controller/kit/own_writes.h"

#include <gtest/gtest.h>

#include <memory>

#include "model/api/pod.h"

namespace sdbtwin::kit {
namespace {

std::shared_ptr<const api::Pod> pod(std::string uid, std::uint64_t version) {
  auto object = std::make_shared<api::Pod>();
  object->metadata.namespace_ = "demo";
  object->metadata.name = "x";
  object->metadata.uid = std::move(uid);
  object->metadata.resource_version = version;
  return object;
}
const api::ObjectRef kRef(api::Kind::kPod, "demo", "x");

// Goal: a cache that lags behind our write does not make us act on the past. Method: the cache
// shows an older, then a newer version.
TEST(OwnWrites, WinOverACacheThatLagsAndLoseToOneThatCaughtUp) {
  OwnWrites own;
  own.note(pod("a", 7));
  EXPECT_EQ(own.newest(kRef, pod("a", 5))->metadata.resource_version, 7U);
  EXPECT_EQ(own.newest(kRef, pod("a", 8))->metadata.resource_version, 8U);
  EXPECT_EQ(own.newest(kRef, pod("a", 5))->metadata.resource_version, 5U);  // Forgotten by now.
}

// Goal: a write never brings back what is gone. Method: the cache shows nothing, or a namesake.
TEST(OwnWrites, NeverHideADeletionOrANamesake) {
  OwnWrites own;
  own.note(pod("a", 7));
  EXPECT_EQ(own.newest(kRef, nullptr), nullptr);
  own.note(pod("a", 7));
  EXPECT_EQ(own.newest(kRef, pod("b", 6))->metadata.uid, "b");
}

}  // namespace
}  // namespace sdbtwin::kit
