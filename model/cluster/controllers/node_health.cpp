#include "model/cluster/controllers/node_health.h"

#include <algorithm>
#include <array>

#include "model/api/taint.h"

namespace sdbtwin::cluster {
namespace {

using namespace std::chrono_literals;
using api::ConditionStatus;
using api::StatusCondition;

// config.UnhealthyZoneThreshold, NodeEvictionRate, SecondaryNodeEvictionRate,
// LargeClusterSizeThreshold; and the least number of nodes of ComputeZoneState.
constexpr int64_t kUnhealthyPercent = 55;
constexpr int64_t kUnhealthyLeast = 2;
constexpr sim::Duration kTaintInterval = 10s;
constexpr sim::Duration kSlowTaintInterval = 100s;
constexpr int64_t kLargeZone = 50;

constexpr std::array<std::string_view, 4> kKept{api::kNodeReady, api::kNodeMemoryPressure,
                                                api::kNodeDiskPressure, api::kNodePidPressure};

struct TaintRule {
  std::string_view condition;
  ConditionStatus status;
  std::string_view key;
};
// nodeConditionToTaintKeyStatusMap.
constexpr std::array<TaintRule, 6> kTaintRules{{
    {api::kNodeReady, ConditionStatus::kFalse, api::kTaintNotReady},
    {api::kNodeReady, ConditionStatus::kUnknown, api::kTaintUnreachable},
    {api::kNodeMemoryPressure, ConditionStatus::kTrue, api::kTaintMemoryPressure},
    {api::kNodeDiskPressure, ConditionStatus::kTrue, api::kTaintDiskPressure},
    {api::kNodeNetworkUnavailable, ConditionStatus::kTrue, api::kTaintNetworkUnavailable},
    {api::kNodePidPressure, ConditionStatus::kTrue, api::kTaintPidPressure},
}};

bool differs(const std::optional<StatusCondition>& known, const StatusCondition* seen) {
  if (!known || seen == nullptr) return known.has_value() != (seen != nullptr);
  return known->last_heartbeat_time != seen->last_heartbeat_time;
}

}  // namespace

void observe(std::optional<NodeHealth>& health, const api::Node& node, const api::Lease* lease,
             sim::Time now) {
  const StatusCondition* ready = api::find_condition(*node.status->conditions, api::kNodeReady);
  std::optional<api::MicroTime> renewed;
  if (lease != nullptr) renewed = lease->spec->renew_time;
  bool changed = !health.has_value();
  if (health) {
    changed = differs(health->ready, ready);
    if (renewed && (!health->renewed || *health->renewed < *renewed)) changed = true;
  } else {
    health.emplace();
  }
  if (changed) health->changed_at = now;
  health->ready.reset();
  if (ready != nullptr) health->ready = *ready;
  if (renewed) health->renewed = renewed;
}

bool is_silent(const NodeHealth& health, sim::Time now) {
  return now > health.changed_at + (health.ready ? kNodeMonitorGrace : kNodeStartupGrace);
}

bool mark_unknown(api::NodeStatus& status, api::Timestamp now) {
  bool changed = false;
  for (const std::string_view type : kKept) {
    std::vector<StatusCondition>& conditions = status.conditions.edit();
    const auto found = std::ranges::find(conditions, type, &StatusCondition::type);
    if (found == conditions.end()) {
      StatusCondition never;
      never.type = type;
      never.status = ConditionStatus::kUnknown;
      never.reason = "NodeStatusNeverUpdated";
      never.message = "Kubelet never posted node status.";
      never.last_transition_time = now;
      conditions.push_back(std::move(never));
      changed = true;
    } else if (found->status != ConditionStatus::kUnknown) {
      found->status = ConditionStatus::kUnknown;
      found->reason = "NodeStatusUnknown";
      found->message = "Kubelet stopped posting node status.";
      found->last_transition_time = now;
      changed = true;
    }
  }
  return changed;
}

std::string zone_of(const api::Node& node) {
  const std::string_view region = api::label_of(node.metadata, "topology.kubernetes.io/region");
  const std::string_view zone = api::label_of(node.metadata, "topology.kubernetes.io/zone");
  if (region.empty() && zone.empty()) return {};
  return std::string(region) + ":" + std::string(zone);
}

ZoneState zone_state(int64_t ready, int64_t not_ready) {
  if (ready == 0 && not_ready > 0) return ZoneState::kFullDisruption;
  const bool unhealthy = not_ready * 100 >= (ready + not_ready) * kUnhealthyPercent;
  if (not_ready > kUnhealthyLeast && unhealthy) return ZoneState::kPartialDisruption;
  return ZoneState::kNormal;
}

std::optional<sim::Duration> taint_interval(ZoneState state, int64_t nodes) {
  switch (state) {
    case ZoneState::kInitial:
    case ZoneState::kNormal:
    case ZoneState::kFullDisruption:
      return kTaintInterval;
    case ZoneState::kPartialDisruption:
      if (nodes > kLargeZone) return kSlowTaintInterval;
      return std::nullopt;
  }
  return std::nullopt;
}

std::vector<api::Taint> no_schedule_taints(const api::Node& node, api::Timestamp now) {
  std::vector<api::Taint> taints;
  const auto add = [&](std::string_view key) {
    api::Taint taint;
    taint.key = key;
    taint.effect = api::TaintEffect::kNoSchedule;
    const api::Taint* present = api::find_taint(node.spec->taints, key, taint.effect);
    taint.time_added = present == nullptr ? std::optional(now) : present->time_added;
    taints.push_back(std::move(taint));
  };
  for (const TaintRule& rule : kTaintRules) {
    const auto* condition = api::find_condition(*node.status->conditions, rule.condition);
    if (condition != nullptr && condition->status == rule.status) add(rule.key);
  }
  if (node.spec->unschedulable) add(api::kTaintUnschedulable);
  return taints;
}

bool is_by_condition(const api::Taint& taint) {
  if (taint.effect != api::TaintEffect::kNoSchedule) return false;
  return taint.key == api::kTaintUnschedulable ||
         std::ranges::any_of(kTaintRules,
                             [&](const TaintRule& rule) { return rule.key == taint.key; });
}

}  // namespace sdbtwin::cluster
