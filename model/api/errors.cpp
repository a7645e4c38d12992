#include "model/api/errors.h"

#include <fmt/format.h>

#include <set>
#include <utility>

#include "model/api/value.h"

namespace sdbtwin::api {

namespace errors {

namespace {

ApiError make(Reason reason, int code, std::string message) {
  ApiError error;
  error.reason = reason;
  error.code = code;
  error.message = std::move(message);
  return error;
}

ApiError about(const GroupResource& resource, std::string_view name, Reason reason, int code,
               std::string message) {
  ApiError error = make(reason, code, std::move(message));
  error.group = resource.group;
  error.plural = resource.plural;
  error.name = name;
  return error;
}

std::string quoted(std::string_view text) { return Value(text).dump(); }

// "pods \"x\""
std::string naming(const GroupResource& resource, std::string_view name) {
  return fmt::format("{} {}", resource.text(), quoted(name));
}

// field.ErrorList.ToAggregate().Error(): distinct messages, in order.
std::string aggregate(const std::vector<StatusCause>& causes) {
  std::set<std::string> seen;
  std::string text;
  for (const StatusCause& cause : causes) {
    std::string message = fmt::format("{}: {}", cause.field, cause.message);
    if (!seen.insert(message).second) continue;
    if (!text.empty()) text += ", ";
    text += message;
  }
  return seen.size() > 1 ? fmt::format("[{}]", text) : text;
}

}  // namespace

ApiError not_found(const GroupResource& resource, std::string_view name) {
  return about(resource, name, Reason::kNotFound, 404,
               fmt::format("{} not found", naming(resource, name)));
}

ApiError already_exists(const GroupResource& resource, std::string_view name) {
  return about(resource, name, Reason::kAlreadyExists, 409,
               fmt::format("{} already exists", naming(resource, name)));
}

ApiError already_exists_terminating(const GroupResource& resource, std::string_view name) {
  ApiError error = already_exists(resource, name);
  error.message = "object is being deleted: " + error.message;
  return error;
}

ApiError already_exists_generated(const GroupResource& resource, std::string_view name,
                                  bool existing_is_terminating) {
  ApiError error = already_exists(resource, name);
  error.message += ", the server was not able to generate a unique name for the object";
  if (existing_is_terminating) error.message = "object is being deleted: " + error.message;
  error.retry_after_seconds = 1;
  return error;
}

ApiError conflict(const GroupResource& resource, std::string_view name, std::string_view detail) {
  return about(
      resource, name, Reason::kConflict, 409,
      fmt::format("Operation cannot be fulfilled on {}: {}", naming(resource, name), detail));
}

ApiError modified(const GroupResource& resource, std::string_view name) {
  return conflict(resource, name,
                  "the object has been modified; please apply your changes to the latest version "
                  "and try again");
}

ApiError uid_precondition(const GroupResource& resource, std::string_view name,
                          std::string_view wanted, std::string_view actual) {
  return conflict(resource, name,
                  fmt::format("Precondition failed: UID in precondition: {}, UID in object meta: "
                              "{}",
                              wanted, actual));
}

ApiError resource_version_precondition(const GroupResource& resource, std::string_view name,
                                       std::string_view wanted, std::string_view actual) {
  return conflict(resource, name,
                  fmt::format("Precondition failed: ResourceVersion in precondition: {}, "
                              "ResourceVersion in object meta: {}",
                              wanted, actual));
}

ApiError invalid(std::string_view group, std::string_view kind, std::string_view name,
                 std::vector<StatusCause> causes) {
  const GroupResource qualified{group, kind};
  ApiError error = about(qualified, name, Reason::kInvalid, 422,
                         fmt::format("{} is invalid", naming(qualified, name)));
  if (!causes.empty()) error.message += ": " + aggregate(causes);
  error.causes = std::move(causes);
  return error;
}

ApiError bad_request(std::string message) {
  return make(Reason::kBadRequest, 400, std::move(message));
}

ApiError unauthorized(std::string message) {
  if (message.empty()) message = "not authorized";
  return make(Reason::kUnauthorized, 401, std::move(message));
}

ApiError forbidden(const GroupResource& resource, std::string_view name, std::string_view detail) {
  const std::string what = name.empty() ? resource.text() : naming(resource, name);
  return about(resource, name, Reason::kForbidden, 403,
               fmt::format("{} is forbidden: {}", what, detail));
}

ApiError no_rights(std::string_view user, std::string_view verb, const GroupResource& resource,
                   std::string_view namespace_) {
  const std::string where = namespace_.empty()
                                ? std::string("at the cluster scope")
                                : fmt::format("in the namespace {}", quoted(namespace_));
  return forbidden(resource, "",
                   fmt::format("User {} cannot {} resource {} in API group {} {}", quoted(user),
                               verb, quoted(resource.plural), quoted(resource.group), where));
}

ApiError expired(std::string message) { return make(Reason::kExpired, 410, std::move(message)); }

ApiError too_old_resource_version(uint64_t requested, uint64_t oldest) {
  return expired(fmt::format("too old resource version: {} ({})", requested, oldest));
}

ApiError gone(std::string message) { return make(Reason::kGone, 410, std::move(message)); }

ApiError too_many_requests(std::string message, int retry_after_seconds) {
  ApiError error = make(Reason::kTooManyRequests, 429, std::move(message));
  error.retry_after_seconds = retry_after_seconds;
  return error;
}

ApiError server_timeout(const GroupResource& resource, std::string_view operation,
                        int retry_after_seconds) {
  ApiError error = about(resource, "", Reason::kServerTimeout, 500,
                         fmt::format("The {} operation against {} could not be completed at this "
                                     "time, please try again.",
                                     operation, resource.text()));
  error.retry_after_seconds = retry_after_seconds;
  return error;
}

ApiError timeout(std::string message, int retry_after_seconds) {
  ApiError error = make(Reason::kTimeout, 504, "Timeout: " + message);
  error.retry_after_seconds = retry_after_seconds;
  return error;
}

ApiError request_timeout() {
  return timeout("request did not complete within requested timeout - context deadline exceeded");
}

ApiError too_large_resource_version(uint64_t requested, uint64_t current, int retry_after_seconds) {
  ApiError error =
      timeout(fmt::format("Too large resource version: {}, current: {}", requested, current),
              retry_after_seconds);
  error.causes.push_back({"ResourceVersionTooLarge", "Too large resource version", ""});
  return error;
}

ApiError internal_error(std::string message) {
  ApiError error = make(Reason::kInternalError, 500, "Internal error occurred: " + message);
  error.causes.push_back({"", std::move(message), ""});
  return error;
}

ApiError method_not_allowed(const GroupResource& resource, std::string_view action) {
  return about(
      resource, "", Reason::kMethodNotAllowed, 405,
      fmt::format("{} is not supported on resources of kind {}", action, quoted(resource.text())));
}

ApiError not_acceptable(std::string message) {
  return make(Reason::kNotAcceptable, 406, std::move(message));
}

ApiError unsupported_media_type(std::string message) {
  return make(Reason::kUnsupportedMediaType, 415, std::move(message));
}

ApiError request_entity_too_large(std::string message) {
  return make(Reason::kRequestEntityTooLarge, 413, "Request entity too large: " + message);
}

ApiError service_unavailable(std::string message) {
  return make(Reason::kServiceUnavailable, 503, std::move(message));
}

ApiError connection_lost(std::string message) {
  return make(Reason::kConnectionLost, 0, std::move(message));
}

ApiError webhook_failed(std::string_view webhook, std::string_view detail) {
  return internal_error(fmt::format("failed calling webhook {}: {}", quoted(webhook), detail));
}

ApiError webhook_denied(std::string_view webhook, std::string_view message) {
  return make(Reason::kForbidden, 403,
              fmt::format("admission webhook {} denied the request: {}", quoted(webhook), message));
}

}  // namespace errors

namespace field_error {

namespace {

std::string with_detail(std::string text, std::string_view detail) {
  if (!detail.empty()) text.append(": ").append(detail);
  return text;
}

}  // namespace

StatusCause required(std::string path, std::string_view detail) {
  return {"FieldValueRequired", with_detail("Required value", detail), std::move(path)};
}

StatusCause invalid(std::string path, std::string_view value_json, std::string_view detail) {
  return {"FieldValueInvalid", with_detail(fmt::format("Invalid value: {}", value_json), detail),
          std::move(path)};
}

StatusCause not_supported(std::string path, std::string_view value_json,
                          const std::vector<std::string_view>& supported) {
  std::string detail;
  for (std::string_view value : supported) {
    detail += detail.empty() ? "supported values: " : ", ";
    detail += Value(value).dump();
  }
  return {"FieldValueNotSupported",
          with_detail(fmt::format("Unsupported value: {}", value_json), detail), std::move(path)};
}

StatusCause forbidden(std::string path, std::string_view detail) {
  return {"FieldValueForbidden", with_detail("Forbidden", detail), std::move(path)};
}

StatusCause duplicate(std::string path, std::string_view value_json) {
  return {"FieldValueDuplicate", fmt::format("Duplicate value: {}", value_json), std::move(path)};
}

StatusCause too_long(std::string path, std::string_view, int64_t limit) {
  return {"FieldValueTooLong", fmt::format("Too long: may not be more than {} bytes", limit),
          std::move(path)};
}

StatusCause type_invalid(std::string path, std::string_view value_json, std::string_view detail) {
  return {"FieldValueTypeInvalid",
          with_detail(fmt::format("Invalid value: {}", value_json), detail), std::move(path)};
}

}  // namespace field_error

}  // namespace sdbtwin::api
