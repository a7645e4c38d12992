// What the node lifecycle controller concludes from heartbeats (kubernetes.md 3.5; upstream
// pkg/controller/nodelifecycle). Pure: the caller says what time it is by its own clock, and the
// times written in leases and conditions are only compared with each other.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/api/coordination.h"
#include "model/api/core.h"
#include "sim/core/time.h"

namespace sdbtwin::cluster {

// cmd/kube-controller-manager/app/options/nodelifecyclecontroller.go of Kubernetes 1.32 (40 s
// before that: k/k#126287), and pkg/controller/nodelifecycle/config.
inline constexpr sim::Duration kNodeMonitorPeriod = std::chrono::seconds(5);
inline constexpr sim::Duration kNodeMonitorGrace = std::chrono::seconds(50);
inline constexpr sim::Duration kNodeStartupGrace = std::chrono::seconds(60);

// What was last seen of one node, and when something of it was last seen to change.
struct NodeHealth {
  std::optional<api::StatusCondition> ready;
  std::optional<api::MicroTime> renewed;
  sim::Time changed_at{};
};

// Effect: `health` remembers what is seen now. nullopt: nothing was known of the node before.
// `lease`: null, as long as there is none.
void observe(std::optional<NodeHealth>& health, const api::Node& node, const api::Lease* lease,
             sim::Time now);

// No sign of life for longer than its grace: 60 s for a node that never had a status, else 50 s.
bool is_silent(const NodeHealth& health, sim::Time now);

// Effect: the four conditions that a kubelet keeps are Unknown. False: they were.
bool mark_unknown(api::NodeStatus& status, api::Timestamp now);

// "": the zone of all nodes without labels.
std::string zone_of(const api::Node& node);

enum class ZoneState : uint8_t { kInitial, kNormal, kPartialDisruption, kFullDisruption };
// Full: not one is ready. Partial: more than two are not, and at least 55 % of all.
ZoneState zone_state(int64_t ready, int64_t not_ready);
// One node is tainted with NoExecute in so long, in a zone of so many nodes; nullopt: none is.
std::optional<sim::Duration> taint_interval(ZoneState state, int64_t nodes);

// The NoSchedule taints that a node should have by its conditions and spec.unschedulable, without
// those of others; and whether a taint is of that sort.
std::vector<api::Taint> no_schedule_taints(const api::Node& node, api::Timestamp now);
bool is_by_condition(const api::Taint& taint);

}  // namespace sdbtwin::cluster
