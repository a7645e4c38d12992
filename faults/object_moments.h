// Moments that show in the objects of the API server, and the moment that is a time.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "faults/fields.h"
#include "faults/patterns.h"
#include "sim/core/time.h"

namespace sdbtwin::faults {

// That long after the start of the run.
struct AtTime {
  static constexpr std::string_view kName = "at";
  sim::Duration at{};
  auto operator<=>(const AtTime&) const = default;
};

// A condition of an object takes this status, having had another one or none.
struct ConditionBecomes {
  static constexpr std::string_view kName = "condition";
  ObjectPattern object;
  std::string type;
  std::string status = "True";
  auto operator<=>(const ConditionBecomes&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V& v) {
    v.object(self.object);
    v.text("type", self.type, "name the condition, for example `type: Paused`");
    v.text("status", self.status, "");
  }
};

// status.phase of an object takes this value.
struct PhaseBecomes {
  static constexpr std::string_view kName = "phase";
  ObjectPattern object;
  std::string phase;
  auto operator<=>(const PhaseBecomes&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V& v) {
    v.object(self.object);
    v.text("is", self.phase, "name the phase, for example `is: Progressing`");
  }
};

// A write was applied: by whom (a glob on the process name; empty: anybody) and how.
struct ObjectIsWritten {
  static constexpr std::string_view kName = "written";
  ObjectPattern object;
  std::string actor;
  std::optional<api::Verb> verb;
  std::optional<api::Subresource> subresource;
  auto operator<=>(const ObjectIsWritten&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V& v) {
    v.object(self.object);
    v.process("by", self.actor, Processes::kClients);
    v.word("verb", self.verb, kWriteVerbs);
    v.word("subresource", self.subresource, kSubresources);
  }
};

// An object is gone from the API server.
struct ObjectIsGone {
  static constexpr std::string_view kName = "gone";
  ObjectPattern object;
  auto operator<=>(const ObjectIsGone&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V& v) {
    v.object(self.object);
  }
};

std::string describe(const AtTime& moment);
std::string describe(const ConditionBecomes& moment);
std::string describe(const PhaseBecomes& moment);
std::string describe(const ObjectIsWritten& moment);
std::string describe(const ObjectIsGone& moment);

}  // namespace sdbtwin::faults
