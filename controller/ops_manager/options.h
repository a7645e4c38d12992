// What can be chosen about an Ops-manager. Plain data; the defaults are KubeDB's habits where they
// are known.
#pragma once

#include "controller/ops_manager/gates.h"
#include "controller/ops_manager/plan.h"
#include "controller/ops_manager/rollout_order.h"

namespace sdbtwin::ops_manager {

struct OpsManagerOptions {
  GateLimits gates;
  RolloutOrder order = RolloutOrder::kAggregatorsFirst;
  // The decision. Unset: make_plan(). A test of the judges wraps it into an operator that is wrong.
  Planner planner;
  int workers = 5;            // [us]
  bool record_events = true;  // Kubernetes Events; of no consequence, but they are API writes
};

}  // namespace sdbtwin::ops_manager
