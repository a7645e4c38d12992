// A fault plan: what goes wrong in a run, as a sorted list of {trigger, fault}. Plain data,
// comparable and shrinkable; nothing here acts (injector.h does) and nothing is drawn at random
// while running.
//
// Adding a kind of fault: a struct, a row in Fault, its name in kFaultKinds, its YAML in
// scenarios/fault_yaml.cpp, its effect in injector.cpp.
#pragma once

#include <array>
#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "faults/trigger.h"

namespace sdbtwin::faults {

// SIGKILL. What the process had sent may still be applied.
struct ProcessKill {
  std::string process;
  std::optional<sim::Duration> restart_after;  // absent: it stays dead
  auto operator<=>(const ProcessKill&) const = default;
};

// SIGSTOP, then SIGCONT: what falls due meanwhile runs late, in order.
struct ProcessPause {
  std::string process;
  sim::Duration duration{};
  auto operator<=>(const ProcessPause&) const = default;
};

// A request on its way to the API server.
struct RequestPattern {
  std::string actor;  // a glob on the process name; empty: anybody
  ObjectPattern object;
  std::optional<api::Verb> verb;  // absent: any write
  std::optional<api::Subresource> subresource;
  auto operator<=>(const RequestPattern&) const = default;
};

// The next matching request, once armed, is applied only later: after `duration`, or when `until`
// comes (whichever is first).
struct HoldWrite {
  RequestPattern request;
  std::optional<sim::Duration> duration;
  std::optional<Trigger> until;
  auto operator<=>(const HoldWrite&) const = default;
};

// The next matching request is applied, but its sender sees a lost connection.
struct LoseAnswer {
  RequestPattern request;
  auto operator<=>(const LoseAnswer&) const = default;
};

using Fault = std::variant<ProcessKill, ProcessPause, HoldWrite, LoseAnswer>;

struct FaultKind {
  std::string_view name;         // as in YAML
  std::string_view description;  // for `sdbtwin list faults`
};
// In the order of the alternatives of Fault.
inline constexpr std::array<FaultKind, std::variant_size_v<Fault>> kFaultKinds{{
    {"processKill", "a process dies at once (SIGKILL), and may be restarted later"},
    {"processPause", "a process stands still for a while (SIGSTOP, SIGCONT)"},
    {"holdWrite", "the next matching write is held before it is applied"},
    {"loseAnswer", "the next matching write is applied, but its sender never hears of it"},
}};

struct PlannedFault {
  Trigger trigger;
  Fault fault;
  std::string name;  // unique in the plan; how reports call it
  auto operator<=>(const PlannedFault&) const = default;
};

struct FaultPlan {
  std::vector<PlannedFault> faults;  // sorted: by trigger, fault, name
  auto operator<=>(const FaultPlan&) const = default;
};

void sort(FaultPlan& plan);

std::string_view kind_name(const Fault& fault);
// "kill provisioner, restart after 10s"
std::string describe(const Fault& fault);

}  // namespace sdbtwin::faults
