#include "property_tests/recorded_http.h"

#include <fmt/format.h>

#include <charconv>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

#include "model/api/codec.h"
#include "model/api/errors.h"

namespace sdbtwin::property_tests {

namespace {

using nlohmann::json;

int hex_digit(char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; }

std::string unescaped(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      plain += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
      i += 2;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

void read_path(const std::string& path, RecordedExchange& into) {
  const std::size_t mark = path.find('?');
  into.path = path.substr(0, mark);
  if (mark == std::string::npos) return;
  for (const std::string& pair : split(std::string_view(path).substr(mark + 1), '&')) {
    const std::size_t equals = pair.find('=');
    into.query[pair.substr(0, equals)] =
        equals == std::string::npos ? "" : unescaped(std::string_view(pair).substr(equals + 1));
  }
}

// Warning headers: 299 - "text".
std::string warning_text(const std::string& header) {
  const std::size_t first = header.find('"');
  const std::size_t last = header.rfind('"');
  std::string text;
  for (std::size_t i = first + 1; i < last; ++i) {
    if (header[i] == '\\') ++i;
    text += header[i];
  }
  return text;
}

RecordedExchange exchange_of(const json& from) {
  RecordedExchange exchange;
  const json& request = from.at("request");
  exchange.name = from.at("name").get<std::string>();
  exchange.method = request.at("method").get<std::string>();
  read_path(request.at("path").get<std::string>(), exchange);
  exchange.content_type = request.at("contentType").get<std::string>();
  exchange.accept = request.at("accept").get<std::string>();
  exchange.user = request.at("user").get<std::string>();
  exchange.body = request.at("body").get<std::string>();
  const json& response = from.at("response");
  exchange.has_response = response.is_object();
  if (!exchange.has_response) return exchange;
  exchange.code = response.at("code").get<int>();
  exchange.response = response.at("body").get<std::string>();
  const json& headers = response.at("headers");
  if (headers.contains("warning")) {
    exchange.warnings.push_back(warning_text(headers.at("warning").get<std::string>()));
  }
  return exchange;
}

// --- Requests -----------------------------------------------------------------------------------

// /api/v1/... or /apis/group/version/..., then namespaces/x, then plural/name/subresource.
struct Target {
  const api::KindInfo* kind = nullptr;
  std::string namespace_;
  std::string name;
  std::string subresource;
};

std::optional<Target> target_of(const std::string& path) {
  std::vector<std::string> parts = split(path.substr(1), '/');
  const bool core = parts.front() == "api";
  std::size_t at = core ? 2 : 3;
  if (parts.size() <= at) return std::nullopt;
  const std::string group = core ? "" : parts[1];
  const std::string version = core ? parts[1] : parts[2];
  Target target;
  if (parts[at] == "namespaces" && parts.size() > at + 2) {
    target.namespace_ = parts[at + 1];
    at += 2;
  }
  target.kind = api::find_resource(group, version, parts[at]);
  if (parts.size() > at + 1) target.name = parts[at + 1];
  if (parts.size() > at + 2) target.subresource = parts[at + 2];
  return target.kind == nullptr ? std::nullopt : std::optional(target);
}

std::string query_of(const RecordedExchange& exchange, const std::string& key) {
  const auto found = exchange.query.find(key);
  return found == exchange.query.end() ? "" : found->second;
}

std::optional<std::uint64_t> number_in(const std::string& text) {
  std::uint64_t number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || stop != text.data() + text.size()) {
    return std::nullopt;
  }
  return number;
}

template <class Enum>
Enum enum_in(const std::string& text) {
  const auto& names = api::EnumNames<Enum>::kNames;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == text) return static_cast<Enum>(i);
  }
  return Enum{};
}

api::ObjectRef ref_of(const Target& target) {
  return api::ObjectRef(target.kind->kind, target.namespace_, target.name);
}

// The body as an object of the path's kind: what it leaves out, the path says.
api::Result<api::ObjectPtr> object_in(const RecordedExchange& exchange, const Target& target) {
  api::Result<api::Value> value = api::Value::parse(exchange.body);
  if (!value) return value.error();
  if (value->find("apiVersion") == nullptr) {
    *value = value->with("apiVersion", target.kind->api_version());
  }
  if (value->find("kind") == nullptr) {
    *value = value->with("kind", std::string(target.kind->name));
  }
  api::Result<api::ObjectPtr> decoded = api::from_value(*value);
  if (!decoded) return decoded;
  std::shared_ptr<api::Object> object = api::copy(**decoded);
  if (object->metadata.namespace_.empty()) object->metadata.namespace_ = target.namespace_;
  return api::ObjectPtr(std::move(object));
}

api::ListOptions list_options_of(const RecordedExchange& exchange) {
  api::ListOptions options;
  options.label_selector = *api::LabelSelector::parse(query_of(exchange, "labelSelector"));
  options.field_selector = *api::FieldSelector::parse(query_of(exchange, "fieldSelector"));
  options.resource_version = number_in(query_of(exchange, "resourceVersion"));
  options.version_match = enum_in<api::VersionMatch>(query_of(exchange, "resourceVersionMatch"));
  options.limit = static_cast<std::int64_t>(number_in(query_of(exchange, "limit")).value_or(0));
  options.continue_token = query_of(exchange, "continue");
  return options;
}

