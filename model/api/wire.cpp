#include "model/api/wire.h"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "model/api/base64.h"
#include "model/api/codec.h"
#include "model/api/kind.h"
#include "model/api/unstructured.h"

namespace sdbtwin::api {

namespace {

struct KindName {
  std::string api_version;
  std::string name;
  bool custom;
};

KindName kind_name(Kind kind, const std::string& untyped) {
  if (kind == Kind::kUnstructured) {
    auto [api_version, name] = split_untyped_name(untyped);
    return {std::move(api_version), std::move(name), true};
  }
  const KindInfo& info = kind_info(kind);
  return {info.api_version(), std::string(info.name), info.custom_resource};
}

// Elements of a list of a built-in kind do not repeat what they are.
Value item_value(const Object& object, bool custom) {
  const Value item = to_value(object);
  return custom ? item : item.without("kind").without("apiVersion");
}

Value list_value(const Request& request, const Response& response) {
  const KindName kind = kind_name(request.ref.kind, request.ref.untyped);
  Value::Object metadata;
  metadata.emplace("resourceVersion", std::to_string(response.resource_version));
  if (!response.continue_token.empty()) metadata.emplace("continue", response.continue_token);
  if (response.remaining > 0) metadata.emplace("remainingItemCount", response.remaining);
  Value::Array items;
  for (const ObjectPtr& object : response.items) items.push_back(item_value(*object, kind.custom));
  return Value::object({{"kind", kind.name + "List"},
                        {"apiVersion", kind.api_version},
                        {"metadata", Value(std::move(metadata))},
                        {"items", Value(std::move(items))}});
}

Value scale_value(const Request& request, const Response& response) {
  Value::Object spec;
  if (response.scale_replicas != 0) spec.emplace("replicas", response.scale_replicas);
  return Value::object({{"kind", "Scale"},
                        {"apiVersion", "autoscaling/v1"},
                        {"metadata", Value::object({{"name", request.ref.key.name},
                                                    {"namespace", request.ref.key.namespace_},
                                                    {"resourceVersion",
                                                     std::to_string(response.resource_version)}})},
                        {"spec", Value(std::move(spec))},
                        {"status", Value::object({{"replicas", response.scale_status_replicas}})}});
}

Value success_value(const Response& response) {
  Value status = Value::object({{"kind", "Status"},
                                {"apiVersion", "v1"},
                                {"metadata", Value::object({})},
                                {"status", "Success"}});
  if (response.removed == nullptr) return status.with("code", response.code);
  const GroupResource resource = resource_of(*response.removed);
  const ObjectMeta& meta = response.removed->metadata;
  Value::Object details;
  details.emplace("name", meta.name);
  if (!resource.group.empty()) details.emplace("group", std::string(resource.group));
  details.emplace("kind", std::string(resource.plural));
  details.emplace("uid", meta.uid);
  return status.with("details", Value(std::move(details)));
}

// The empty list that tells a client of what kind the streamed state was (1.32 and later).
std::string blueprint(const KindName& kind) {
  return base64_encode(
      fmt::format(R"({{"kind":"{}List","apiVersion":"{}","metadata":{{}},"items":null}})"
                  "\n",
                  kind.name, kind.api_version));
}

Value bookmark_value(const WatchRequest& request, const WatchEvent& event) {
  const KindName kind = kind_name(request.kind, request.untyped);
  Value::Object metadata;
  metadata.emplace("resourceVersion", std::to_string(event.resource_version));
  metadata.emplace("creationTimestamp", nullptr);
  if (event.initial_events_end) {
    metadata.emplace(
        "annotations",
        Value::object({{"k8s.io/initial-events-end", "true"},
                       {"kubernetes.io/initial-events-list-blueprint", blueprint(kind)}}));
  }
  return Value::object({{"kind", kind.name},
                        {"apiVersion", kind.api_version},
                        {"metadata", Value(std::move(metadata))}});
}

Value watched_value(const WatchRequest& request, const WatchEvent& event) {
  switch (event.type) {
    case WatchEventType::kAdded:
    case WatchEventType::kModified:
    case WatchEventType::kDeleted:
      return to_value(*event.object);
    case WatchEventType::kBookmark:
      return bookmark_value(request, event);
    case WatchEventType::kError:
      return status_value(*event.error);
    case WatchEventType::kEnd:
      break;
  }
  SIM_UNREACHABLE();
}

}  // namespace

Value response_value(const Request& request, const Response& response) {
  if (request.verb == Verb::kList || request.verb == Verb::kDeleteCollection) {
    return list_value(request, response);
  }
  if (request.subresource == Subresource::kScale) return scale_value(request, response);
  if (response.object != nullptr) return to_value(*response.object);
  return success_value(response);
}

Value watch_event_value(const WatchRequest& request, const WatchEvent& event) {
  return Value::object(
      {{"type", to_string(event.type)}, {"object", watched_value(request, event)}});
}

}  // namespace sdbtwin::api
