// Goal: the bodies of answers are the server's: which parts a Status has, what a list says of
// itself and its items, what a bookmark carries.
#include "model/api/wire.h"

#include <gtest/gtest.h>

#include "model/api/codec.h"
#include "model/api/core.h"
#include "model/api/errors.h"
#include "model/api/singlestore.h"

namespace sdbtwin::api {
namespace {

std::shared_ptr<ConfigMap> config_map() {
  auto map = std::make_shared<ConfigMap>();
  map->metadata.namespace_ = "demo";
  map->metadata.name = "a";
  map->metadata.uid = "u";
  return map;
}

TEST(Wire, AnObjectIsItself) {
  Response response;
  response.object = config_map();
  EXPECT_EQ(response_value(Request::create(config_map()), response), to_value(*response.object));
}

TEST(Wire, AListNamesItsKindAndItsItemsOfBuiltInKindsDoNot) {
  Response response;
  response.resource_version = 7;
  response.continue_token = "t";
  response.remaining = 2;
  response.items = {config_map()};
  const Value list = response_value(Request::list(Kind::kConfigMap, "demo"), response);
  EXPECT_EQ(list.string_at("kind"), "ConfigMapList");
  EXPECT_EQ(list.find("metadata")->dump(),
            R"({"continue":"t","remainingItemCount":2,"resourceVersion":"7"})");
  EXPECT_EQ(list.find("items")->items().front().find("kind"), nullptr);

  response.items = {std::make_shared<Singlestore>()};
  const Value custom = response_value(Request::list(Kind::kSinglestore, "demo"), response);
  EXPECT_EQ(custom.find("items")->items().front().string_at("kind"), "Singlestore");
}

TEST(Wire, ADeletionSaysWhatItRemoved) {
  Response response;
  response.removed = config_map();
  const ObjectRef ref(Kind::kConfigMap, "demo", "a");
  EXPECT_EQ(response_value(Request::remove(ref), response).dump(),
            R"({"apiVersion":"v1","details":{"kind":"configmaps","name":"a","uid":"u"},)"
            R"("kind":"Status","metadata":{},"status":"Success"})");
}

TEST(Wire, OtherSuccessesSayTheirCode) {
  Response response;
  response.code = 201;
  const ObjectRef pod(Kind::kPod, "demo", "p");
  EXPECT_EQ(response_value(Request::bind(pod, "n"), response).dump(),
            R"({"apiVersion":"v1","code":201,"kind":"Status","metadata":{},"status":"Success"})");
}

TEST(Wire, TheBookmarkAfterTheInitialStateSaysSo) {
  const WatchRequest request(Kind::kConfigMap, "demo");
  WatchEvent bookmark = WatchEvent::bookmark(9);
  EXPECT_EQ(watch_event_value(request, bookmark).dump(),
            R"({"object":{"apiVersion":"v1","kind":"ConfigMap","metadata":)"
            R"({"creationTimestamp":null,"resourceVersion":"9"}},"type":"BOOKMARK"})");
  bookmark.initial_events_end = true;
  const Value line = watch_event_value(request, bookmark);
  const Value* annotations = line.find_path({"object", "metadata", "annotations"});
  ASSERT_NE(annotations, nullptr);
  EXPECT_EQ(annotations->string_at("k8s.io/initial-events-end"), "true");
}

TEST(Wire, AnErrorInAStreamIsAStatus) {
  const WatchRequest request(Kind::kConfigMap, "demo");
  const WatchEvent failed = WatchEvent::failed(errors::too_old_resource_version(1, 5));
  const Value line = watch_event_value(request, failed);
  EXPECT_EQ(line.string_at("type"), "ERROR");
  EXPECT_EQ(line.find("object")->string_at("reason"), "Expired");
}

TEST(Wire, AnExpiredPageSaysHowToGoOn) {
  ApiError error = errors::expired("too old");
  error.continue_token = "t";
  EXPECT_EQ(status_value(error).find("metadata")->dump(), R"({"continue":"t"})");
  EXPECT_EQ(error_from_status(status_value(error), 410), error);
}

}  // namespace
}  // namespace sdbtwin::api
