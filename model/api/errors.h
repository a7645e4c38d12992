// Factories for ApiError: the messages, codes and details of the real server (kubernetes.md 4.1-4.4
// and apimachinery's api/errors). A plural of a group reads `petsets.apps.k8s.appscode.com`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/api/kind.h"
#include "model/api/result.h"

namespace sdbtwin::api {

namespace errors {

ApiError not_found(const GroupResource& resource, std::string_view name);
ApiError already_exists(const GroupResource& resource, std::string_view name);
// With generateName also set, or a terminating namesake (kubernetes.md 4.3).
ApiError already_exists_generated(const GroupResource& resource, std::string_view name,
                                  bool existing_is_terminating);
ApiError already_exists_terminating(const GroupResource& resource, std::string_view name);
// "Operation cannot be fulfilled on ...: <detail>"
ApiError conflict(const GroupResource& resource, std::string_view name, std::string_view detail);
ApiError modified(const GroupResource& resource, std::string_view name);  // stale resourceVersion
ApiError uid_precondition(const GroupResource& resource, std::string_view name,
                          std::string_view wanted, std::string_view actual);
ApiError resource_version_precondition(const GroupResource& resource, std::string_view name,
                                       std::string_view wanted, std::string_view actual);
// 422; `kind` is the Kind's name. One cause: its text; several: "[a, b]".
ApiError invalid(std::string_view group, std::string_view kind, std::string_view name,
                 std::vector<StatusCause> causes);
ApiError bad_request(std::string message);
ApiError unauthorized(std::string message);
// "<plural> \"name\" is forbidden: <detail>"
ApiError forbidden(const GroupResource& resource, std::string_view name, std::string_view detail);
// The authoriser's refusal: "User \"u\" cannot list resource ..." ("" = of the whole cluster).
ApiError no_rights(std::string_view user, std::string_view verb, const GroupResource& resource,
                   std::string_view namespace_);
ApiError expired(std::string message);
ApiError too_old_resource_version(uint64_t requested, uint64_t oldest);  // watch and exact list
ApiError gone(std::string message);
ApiError too_many_requests(std::string message, int retry_after_seconds);
ApiError server_timeout(const GroupResource& resource, std::string_view operation,
                        int retry_after_seconds);
ApiError timeout(std::string message, int retry_after_seconds = 0);
ApiError request_timeout();  // the 34 s limit: "... context deadline exceeded"
ApiError too_large_resource_version(uint64_t requested, uint64_t current, int retry_after_seconds);
ApiError internal_error(std::string message);  // "Internal error occurred: <message>"
ApiError method_not_allowed(const GroupResource& resource, std::string_view action);
ApiError not_acceptable(std::string message);
ApiError unsupported_media_type(std::string message);
ApiError request_entity_too_large(std::string message);
ApiError service_unavailable(std::string message);
ApiError connection_lost(std::string message);
// An admission webhook that could not be called (failurePolicy Fail), or that said no.
ApiError webhook_failed(std::string_view webhook, std::string_view detail);
ApiError webhook_denied(std::string_view webhook, std::string_view message);

}  // namespace errors

// Causes of kInvalid, as apimachinery's validation/field builds them.
namespace field_error {

StatusCause required(std::string path, std::string_view detail = "");
StatusCause invalid(std::string path, std::string_view value_json, std::string_view detail);
StatusCause not_supported(std::string path, std::string_view value_json,
                          const std::vector<std::string_view>& supported);
StatusCause forbidden(std::string path, std::string_view detail);
StatusCause duplicate(std::string path, std::string_view value_json);
StatusCause too_long(std::string path, std::string_view value_json, int64_t limit);
StatusCause type_invalid(std::string path, std::string_view value_json, std::string_view detail);

}  // namespace field_error

}  // namespace sdbtwin::api
