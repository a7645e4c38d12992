// How large a request and an object may be (kubernetes.md 4.3).
#include "model/store/size_limits.h"

#include "model/store/store_fixture.h"

namespace sdbtwin::store {
namespace {

using api::Request;

class SizeTest : public StoreTest {
 protected:
  static std::shared_ptr<api::ConfigMap> map_of(std::size_t bytes) {
    auto map = std::make_shared<api::ConfigMap>();
    map->metadata.namespace_ = "demo";
    map->metadata.name = "big";
    map->data.edit()["k"] = std::string(bytes, 'x');
    return map;
  }
  static constexpr std::size_t kMebi = std::size_t{1} << 20;
};

TEST_F(SizeTest, ABodyOver3MiBIs413) {
  const api::ApiError error = refused(Request::create(map_of(3 * kMebi)));
  EXPECT_EQ(error.code, 413);
  EXPECT_EQ(error.reason, api::Reason::kRequestEntityTooLarge);
  EXPECT_EQ(error.message, "Request entity too large: limit is 3145728");
  create_config_map("big");
  EXPECT_EQ(refused(Request::update(map_of(3 * kMebi))).code, 413);
}

TEST_F(SizeTest, AnObjectOver1MiBAndAHalfIsRefusedByEtcdWith500) {
  const api::ApiError error = refused(Request::create(map_of(kMebi * 3 / 2)));
  EXPECT_EQ(error.code, 500);
  EXPECT_EQ(error.message, "etcdserver: request is too large");
}

TEST_F(SizeTest, APatchThatMakesAnObjectTooLargeIsRefusedTheSameWay) {
  must(Request::create(map_of(kMebi)));
  const api::Value half =
      api::Value::object({{"data", api::Value::object({{"l", std::string(kMebi * 3 / 4, 'y')}})}});
  const api::ApiError error = refused(Request::patch(map_ref("big"), api::PatchType::kMerge, half));
  EXPECT_EQ(error.code, 500);
}

TEST_F(SizeTest, WhatIsCountedIsTheWholeObjectAsItIsWritten) {
  // The limit is met to the byte: what surrounds the data counts too.
  const std::size_t around = api::to_json(*must(Request::create(map_of(0))).object).size();
  must(Request::update(map_of(kStoredBytesMax - around)));
  EXPECT_EQ(refused(Request::update(map_of(kStoredBytesMax - around + 1))).code, 500);
}

TEST_F(SizeTest, AnnotationsOver256KiBTogetherAreInvalid) {
  std::shared_ptr<api::ConfigMap> map = map_of(1);
  map->metadata.annotations.edit()["a"] = std::string(256 << 10, 'x');
  const api::ApiError error = refused(Request::create(map));
  EXPECT_EQ(error.code, 422);
  EXPECT_THAT(
      error.message,
      testing::HasSubstr("metadata.annotations: Too long: may not be more than 262144 bytes"));
}

}  // namespace
}  // namespace sdbtwin::store
