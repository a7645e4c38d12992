#include "model/api/codec.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "model/api/common_kinds.h"
#include "model/api/decode.h"
#include "model/api/encode.h"
#include "model/api/errors.h"
#include "model/api/reflect.h"
#include "model/api/schema.h"
#include "model/api/unstructured.h"
#include "model/api/value_parse.h"

namespace sdbtwin::api {

namespace {

void encode_metadata(const Object& object, JsonSink& sink, const EncodeOptions& options) {
  sink.key("metadata");
  encode(ObjectMeta::type_info(), &object.metadata, sink, options);
}

void encode_object(const Object& object, JsonSink& sink, const EncodeOptions& options) {
  sink.begin_object();
  sink.key("kind");
  sink.string(kind_name_of(object));
  sink.key("apiVersion");
  sink.string(api_version_of(object));
  encode_metadata(object, sink, options);
  if (object.kind() == Kind::kUnstructured) {
    for (const auto& [name, member] : cast<Unstructured>(object).body.members()) {
      sink.key(name);
      sink.value(member);
    }
  } else {
    encode_members(kind_info(object.kind()).type(), &object, sink, options);
  }
  sink.end_object();
}

std::string joined(const std::vector<StatusCause>& causes) {
  std::string text;
  for (const StatusCause& cause : causes) {
    if (!text.empty()) text += ", ";
    text += cause.message;
  }
  return text;
}

// A wrong type is 422 for custom resources (their schema says so) and 400 for built-in kinds (the
// Go decoder does).
ApiError decode_error(const DecodeContext& context, std::string_view group,
                      std::string_view version, std::string_view kind, std::string_view name) {
  if (context.problems.empty()) {
    ApiError error =
        errors::bad_request(fmt::format("strict decoding error: {}", joined(context.unknown)));
    if (!context.custom_resource) {
      error.message = fmt::format("{} in version \"{}\" cannot be handled as a {}: {}", kind,
                                  version, kind, error.message);
    }
    error.causes = context.unknown;
    return error;
  }
  if (context.custom_resource) return errors::invalid(group, kind, name, context.problems);
  const StatusCause& first = context.problems.front();
  ApiError error =
      errors::bad_request(fmt::format("{} in version \"{}\" cannot be handled as a {}: {}: {}",
                                      kind, version, kind, first.field, first.message));
  error.causes = context.problems;
  return error;
}

// A schema is checked as a whole: beside what has a wrong type, what is missing.
void add_missing_fields(Object& object, std::vector<StatusCause>& problems) {
  apply_defaults(object);
  std::vector<StatusCause> missing;
  for (StatusCause& cause : validate(object)) {
    const bool known = std::ranges::any_of(
        problems, [&](const StatusCause& problem) { return problem.field == cause.field; });
    if (cause.type == "FieldValueRequired" && !known) missing.push_back(std::move(cause));
  }
  std::ranges::move(missing, std::back_inserter(problems));
}

std::string_view name_in(const Value& metadata) { return metadata.string_at("name"); }

Result<ObjectPtr> decode_object(const KindInfo* info, const Value& value,
                                std::string_view api_version, std::string_view kind,
                                DecodeContext& context) {
  std::shared_ptr<Object> object;
  const GroupVersion gv = split_api_version(api_version);
  if (info != nullptr) {
    object = info->make();
    context.custom_resource = info->custom_resource;
    decode_body(info->type(), object.get(), value, context);
  } else {
    auto untyped = std::make_shared<Unstructured>(untyped_kind(gv.group, gv.version, kind));
    untyped->body = value.without("apiVersion").without("kind").without("metadata");
    object = std::move(untyped);
  }
  const Value* metadata = value.find("metadata");
  if (metadata != nullptr && !metadata->is_null()) {
    PathScope scope(context, "metadata");
    // Metadata follows Go's rules for every kind.
    const bool custom_resource = std::exchange(context.custom_resource, false);
    decode(ObjectMeta::type_info(), &object->metadata, *metadata, context);
    context.custom_resource = custom_resource;
  }
  if (!context.problems.empty() || !context.unknown.empty()) {
    if (context.custom_resource && !context.problems.empty()) {
      add_missing_fields(*object, context.problems);
    }
    const std::string_view name = metadata == nullptr ? std::string_view() : name_in(*metadata);
    return decode_error(context, gv.group, gv.version, kind, name);
  }
  return ObjectPtr(std::move(object));
}

Result<ObjectPtr> decode_value(const Value& value, DecodeContext& context) {
  if (!value.is_object()) {
    return errors::bad_request(
        fmt::format("an object is expected, found {}", to_string(value.type())));
  }
  const std::string_view api_version = value.string_at("apiVersion");
  const std::string_view kind = value.string_at("kind");
  if (kind.empty()) return errors::bad_request("Object 'Kind' is missing");
  if (api_version.empty()) return errors::bad_request("Object 'apiVersion' is missing");
  return decode_object(find_kind(api_version, kind), value, api_version, kind, context);
}

}  // namespace

Result<ObjectPtr> from_value(const Value& value, const DecodeOptions& options) {
  DecodeContext context;
  context.strict = options.strict;
  return decode_value(value, context);
}

Result<ObjectPtr> from_json(std::string_view json, const DecodeOptions& options) {
  Result<ParsedJson> parsed = parse_json(json);
  if (!parsed) return parsed.error();
  DecodeContext context;
  context.strict = options.strict;
  if (options.strict) {
    for (const std::string& path : parsed->duplicate_paths) {
      context.unknown.push_back(
          {"FieldValueDuplicate", fmt::format("duplicate field \"{}\"", path), path});
    }
  }
  return decode_value(parsed->value, context);
}

std::string to_json(const Object& object) {
  TextSink sink;
  encode_object(object, sink, {});
  return sink.take();
}

Value to_value(const Object& object, const EncodeOptions& options) {
  ValueSink sink;
  encode_object(object, sink, options);
  return sink.take();
}

Value encode_struct(const TypeInfo& type, const void* value, const EncodeOptions& options) {
  ValueSink sink;
  encode(type, value, sink, options);
  return sink.take();
}

Result<void> decode_struct(const TypeInfo& type, void* value, const Value& from,
                           bool custom_resource, const DecodeOptions& options) {
  DecodeContext context;
  context.custom_resource = custom_resource;
  context.strict = options.strict;
  decode(type, value, from, context);
  if (context.problems.empty() && context.unknown.empty()) return {};
  const bool wrong = !context.problems.empty();
  std::vector<StatusCause> causes = wrong ? context.problems : context.unknown;
  ApiError error = errors::bad_request(
      wrong ? fmt::format("{}: {}", causes.front().field, causes.front().message)
            : fmt::format("strict decoding error: {}", joined(causes)));
  error.causes = std::move(causes);
  return error;
}

namespace {

Value causes_value(const std::vector<StatusCause>& causes) {
  Value::Array items;
  for (const StatusCause& cause : causes) {
    Value::Object item;
    if (!cause.type.empty()) item.emplace("reason", cause.type);
    if (!cause.message.empty()) item.emplace("message", cause.message);
    if (!cause.field.empty()) item.emplace("field", cause.field);
    items.emplace_back(std::move(item));
  }
  return Value(std::move(items));
}

Value details_value(const ApiError& error) {
  Value::Object details;
  if (!error.name.empty()) details.emplace("name", error.name);
  if (!error.group.empty()) details.emplace("group", error.group);
  if (!error.plural.empty()) details.emplace("kind", error.plural);
  if (!error.uid.empty()) details.emplace("uid", error.uid);
  if (!error.causes.empty()) details.emplace("causes", causes_value(error.causes));
  if (error.retry_after_seconds > 0) {
    details.emplace("retryAfterSeconds", error.retry_after_seconds);
  }
  return Value(std::move(details));
}

// The server leaves details out for these, even where it knows more.
bool has_details(const ApiError& error) {
  return error.reason != Reason::kBadRequest && error.reason != Reason::kExpired;
}

}  // namespace

Value status_value(const ApiError& error) {
  Value::Object status;
  status.emplace("kind", "Status");
  status.emplace("apiVersion", "v1");
  Value::Object metadata;
  if (!error.continue_token.empty()) metadata.emplace("continue", error.continue_token);
  status.emplace("metadata", std::move(metadata));
  status.emplace("status", "Failure");
  status.emplace("message", error.message);
  status.emplace("reason", to_string(error.reason));
  if (has_details(error)) status.emplace("details", details_value(error));
  status.emplace("code", error.code);
  return Value(std::move(status));
}

std::string status_json(const ApiError& error) { return status_value(error).dump(); }

namespace {

Reason reason_of_code(int code) {
  switch (code) {
    case 400:
      return Reason::kBadRequest;
    case 401:
      return Reason::kUnauthorized;
    case 403:
      return Reason::kForbidden;
    case 404:
      return Reason::kNotFound;
    case 405:
      return Reason::kMethodNotAllowed;
    case 406:
      return Reason::kNotAcceptable;
    case 409:
      return Reason::kConflict;
    case 410:
      return Reason::kGone;
    case 413:
      return Reason::kRequestEntityTooLarge;
    case 415:
      return Reason::kUnsupportedMediaType;
    case 422:
      return Reason::kInvalid;
    case 429:
      return Reason::kTooManyRequests;
    case 503:
      return Reason::kServiceUnavailable;
    case 504:
      return Reason::kTimeout;
    default:
      return Reason::kInternalError;
  }
}

}  // namespace

ApiError error_from_status(const Value& status, int http_code) {
  ApiError error;
  const Value* code = status.find("code");
  error.code =
      code != nullptr && code->is_integer() ? static_cast<int>(code->as_integer()) : http_code;
  error.reason = parse_reason(status.string_at("reason")).value_or(reason_of_code(error.code));
  error.message = status.string_at("message");
  if (const Value* metadata = status.find("metadata")) {
    error.continue_token = metadata->string_at("continue");
  }
  const Value* details = status.find("details");
  if (details == nullptr) return error;
  error.name = details->string_at("name");
  error.group = details->string_at("group");
  error.plural = details->string_at("kind");
  error.uid = details->string_at("uid");
  if (const Value* seconds = details->find("retryAfterSeconds"); seconds && seconds->is_integer()) {
    error.retry_after_seconds = static_cast<int>(seconds->as_integer());
  }
  const Value* causes = details->find("causes");
  if (causes == nullptr || !causes->is_array()) return error;
  for (const Value& cause : causes->items()) {
    error.causes.push_back({std::string(cause.string_at("reason")),
                            std::string(cause.string_at("message")),
                            std::string(cause.string_at("field"))});
  }
  return error;
}

}  // namespace sdbtwin::api
