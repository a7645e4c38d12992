#include "faults/patterns.h"

#include <fmt/format.h>

#include "faults/match.h"

namespace sdbtwin::faults {

bool ObjectPattern::matches(api::Kind object_kind, std::string_view object_namespace,
                            std::string_view object_name) const {
  return (!kind || *kind == object_kind) &&
         (namespace_.empty() || glob_match(namespace_, object_namespace)) &&
         (name.empty() || glob_match(name, object_name));
}

bool RequestPattern::matches(const cluster::CallInfo& call) const {
  const api::Request& request = call.request;
  if (verb ? *verb != request.verb : !request.is_write()) return false;
  if (subresource && *subresource != request.subresource) return false;
  if (!actor.empty() && !glob_match(actor, call.client.process)) return false;
  return object.matches(request.ref.kind, request.ref.key.namespace_, request.ref.key.name);
}

std::string describe(const ObjectPattern& pattern) {
  std::string text = pattern.kind ? std::string(to_string(*pattern.kind)) : "any object";
  if (!pattern.namespace_.empty() || !pattern.name.empty()) text += ' ';
  if (!pattern.namespace_.empty()) text += pattern.namespace_ + "/";
  text += pattern.name.empty() && !pattern.namespace_.empty() ? "*" : pattern.name;
  return text;
}

std::string describe(const RequestPattern& pattern) {
  std::string text = pattern.verb ? std::string(to_string(*pattern.verb)) : "write";
  if (pattern.subresource && *pattern.subresource != api::Subresource::kNone) {
    text += fmt::format(" {}", to_string(*pattern.subresource));
  }
  text += " of " + describe(pattern.object);
  if (!pattern.actor.empty()) text += " by " + pattern.actor;
  return text;
}

std::string describe(const cluster::CallInfo& call) {
  return fmt::format("{} by {}", to_string(call.request), call.client.process);
}

}  // namespace sdbtwin::faults
