#include "model/singlestore/disturbance.h"

#include "sim/core/assert.h"

namespace sdbtwin::singlestore {

std::string_view to_string(StreamEffect effect) {
  switch (effect) {
    case StreamEffect::kThrottled:
      return "throttled";
    case StreamEffect::kStalled:
      return "stalled";
    case StreamEffect::kBroken:
      return "broken";
  }
  SIM_UNREACHABLE();
}

std::string_view to_string(CopyPattern::Which which) {
  switch (which) {
    case CopyPattern::Which::kMaster:
      return "master";
    case CopyPattern::Which::kReplica:
      return "replica";
    case CopyPattern::Which::kLeaf:
      return "leaf";
  }
  SIM_UNREACHABLE();
}

std::string_view to_string(DiskUse use) {
  switch (use) {
    case DiskUse::kLogs:
      return "logs";
    case DiskUse::kSnapshots:
      return "snapshots";
    case DiskUse::kPlanCache:
      return "plan-cache";
    case DiskUse::kMergeLeftovers:
      return "merge-leftovers";
  }
  SIM_UNREACHABLE();
}

}  // namespace sdbtwin::singlestore
