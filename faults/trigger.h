// When something is to happen in a run: at a time, or when the run shows a state. Plain data:
// comparable, copyable, written and read as YAML (scenarios/fault_yaml.h).
//
// A state is content ("the request's Paused condition became True", "ops-manager updated the PetSet
// demo/db-leaf"), not a count of events, so that a trigger still means the same after a change of
// code or timing. `occurrence` picks the n-th time, `delay` waits after it.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "model/api/client.h"
#include "model/api/kind.h"
#include "model/api/object.h"
#include "sim/core/time.h"

namespace sdbtwin::faults {

// Objects by kind and by name pattern (glob); what is empty matches everything.
struct ObjectPattern {
  std::optional<api::Kind> kind;
  std::string namespace_;
  std::string name;

  bool matches(api::Kind object_kind, std::string_view object_namespace,
               std::string_view object_name) const;
  auto operator<=>(const ObjectPattern&) const = default;
};

// That long after the start of the run.
struct AtTime {
  sim::Duration at{};
  auto operator<=>(const AtTime&) const = default;
};

// A condition of an object takes this status, having had another one or none.
struct ConditionBecomes {
  ObjectPattern object;
  std::string type;
  std::string status = "True";
  auto operator<=>(const ConditionBecomes&) const = default;
};

// status.phase of an object takes this value.
struct PhaseBecomes {
  ObjectPattern object;
  std::string phase;
  auto operator<=>(const PhaseBecomes&) const = default;
};

// A write was applied: by whom (a glob on the process name; empty: anybody) and how.
struct ObjectIsWritten {
  ObjectPattern object;
  std::string actor;
  std::optional<api::Verb> verb;
  std::optional<api::Subresource> subresource;
  auto operator<=>(const ObjectIsWritten&) const = default;
};

// An object is gone from the API server.
struct ObjectIsGone {
  ObjectPattern object;
  auto operator<=>(const ObjectIsGone&) const = default;
};

using Moment = std::variant<AtTime, ConditionBecomes, PhaseBecomes, ObjectIsWritten, ObjectIsGone>;

struct Trigger {
  Moment moment;
  std::int32_t occurrence = 1;  // 1: the first time
  sim::Duration delay{};        // after that
  auto operator<=>(const Trigger&) const = default;
};

// "when Paused of Singlestore demo/db becomes True, 2nd time, 500ms later"
std::string describe(const Trigger& trigger);
std::string describe(const ObjectPattern& pattern);

}  // namespace sdbtwin::faults
