#include "model/store/size_limits.h"

#include <fmt/format.h>

#include <string>

#include "model/api/codec.h"
#include "model/api/core.h"
#include "model/api/petset.h"
#include "model/api/unstructured.h"

namespace sdbtwin::store {

namespace {

constexpr std::size_t kWorthCounting = kStoredBytesMax / 10;

std::size_t bytes_of(const std::string& text) { return text.size(); }
std::size_t bytes_of(const api::Bytes& bytes) { return bytes.raw.size(); }

template <class Map>
std::size_t bytes_of_map(const Map& map) {
  std::size_t sum = 0;
  for (const auto& [key, value] : map) sum += key.size() + bytes_of(value);
  return sum;
}

// A lower bound that is near where an object is large.
std::size_t bulk_of(const api::Object& object) {
  const std::size_t annotations = bytes_of_map(*object.metadata.annotations);
  switch (object.kind()) {
    case api::Kind::kConfigMap: {
      const auto& map = api::cast<api::ConfigMap>(object);
      return annotations + bytes_of_map(*map.data) + bytes_of_map(*map.binary_data);
    }
    case api::Kind::kSecret: {
      const auto& secret = api::cast<api::Secret>(object);
      return annotations + bytes_of_map(*secret.data) + bytes_of_map(*secret.string_data);
    }
    case api::Kind::kControllerRevision:
      return annotations + api::cast<api::ControllerRevision>(object).data->bytes.size();
    case api::Kind::kUnstructured:
      return annotations + api::cast<api::Unstructured>(object).body.dump().size();
    default:
      return annotations;
  }
}

bool is_over(const api::Object& object, std::size_t limit) {
  return bulk_of(object) >= kWorthCounting && api::to_json(object).size() > limit;
}

}  // namespace

api::Result<void> check_body_size(const api::Object& body) {
  if (!is_over(body, kBodyBytesMax)) return {};
  return api::errors::request_entity_too_large(fmt::format("limit is {}", kBodyBytesMax));
}

api::Result<void> check_stored_size(const api::Object& object) {
  if (!is_over(object, kStoredBytesMax)) return {};
  // As etcd's client says it: no reason of the API's own and no prefix.
  api::ApiError error;
  error.reason = api::Reason::kInternalError;
  error.code = 500;
  error.message = "etcdserver: request is too large";
  return error;
}

}  // namespace sdbtwin::store
