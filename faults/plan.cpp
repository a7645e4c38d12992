#include "faults/plan.h"

#include <algorithm>

namespace sdbtwin::faults {

void sort(FaultPlan& plan) { std::sort(plan.faults.begin(), plan.faults.end()); }

std::string_view kind_name(const Fault& fault) { return kFaultKinds[fault.index()].name; }

HealedOutcome outcome_of(const Fault& fault) {
  return std::visit([](const auto& kind) { return kind.outcome(); }, fault);
}

std::string describe(const Fault& fault) {
  return std::visit([](const auto& kind) { return describe(kind); }, fault);
}

}  // namespace sdbtwin::faults
