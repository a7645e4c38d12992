// What a run counts. The names are the vocabulary of `expect.counts` and of reports.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace sdbtwin::scenarios {

enum class CounterId : std::uint8_t {
  kApiWrites,
  kApiRefusals,
  kConflicts,
  kProvisionerWrites,
  kOpsManagerWrites,
  kEvictions,
  kEvictionsRefused,
  kPodsCreated,
  kPodsReady,
  kGatesEvaluated,
  kGatesCompared,
  kQueries,
};

struct Counter {
  CounterId id;
  std::string_view name;
  std::string_view description;
};

inline constexpr std::array<Counter, 12> kCounters{{
    {CounterId::kApiWrites, "apiWrites", "writes that changed an object"},
    {CounterId::kApiRefusals, "apiRefusals", "writes that the API server refused"},
    {CounterId::kConflicts, "conflicts", "writes refused because the object had changed"},
    {CounterId::kProvisionerWrites, "provisionerWrites", "writes by the Provisioner"},
    {CounterId::kOpsManagerWrites, "opsManagerWrites", "writes by the Ops-manager"},
    {CounterId::kEvictions, "evictions", "evictions of pods that were granted"},
    {CounterId::kEvictionsRefused, "evictionsRefused",
     "evictions refused (a disruption budget, a precondition)"},
    {CounterId::kPodsCreated, "podsCreated", "pods created"},
    {CounterId::kPodsReady, "podsReady", "times that a pod became Ready"},
    {CounterId::kGatesEvaluated, "gatesEvaluated", "checks between pods, passed or not"},
    {CounterId::kGatesCompared, "gatesCompared", "checks that compared something and passed"},
    {CounterId::kQueries, "queries", "statements that the operators sent to the database"},
}};

}  // namespace sdbtwin::scenarios
