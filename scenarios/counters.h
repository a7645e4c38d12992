// What a run counts. The names are the vocabulary of `expect.counts` and of reports.
#pragma once

#include <array>
#include <string_view>

namespace sdbtwin::scenarios {

struct Counter {
  std::string_view name;
  std::string_view description;
};

inline constexpr std::array<Counter, 12> kCounters{{
    {"apiWrites", "writes that changed an object"},
    {"apiRefusals", "requests that the API server refused"},
    {"conflicts", "writes refused because the object had changed"},
    {"provisionerWrites", "writes by the Provisioner"},
    {"opsManagerWrites", "writes by the Ops-manager"},
    {"evictions", "evictions of pods that were granted"},
    {"evictionsRefused", "evictions refused (a disruption budget, a precondition)"},
    {"podsCreated", "pods created"},
    {"podsReady", "times that a pod became Ready"},
    {"gatesEvaluated", "checks between pods, passed or not"},
    {"gatesCompared", "checks that compared something and passed"},
    {"queries", "statements sent to the database by the operators"},
}};

}  // namespace sdbtwin::scenarios
