// The status of a PodDisruptionBudget: how many of its pods are healthy and how many evictions that
// leaves (kubernetes.md 4.10). Pure.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/api/pod.h"
#include "model/api/policy.h"
#include "sim/core/time.h"

namespace sdbtwin::cluster {

// What the budget counts against: the scale of the pods' controllers, or the pods themselves for an
// integer minAvailable.
bool counts_by_scale(const api::PodDisruptionBudgetSpec& spec);

struct Expected {
  int64_t pods = 0;
  int64_t healthy = 0;  // desired
};
// `count`: the sum of the scales, or the number of pods.
Expected expected_of(const api::PodDisruptionBudgetSpec& spec, int64_t count);

// Entries of disruptedPods that still count: the pod is there, is not being deleted, and was
// evicted less than two minutes ago.
struct Disrupted {
  std::map<std::string, api::Timestamp> pods;
  std::optional<sim::Time> recheck;  // when the first of them stops counting
};
Disrupted still_disrupted(const api::PodDisruptionBudget& budget,
                          const std::vector<std::shared_ptr<const api::Pod>>& pods, sim::Time now);

api::PodDisruptionBudgetStatus budget_status(
    const api::PodDisruptionBudget& budget,
    const std::vector<std::shared_ptr<const api::Pod>>& pods, const Expected& expected,
    const Disrupted& disrupted, sim::Time now);
// Nothing may be evicted: the scale could not be read.
api::PodDisruptionBudgetStatus failed_budget_status(const api::PodDisruptionBudget& budget,
                                                    std::string message, sim::Time now);

}  // namespace sdbtwin::cluster
