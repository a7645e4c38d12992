#include "property_tests/recorded_answers.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "model/api/codec.h"
#include "model/api/wire.h"
#include "model/store/continue_token.h"

namespace sdbtwin::property_tests {

namespace {

using api::Value;

// What controllers and admission of the recorded cluster put in; the names are all we compare.
constexpr std::array<std::string_view, 2> kInjectedMaps{"kube-root-ca.crt",
                                                        "openshift-service-ca.crt"};
constexpr std::string_view kInjectedVolume = "kube-api-access-";

bool is_injected_map(const Value& object) {
  const Value* metadata = object.find("metadata");
  return metadata != nullptr && std::find(kInjectedMaps.begin(), kInjectedMaps.end(),
                                          metadata->string_at("name")) != kInjectedMaps.end();
}

bool is_injected_volume(const Value& item) {
  return item.string_at("name").starts_with(kInjectedVolume);
}

bool is_time(const std::string& key) {
  static const std::set<std::string, std::less<>> kTimes{
      "creationTimestamp", "deletionTimestamp", "time", "lastTransitionTime", "lastProbeTime"};
  return kTimes.contains(key);
}

// Differences that Go prints behind a validation message.
std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

std::string continue_start(const std::string& token) {
  const api::Result<store::ContinueToken> decoded = store::ContinueToken::decode(token);
  return decoded ? decoded->start : token;
}

Value without_injected_volumes(const Value& list) {
  Value::Array kept;
  for (const Value& item : list.items()) {
    if (!is_injected_volume(item)) kept.push_back(item);
  }
  return kept.empty() ? Value() : Value(std::move(kept));
}

Value sorted(const Value& list) {
  Value::Array items = list.items();
  std::ranges::sort(items, {}, [](const Value& item) { return item.dump(); });
  return Value(std::move(items));
}

std::string shown(const Value* value) {
  if (value == nullptr) return "(absent)";
  constexpr std::size_t kLongest = 600;
  return value->dump().substr(0, kLongest);
}

void find_differences(const std::string& path, const Value* recorded, const Value* ours,
                      std::vector<std::string>& into) {
  if (recorded != nullptr && ours != nullptr && *recorded == *ours) return;
  if (recorded != nullptr && ours != nullptr && recorded->is_object() && ours->is_object()) {
    std::set<std::string> keys;
    for (const auto& [key, value] : recorded->members()) keys.insert(key);
    for (const auto& [key, value] : ours->members()) keys.insert(key);
    for (const std::string& key : keys) {
      find_differences(path + "." + key, recorded->find(key), ours->find(key), into);
    }
    return;
  }
  if (recorded != nullptr && ours != nullptr && recorded->is_array() && ours->is_array() &&
      recorded->size() == ours->size()) {
    for (std::size_t i = 0; i < ours->size(); ++i) {
      find_differences(fmt::format("{}[{}]", path, i), &recorded->items()[i], &ours->items()[i],
                       into);
    }
    return;
  }
  into.push_back(fmt::format("{}: {} | {}", path, shown(recorded), shown(ours)));
}

}  // namespace

RecordedAnswer recorded_answer(const RecordedExchange& exchange) {
  RecordedAnswer answer;
  answer.code = exchange.code;
  answer.warnings = exchange.warnings;
  if (!exchange.query.contains("watch")) {
    answer.body = *Value::parse(exchange.response);
    return answer;
  }
  Value::Array lines;
  std::string_view rest = exchange.response;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    lines.push_back(*Value::parse(rest.substr(0, end)));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  answer.body = Value(std::move(lines));
  return answer;
}

RecordedAnswer answer_of(const api::Request& request, const api::Response& response) {
  RecordedAnswer answer;
  answer.code = response.code;
  answer.body = api::response_value(request, response);
  answer.warnings = response.warnings;
  return answer;
}

RecordedAnswer answer_of(const api::ApiError& error) {
  RecordedAnswer answer;
  answer.code = error.code;
  answer.body = api::status_value(error);
  return answer;
}

RecordedAnswer Normaliser::normalised(const RecordedAnswer& answer) {
  RecordedAnswer plain = answer;
  plain.body = normalised(answer.body);
  return plain;
}

Value Normaliser::normalised(const Value& value) {
  if (value.is_array()) {
    Value::Array items;
    for (const Value& item : value.items()) items.push_back(normalised(item));
    return Value(std::move(items));
  }
  if (!value.is_object()) return value;
  if (is_injected_map(value)) {
    return Value::object({{"injected", value.find("metadata")->string_at("name")}});
  }
  Value::Object members;
  for (const auto& [key, each] : value.members()) {
    Value plain = member(key, each);
    if (plain.is_null() && (key == "volumes" || key == "volumeMounts")) continue;
    members.emplace(key, std::move(plain));
  }
  return Value(std::move(members));
}

Value Normaliser::member(const std::string& key, const Value& value) {
  if (key == "metadata" && value.is_object()) return metadata(value);
  if (key == "uid" && value.is_string()) return Value("<uid>");
  if (is_time(key) && value.is_string()) return Value("<time>");
  if (key == "message" && value.is_string()) return Value(first_line(value.text()));
  if (key == "continue" && value.is_string()) return Value(continue_start(value.text()));
  if ((key == "volumes" || key == "volumeMounts") && value.is_array()) {
    return normalised(without_injected_volumes(value));
  }
  // Entries of managedFields are listed by the second in which they were written.
  if (key == "managedFields" && value.is_array()) return sorted(normalised(value));
  return normalised(value);
}

Value Normaliser::metadata(const Value& value) {
  Value::Object members;
  for (const auto& [key, each] : value.members()) {
    if (key == "resourceVersion") {
      members.emplace(key, movement(value, std::stoull(each.text())));
    } else {
      members.emplace(key, member(key, each));
    }
  }
  return Value(std::move(members));
}

// How the version moved since the object was seen last; a list's against all that was seen.
std::string Normaliser::movement(const Value& metadata, std::uint64_t version) {
  std::uint64_t& last = seen_[std::string(metadata.string_at("name"))];
  const std::string moved = last == 0         ? "<first>"
                            : version > last  ? "<moved on>"
                            : version == last ? "<unmoved>"
                                              : "<older>";
  last = std::max(last, version);
  std::uint64_t& newest = seen_[""];
  newest = std::max(newest, version);
  return moved;
}

std::vector<std::string> differences_of(const RecordedAnswer& recorded,
                                        const RecordedAnswer& ours) {
  std::vector<std::string> differences;
  if (recorded.code != ours.code) {
    differences.push_back(fmt::format("code: {} | {}", recorded.code, ours.code));
  }
  if (recorded.warnings != ours.warnings) {
    differences.push_back(fmt::format("warnings: {} | {}", fmt::join(recorded.warnings, "; "),
                                      fmt::join(ours.warnings, "; ")));
  }
  find_differences("", &recorded.body, &ours.body, differences);
  return differences;
}

}  // namespace sdbtwin::property_tests
