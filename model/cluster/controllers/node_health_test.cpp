// Goal: the arithmetic of node loss (kubernetes.md 3.5). Method: literal numbers.
#include "model/cluster/controllers/node_health.h"

#include <gtest/gtest.h>

#include "model/api/taint.h"
#include "model/cluster/controllers/zone_tainter.h"

namespace sdbtwin::cluster {
namespace {

using namespace std::chrono_literals;
using api::ConditionStatus;
using api::TaintEffect;

std::shared_ptr<api::Node> ready_node(api::Timestamp heartbeat) {
  auto node = std::make_shared<api::Node>();
  node->metadata.name = "node-0";
  api::StatusCondition ready;
  ready.type = api::kNodeReady;
  ready.status = ConditionStatus::kTrue;
  ready.last_heartbeat_time = heartbeat;
  node->status.edit().conditions.edit().push_back(ready);
  return node;
}

api::Lease lease_of(api::MicroTime renewed) {
  api::Lease lease;
  lease.spec.edit().renew_time = renewed;
  return lease;
}

TEST(NodeHealth, TheGraceOfFiftySecondsIsCountedFromTheLastObservedChangeNotFromWhatIsWritten) {
  // The times in the lease lie hours ahead: only that they change counts.
  std::optional<NodeHealth> health;
  const auto node = ready_node(api::Timestamp{1});
  api::Lease lease = lease_of(api::MicroTime{9'000'000'000'000'000});
  observe(health, *node, &lease, sim::Time(100s));
  observe(health, *node, &lease, sim::Time(130s));
  EXPECT_FALSE(is_silent(*health, sim::Time(150s)));
  EXPECT_TRUE(is_silent(*health, sim::Time(150s + 1ms)));
  lease = lease_of(api::MicroTime{9'000'000'000'000'001});
  observe(health, *node, &lease, sim::Time(150s));
  EXPECT_FALSE(is_silent(*health, sim::Time(200s)));
  EXPECT_TRUE(is_silent(*health, sim::Time(200s + 1ms)));
}

TEST(NodeHealth, ALeaseOrAStatusIsEnough) {
  std::optional<NodeHealth> health;
  observe(health, *ready_node(api::Timestamp{1}), nullptr, sim::Time(0s));
  observe(health, *ready_node(api::Timestamp{2}), nullptr, sim::Time(40s));
  EXPECT_FALSE(is_silent(*health, sim::Time(90s)));
  const api::Lease lease = lease_of(api::MicroTime{1});
  observe(health, *ready_node(api::Timestamp{2}), &lease, sim::Time(80s));
  EXPECT_FALSE(is_silent(*health, sim::Time(130s)));
  EXPECT_TRUE(is_silent(*health, sim::Time(131s)));
}

TEST(NodeHealth, ANodeThatNeverHadAStatusHasSixtySeconds) {
  std::optional<NodeHealth> health;
  const api::Node node;
  observe(health, node, nullptr, sim::Time(0s));
  EXPECT_FALSE(is_silent(*health, sim::Time(60s)));
  EXPECT_TRUE(is_silent(*health, sim::Time(61s)));
}

TEST(NodeHealth, UnknownSaysWhetherThereEverWasAStatus) {
  api::NodeStatus status = *ready_node(api::Timestamp{1})->status;
  EXPECT_TRUE(mark_unknown(status, api::Timestamp{9}));
  EXPECT_FALSE(mark_unknown(status, api::Timestamp{10}));
  const auto* ready = api::find_condition(*status.conditions, api::kNodeReady);
  EXPECT_EQ(ready->status, ConditionStatus::kUnknown);
  EXPECT_EQ(ready->reason, "NodeStatusUnknown");
  EXPECT_EQ(ready->message, "Kubelet stopped posting node status.");
  EXPECT_EQ(ready->last_transition_time, api::Timestamp{9});
  EXPECT_EQ(ready->last_heartbeat_time, api::Timestamp{1});
  const auto* memory = api::find_condition(*status.conditions, api::kNodeMemoryPressure);
  EXPECT_EQ(memory->reason, "NodeStatusNeverUpdated");
}

TEST(NodeHealth, AZoneIsDisruptedInPartFromFiftyFivePercentAndThreeNodesOn) {
  EXPECT_EQ(zone_state(1, 2), ZoneState::kNormal);  // two nodes are never enough
  EXPECT_EQ(zone_state(2, 3), ZoneState::kPartialDisruption);
  EXPECT_EQ(zone_state(9, 11), ZoneState::kPartialDisruption);  // 55 %
  EXPECT_EQ(zone_state(10, 11), ZoneState::kNormal);            // 52 %
  EXPECT_EQ(zone_state(0, 1), ZoneState::kFullDisruption);
  EXPECT_EQ(zone_state(0, 0), ZoneState::kNormal);
}

TEST(NodeHealth, TheRateIsATenthOfANodePerSecondAndAHundredthOrNoneInADisruptedZone) {
  EXPECT_EQ(taint_interval(ZoneState::kNormal, 3), 10s);
  EXPECT_EQ(taint_interval(ZoneState::kFullDisruption, 3), 10s);  // while another zone is alive
  EXPECT_EQ(taint_interval(ZoneState::kPartialDisruption, 51), 100s);
  EXPECT_EQ(taint_interval(ZoneState::kPartialDisruption, 50), std::nullopt);
}

TEST(NodeHealth, ConditionsBecomeNoScheduleTaintsAndKeepTheirTime) {
  api::Node node = *ready_node(api::Timestamp{1});
  node.spec.edit().unschedulable = true;
  node.status.edit().conditions.edit().front().status = ConditionStatus::kUnknown;
  const auto taints = no_schedule_taints(node, api::Timestamp{5});
  ASSERT_EQ(taints.size(), 2U);
  EXPECT_NE(api::find_taint(taints, api::kTaintUnreachable, TaintEffect::kNoSchedule), nullptr);
  EXPECT_NE(api::find_taint(taints, api::kTaintUnschedulable, TaintEffect::kNoSchedule), nullptr);
  node.spec.edit().taints = taints;
  EXPECT_EQ(no_schedule_taints(node, api::Timestamp{6}), taints);
}

TEST(ZoneTainter, ANodeHasOneTurnUntilItIsForgotten) {
  ZoneTainter tainter;
  tainter.set_interval(10s);
  tainter.add("a");
  tainter.add("b");
  tainter.add("a");
  EXPECT_EQ(tainter.take(sim::Time(5s)), "a");
  tainter.add("a");
  EXPECT_EQ(tainter.next_turn(), sim::Time(15s));
  EXPECT_EQ(tainter.take(sim::Time(15s)), "b");
  EXPECT_EQ(tainter.next_turn(), std::nullopt);
  tainter.forget("a");
  tainter.add("a");
  EXPECT_EQ(tainter.next_turn(), sim::Time(25s));
  tainter.set_interval(std::nullopt);
  EXPECT_EQ(tainter.next_turn(), std::nullopt);
}

api::Taint no_execute(std::string_view key) {
  api::Taint taint;
  taint.key = key;
  taint.effect = TaintEffect::kNoExecute;
  return taint;
}

api::Toleration tolerate(std::string_view key, std::optional<int64_t> seconds) {
  api::Toleration toleration;
  toleration.key = key;
  toleration.operator_ = "Exists";
  toleration.effect = TaintEffect::kNoExecute;
  toleration.toleration_seconds = seconds;
  return toleration;
}

TEST(Taints, APodStaysAsLongAsTheShortestTolerationThatIsUsed) {
  const auto lost = no_execute(api::kTaintUnreachable);
  const auto other = no_execute(api::kTaintOutOfService);
  const auto standard = tolerate(api::kTaintUnreachable, 300);
  EXPECT_EQ(api::tolerated_seconds({standard}, {lost}), 300);
  EXPECT_EQ(api::tolerated_seconds({standard}, {lost, other}), 0);
  EXPECT_EQ(api::tolerated_seconds({standard, tolerate("", std::nullopt)}, {lost, other}), 300);
  EXPECT_EQ(api::tolerated_seconds({tolerate("", std::nullopt)}, {lost}), std::nullopt);
  EXPECT_EQ(api::tolerated_seconds({tolerate(api::kTaintUnreachable, -1)}, {lost}), 0);
  EXPECT_EQ(api::tolerated_seconds({}, {}), std::nullopt);
}

}  // namespace
}  // namespace sdbtwin::cluster