api::WatchRequest watch_of(const RecordedExchange& exchange, const Target& target) {
  const api::ListOptions options = list_options_of(exchange);
  api::WatchRequest watch(target.kind->kind, target.namespace_);
  watch.label_selector = options.label_selector;
  watch.field_selector = options.field_selector;
  watch.resource_version = options.resource_version;
  watch.bookmarks = query_of(exchange, "allowWatchBookmarks") == "true";
  watch.send_initial_events = query_of(exchange, "sendInitialEvents") == "true";
  watch.timeout_seconds =
      static_cast<std::int64_t>(number_in(query_of(exchange, "timeoutSeconds")).value_or(0));
  return watch;
}

api::DeleteOptions delete_options_of(const RecordedExchange& exchange) {
  api::DeleteOptions options;
  options.propagation = enum_in<api::Propagation>(query_of(exchange, "propagationPolicy"));
  if (const auto seconds = number_in(query_of(exchange, "gracePeriodSeconds"))) {
    options.grace_period_seconds = static_cast<std::int64_t>(*seconds);
  }
  if (exchange.body.empty()) return options;
  const api::Result<api::Value> body = api::Value::parse(exchange.body);
  if (!body) return options;
  const api::Value* conditions = body->find("preconditions");
  if (conditions == nullptr) return options;
  const std::string_view uid = conditions->string_at("uid");
  if (!uid.empty()) options.uid = std::string(uid);
  options.resource_version = number_in(std::string(conditions->string_at("resourceVersion")));
  return options;
}

api::Result<api::Request> post_of(const RecordedExchange& exchange, const Target& target) {
  if (target.subresource == "eviction") return api::Request::evict(ref_of(target));
  if (target.subresource == "binding") {
    const api::Result<api::Value> body = api::Value::parse(exchange.body);
    if (!body) return body.error();
    const api::Value* node = body->find("target");
    return api::Request::bind(ref_of(target),
                              std::string(node == nullptr ? "" : node->string_at("name")));
  }
  api::Result<api::ObjectPtr> object = object_in(exchange, target);
  if (!object) return object.error();
  return api::Request::create(*std::move(object));
}

api::Result<api::Request> patch_of(const RecordedExchange& exchange, const Target& target) {
  const auto type = enum_in<api::PatchType>(exchange.content_type);
  if (type == api::PatchType::kApply) {
    api::Result<api::ObjectPtr> object = object_in(exchange, target);
    if (!object) return object.error();
    return api::Request::apply(*std::move(object), "", query_of(exchange, "force") == "true");
  }
  api::Result<api::Value> body = api::Value::parse(exchange.body);
  if (!body) return body.error();
  return api::Request::patch(ref_of(target), type, *std::move(body));
}

api::Result<api::Request> request_of(const RecordedExchange& exchange, const Target& target) {
  if (exchange.method == "POST") return post_of(exchange, target);
  if (exchange.method == "PATCH") return patch_of(exchange, target);
  if (exchange.method == "PUT") {
    api::Result<api::ObjectPtr> object = object_in(exchange, target);
    if (!object) return object.error();
    return api::Request::update(*std::move(object));
  }
  if (exchange.method == "DELETE" && target.name.empty()) {
    return api::Request::remove_collection(target.kind->kind, target.namespace_,
                                           list_options_of(exchange), delete_options_of(exchange));
  }
  if (exchange.method == "DELETE") {
    return api::Request::remove(ref_of(target), delete_options_of(exchange));
  }
  if (!target.name.empty()) return api::Request::get(ref_of(target));
  return api::Request::list(target.kind->kind, target.namespace_, list_options_of(exchange));
}

}  // namespace

std::optional<std::vector<RecordedExchange>> read_recording(const std::string& file) {
  std::ifstream in(file);
  if (!in) return std::nullopt;
  const json recording = json::parse(in);
  std::vector<RecordedExchange> exchanges;
  for (const json& one : recording.at("cases")) exchanges.push_back(exchange_of(one));
  return exchanges;
}

api::Result<RecordedCall> call_of(const RecordedExchange& exchange, std::string field_manager) {
  const std::optional<Target> target = target_of(exchange.path);
  if (!target) return api::errors::bad_request("no such path: " + exchange.path);
  RecordedCall call;
  if (query_of(exchange, "watch") == "1") {
    call.watch = watch_of(exchange, *target);
    return call;
  }
  api::Result<api::Request> request = request_of(exchange, *target);
  if (!request) return request.error();
  request->subresource = enum_in<api::Subresource>(target->subresource);
  request->dry_run = query_of(exchange, "dryRun") == "All";
  request->strict_fields = query_of(exchange, "fieldValidation") == "Strict";
  const std::string manager = query_of(exchange, "fieldManager");
  request->field_manager = manager.empty() ? std::move(field_manager) : manager;
  call.request = *std::move(request);
  return call;
}

}  // namespace sdbtwin::property_tests
