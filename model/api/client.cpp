#include "model/api/client.h"

namespace sdbtwin::api {

DeleteOptions DeleteOptions::with_uid(std::string uid) {
  DeleteOptions options;
  options.uid = std::move(uid);
  return options;
}

DeleteOptions DeleteOptions::with_grace(int64_t seconds) {
  DeleteOptions options;
  options.grace_period_seconds = seconds;
  return options;
}

namespace {

Request make(Verb verb, ObjectRef ref) {
  Request request;
  request.verb = verb;
  request.ref = std::move(ref);
  return request;
}

Request make_with_object(Verb verb, ObjectPtr object) {
  SIM_ASSERT(object != nullptr);
  Request request = make(verb, ref_of(*object));
  request.object = std::move(object);
  return request;
}

}  // namespace

Request Request::get(ObjectRef ref, GetOptions options) {
  Request request = make(Verb::kGet, std::move(ref));
  request.get_options = options;
  return request;
}

Request Request::list(Kind kind, std::string namespace_, ListOptions options) {
  Request request = make(Verb::kList, ObjectRef(kind, std::move(namespace_), ""));
  request.list_options = std::move(options);
  return request;
}

Request Request::create(ObjectPtr object) {
  return make_with_object(Verb::kCreate, std::move(object));
}

Request Request::update(ObjectPtr object) {
  return make_with_object(Verb::kUpdate, std::move(object));
}

Request Request::update_status(ObjectPtr object) {
  Request request = make_with_object(Verb::kUpdate, std::move(object));
  request.subresource = Subresource::kStatus;
  return request;
}

Request Request::patch(ObjectRef ref, PatchType type, Value body) {
  Request request = make(Verb::kPatch, std::move(ref));
  request.patch_type = type;
  request.patch_body = std::move(body);
  return request;
}

Request Request::patch_status(ObjectRef ref, PatchType type, Value body) {
  Request request = patch(std::move(ref), type, std::move(body));
  request.subresource = Subresource::kStatus;
  return request;
}

Request Request::apply(ObjectPtr object, std::string field_manager, bool force) {
  Request request = make_with_object(Verb::kPatch, std::move(object));
  request.patch_type = PatchType::kApply;
  request.field_manager = std::move(field_manager);
  request.force = force;
  return request;
}

Request Request::get_scale(ObjectRef ref) {
  Request request = make(Verb::kGet, std::move(ref));
  request.subresource = Subresource::kScale;
  return request;
}

Request Request::set_scale(ObjectRef ref, int32_t replicas) {
  Request request = make(Verb::kUpdate, std::move(ref));
  request.subresource = Subresource::kScale;
  request.scale_replicas = replicas;
  return request;
}

Request Request::remove(ObjectRef ref, DeleteOptions options) {
  Request request = make(Verb::kDelete, std::move(ref));
  request.delete_options = std::move(options);
  request.dry_run = request.delete_options->dry_run;
  return request;
}

Request Request::remove_collection(Kind kind, std::string namespace_, ListOptions which,
                                   DeleteOptions options) {
  Request request = make(Verb::kDeleteCollection, ObjectRef(kind, std::move(namespace_), ""));
  request.list_options = std::move(which);
  request.delete_options = std::move(options);
  request.dry_run = request.delete_options->dry_run;
  return request;
}

Request Request::evict(ObjectRef pod, DeleteOptions options) {
  Request request = make(Verb::kCreate, std::move(pod));
  request.subresource = Subresource::kEviction;
  request.delete_options = std::move(options);
  request.dry_run = request.delete_options->dry_run;
  return request;
}

Request Request::bind(ObjectRef pod, std::string node) {
  Request request = make(Verb::kCreate, std::move(pod));
  request.subresource = Subresource::kBinding;
  request.target_node = std::move(node);
  return request;
}

std::string to_string(const Request& request) {
  std::string what(to_string(request.verb));
  what.append(" ").append(to_string(request.ref));
  if (request.subresource != Subresource::kNone) {
    what.append(" /").append(to_string(request.subresource));
  }
  return what;
}

WatchEvent::WatchEvent(WatchEventType event_type, ObjectPtr event_object)
    : type(event_type), object(std::move(event_object)) {
  if (object) resource_version = object->metadata.resource_version;
}

WatchEvent WatchEvent::bookmark(uint64_t resource_version) {
  WatchEvent event(WatchEventType::kBookmark, nullptr);
  event.resource_version = resource_version;
  return event;
}

WatchEvent WatchEvent::failed(ApiError error) {
  WatchEvent event(WatchEventType::kError, nullptr);
  event.error = std::make_shared<const ApiError>(std::move(error));
  return event;
}

WatchEvent WatchEvent::end() { return {WatchEventType::kEnd, nullptr}; }

}  // namespace sdbtwin::api
