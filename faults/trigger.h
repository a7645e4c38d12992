// When something is to happen in a run: at a time, or when the run shows a state. Plain data:
// comparable, copyable, written and read as YAML (scenarios/reading/fault_yaml.h).
//
// A state is content ("the request's Paused condition became True", "ops-manager updated the PetSet
// demo/db-leaf"), not a count of events, so that a trigger still means the same after a change of
// code or timing. `occurrence` picks the n-th time, `delay` waits after it.
//
// Adding a kind of moment: a struct with kName and fields() in one of the *_moments.h, its text in
// moment_text.cpp, a row in Moment, its rule in moment_match.cpp. YAML follows from fields().
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

#include "faults/object_moments.h"
#include "faults/role_moments.h"
#include "faults/traffic_moments.h"
#include "sim/core/time.h"

namespace sdbtwin::faults {

// Plans sort by the order of the alternatives: new ones go to the end.
using Moment = std::variant<AtTime, ConditionBecomes, PhaseBecomes, ObjectIsWritten, ObjectIsGone,
                            PodBecomes, ContainerBecomes, NodeBecomes, CopyBecomes,
                            PartitionBecomes, RequestPasses, EventPasses, QueryIsAnswered>;

struct Trigger {
  Moment moment;
  std::int32_t occurrence = 1;  // 1: the first time
  sim::Duration delay{};        // after that
  auto operator<=>(const Trigger&) const = default;
};

namespace detail {

template <class... M>
constexpr std::array<std::string_view, sizeof...(M)> names_of(
    std::type_identity<std::variant<M...>>) {
  return {M::kName...};
}

}  // namespace detail

// As in YAML, in the order of the alternatives of Moment.
inline constexpr auto kMomentNames = detail::names_of(std::type_identity<Moment>());

// "when Paused of Singlestore demo/db becomes True, time 2, 500ms later"
std::string describe(const Trigger& trigger);

}  // namespace sdbtwin::faults
