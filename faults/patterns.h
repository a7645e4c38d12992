// Which objects and which requests are meant. What is left empty matches everything; names are
// globs (match.h). Plain data.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "faults/fields.h"
#include "model/api/client.h"
#include "model/api/kind.h"
#include "model/api/object.h"
#include "model/cluster/server/interceptor.h"

namespace sdbtwin::faults {

struct ObjectPattern {
  std::optional<api::Kind> kind;
  std::string namespace_;
  std::string name;

  bool matches(api::Kind object_kind, std::string_view object_namespace,
               std::string_view object_name) const;
  auto operator<=>(const ObjectPattern&) const = default;
};

// A write on its way to the API server.
struct RequestPattern {
  std::string actor;  // the process that sends it
  ObjectPattern object;
  std::optional<api::Verb> verb;  // absent: any write
  std::optional<api::Subresource> subresource;

  bool matches(const cluster::CallInfo& call) const;
  auto operator<=>(const RequestPattern&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V& v) {
    v.object(self.object);
    v.process("by", self.actor, Processes::kClients);
    v.word("verb", self.verb, kWriteVerbs);
    v.word("subresource", self.subresource, kSubresources);
  }
};

std::string describe(const ObjectPattern& pattern);   // "Pod demo/sdb-*"
std::string describe(const RequestPattern& pattern);  // "create eviction of Pod by ops-manager"
std::string describe(const cluster::CallInfo& call);  // a request that was met

}  // namespace sdbtwin::faults
