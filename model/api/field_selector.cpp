#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <utility>

#include "model/api/encode.h"
#include "model/api/errors.h"
#include "model/api/object.h"
#include "model/api/pod.h"
#include "model/api/reflect.h"
#include "model/api/selector.h"
#include "model/api/unstructured.h"

namespace sdbtwin::api {

namespace {

// Fields by which kinds can be selected besides metadata.name and metadata.namespace
// (kubernetes.md 4.7; others from each kind's registration).
constexpr std::array<std::string_view, 9> kPodFields{
    "spec.nodeName",    "spec.restartPolicy", "spec.schedulerName",
    "spec.hostNetwork", "status.phase",       "spec.serviceAccountName",
    "status.podIP",     "status.podIPs",      "status.nominatedNodeName"};
constexpr std::array<std::string_view, 12> kEventFields{"involvedObject.kind",
                                                        "involvedObject.namespace",
                                                        "involvedObject.name",
                                                        "involvedObject.uid",
                                                        "involvedObject.apiVersion",
                                                        "involvedObject.fieldPath",
                                                        "reason",
                                                        "involvedObject.resourceVersion",
                                                        "source",
                                                        "reportingComponent",
                                                        "type",
                                                        "source.component"};
constexpr std::array<std::string_view, 1> kSecretFields{"type"};
constexpr std::array<std::string_view, 1> kNodeFields{"spec.unschedulable"};
constexpr std::array<std::string_view, 1> kNamespaceFields{"status.phase"};
constexpr std::array<std::string_view, 2> kServiceFields{"spec.clusterIP", "spec.type"};

std::span<const std::string_view> selectable_fields(Kind kind) {
  if (kind == Kind::kPod) return kPodFields;
  if (kind == Kind::kEvent) return kEventFields;
  if (kind == Kind::kSecret) return kSecretFields;
  if (kind == Kind::kNode) return kNodeFields;
  if (kind == Kind::kNamespace) return kNamespaceFields;
  if (kind == Kind::kService) return kServiceFields;
  return {};
}

// The text of a leaf as field selectors compare it: absent is "", a bool is "true" or "false".
std::string leaf_text(const TypeInfo& type, const void* value) {
  if (type.kind == TypeKind::kBool) return *static_cast<const bool*>(value) ? "true" : "false";
  if (is_zero(type, value)) return "";
  ValueSink sink;
  encode(type, value, sink, {});
  const Value encoded = sink.take();
  return encoded.is_string() ? encoded.text() : encoded.dump();
}

std::string text_at(const Object& object, std::string_view path) {
  if (object.kind() == Kind::kUnstructured) return "";
  const TypeInfo* type = &kind_info(object.kind()).type();
  const void* value = &object;
  while (!path.empty()) {
    const size_t dot = std::min(path.find('.'), path.size());
    const FieldInfo* info =
        type->kind == TypeKind::kStruct ? type->find(path.substr(0, dot)) : nullptr;
    if (info == nullptr || !info->modelled()) return "";
    path.remove_prefix(std::min(dot + 1, path.size()));
    value = info->get(value);
    type = &info->type();
    value = unbox(&type, value);
    if (value == nullptr) return "";
  }
  return leaf_text(*type, value);
}

bool has_value(const Object& object, const std::string& path, const std::string& wanted) {
  if (path == "metadata.name") return object.metadata.name == wanted;
  if (path == "metadata.namespace") return object.metadata.namespace_ == wanted;
  if (object.kind() == Kind::kPod && path == "spec.nodeName") {
    return cast<Pod>(object).spec->node_name == wanted;
  }
  if (path == "source") return text_at(object, "source.component") == wanted;
  return text_at(object, path) == wanted;
}

}  // namespace

FieldSelector FieldSelector::name(std::string name) {
  FieldSelector selector;
  selector.terms_.push_back({"metadata.name", std::move(name), false});
  return selector;
}

Result<FieldSelector> FieldSelector::parse(std::string_view text) {
  FieldSelector selector;
  while (!text.empty()) {
    const size_t comma = std::min(text.find(','), text.size());
    const std::string_view term = text.substr(0, comma);
    text.remove_prefix(std::min(comma + 1, text.size()));
    if (term.empty()) continue;
    const size_t sign = term.find_first_of("=!");
    if (sign == std::string_view::npos ||
        (term[sign] == '!' && !term.substr(sign).starts_with("!="))) {
      return errors::bad_request(
          fmt::format("invalid selector: '{}'; can't understand '{}'", term, term));
    }
    const bool negated = term[sign] == '!';
    const bool two_signs = negated || term.substr(sign).starts_with("==");
    selector.terms_.push_back({std::string(term.substr(0, sign)),
                               std::string(term.substr(sign + (two_signs ? 2 : 1))), negated});
  }
  return selector;
}

const std::string* FieldSelector::exact(std::string_view path) const {
  for (const Term& term : terms_) {
    if (term.path == path && !term.negated) return &term.value;
  }
  return nullptr;
}

bool FieldSelector::matches(const Object& object) const {
  return std::ranges::all_of(terms_, [&object](const Term& term) {
    return has_value(object, term.path, term.value) != term.negated;
  });
}

Result<void> FieldSelector::check(Kind kind) const {
  const std::span<const std::string_view> selectable = selectable_fields(kind);
  for (const Term& term : terms_) {
    if (term.path == "metadata.name" || term.path == "metadata.namespace") continue;
    if (std::ranges::find(selectable, term.path) != selectable.end()) continue;
    return errors::bad_request(fmt::format("field label not supported: {}", term.path));
  }
  return {};
}

std::string FieldSelector::to_text() const {
  std::string text;
  for (const Term& term : terms_) {
    if (!text.empty()) text += ',';
    text += term.path + (term.negated ? "!=" : "=") + term.value;
  }
  return text;
}

}  // namespace sdbtwin::api
