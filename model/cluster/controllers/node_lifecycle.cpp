#include "model/cluster/controllers/node_lifecycle.h"

#include <algorithm>
#include <utility>

#include "model/api/codec.h"
#include "model/api/pod.h"
#include "model/api/taint.h"
#include "model/api/typed_client.h"
#include "model/cluster/node/node_heartbeat.h"
#include "sim/core/race.h"

namespace sdbtwin::cluster {
namespace {

using api::ConditionStatus;
using api::Result;
using api::TaintEffect;

constexpr std::string_view kPodsByNode = "by-node";

void index_node(const api::Object& object, std::vector<std::string>& values) {
  const std::string& node = api::cast<api::Pod>(object).spec->node_name;
  if (!node.empty()) values.push_back(node);
}

client::InformerOptions node_leases() {
  client::InformerOptions options;
  options.namespace_ = kLeaseNamespace;
  return options;
}

std::optional<ConditionStatus> readiness_of(const api::Node& node) {
  const auto* ready = api::find_condition(*node.status->conditions, api::kNodeReady);
  if (ready == nullptr) return std::nullopt;
  return ready->status;
}

sim::Task<void> wait_for_turn(sim::Event& event) { co_await event.wait(); }

}  // namespace

NodeLifecycleController::NodeLifecycleController(sim::Runtime& runtime,
                                                 std::unique_ptr<api::Client> client)
    : runtime_(&runtime),
      client_(std::move(client)),
      events_(runtime, *client_, "node-controller"),
      nodes_(runtime, *client_, api::Kind::kNode),
      leases_(runtime, *client_, api::Kind::kLease, node_leases()),
      pods_(runtime, *client_, api::Kind::kPod),
      by_condition_(runtime) {
  pods_.add_index(std::string(kPodsByNode), index_node);
  add_handlers();
  for (client::Informer* informer : {&nodes_, &leases_, &pods_}) informer->start();
  runtime.spawn(run());
}

void NodeLifecycleController::add_handlers() {
  client::EventHandlers nodes;
  nodes.on_add = [this](const api::ObjectPtr& node) { by_condition_.add(node->metadata.name); };
  nodes.on_update = [this](const api::ObjectPtr& before, const api::ObjectPtr& node) {
    const bool other = before->metadata.uid != node->metadata.uid;
    if (other) health_.erase(node->metadata.name);
    by_condition_.add(node->metadata.name);
  };
  nodes.on_delete = [this](const api::ObjectPtr& node, bool) {
    health_.erase(node->metadata.name);
    pods_to_mark_.erase(node->metadata.name);
    for (auto& [name, zone] : zones_) zone.tainter.forget(node->metadata.name);
  };
  nodes_.add_handlers(std::move(nodes));
}

NodeLifecycleController::NodePtr NodeLifecycleController::cached(const std::string& node) const {
  return nodes_.lister<api::Node>().get("", node);
}

sim::Task<void> NodeLifecycleController::run() {
  for (client::Informer* informer : {&nodes_, &leases_, &pods_}) co_await informer->synced();
  runtime_->spawn(run_tainter());
  runtime_->spawn(run_by_condition());
  while (true) {
    co_await monitor();
    co_await runtime_->sleep(kNodeMonitorPeriod);
  }
}

// ---- Looking at the nodes

sim::Task<void> NodeLifecycleController::monitor() {
  std::map<std::string, Count> counts;
  const std::vector<NodePtr> nodes = nodes_.lister<api::Node>().list();
  for (const NodePtr& node : nodes) {
    const std::string zone = zone_of(*node);
    if (!zones_.contains(zone)) {
      zones_[zone].tainter.set_interval(taint_interval(ZoneState::kInitial, 0));
    }
    const std::optional<Found> found = co_await look_at(node);
    if (!found) continue;
    Count& count = counts[zone];
    ++(found->now == ConditionStatus::kTrue ? count.ready : count.not_ready);
    if (found->now) co_await judge(node, *found);
  }
  co_await handle_disruption(std::move(counts));
}

sim::Task<std::optional<NodeLifecycleController::Found>> NodeLifecycleController::look_at(
    NodePtr node) {
  const auto lease =
      leases_.lister<api::Lease>().get(std::string(kLeaseNamespace), node->metadata.name);
  std::optional<NodeHealth>& health = health_[node->metadata.name];
  observe(health, *node, lease.get(), runtime_->now());
  Found found;
  found.shown = found.now = readiness_of(*node);
  // A node that never had a status counts as Unknown.
  if (!found.shown) found.shown = ConditionStatus::kUnknown;
  if (!is_silent(*health, runtime_->now())) co_return found;
  auto changed = api::copy(*node);
  if (!mark_unknown(changed->status.edit(), api::ClusterTime::at(runtime_->now()))) co_return found;
  const sim::Time silent_since = health->changed_at;
  const auto written = co_await api::update_status(*client_, changed);
  if (!written) co_return std::nullopt;
  // What the controller has written itself is no sign of life.
  if (const auto after = health_.find(node->metadata.name); after != health_.end()) {
    observe(after->second, **written, lease.get(), runtime_->now());
    after->second->changed_at = silent_since;
  }
  found.now = ConditionStatus::kUnknown;
  co_return found;
}

sim::Task<void> NodeLifecycleController::judge(NodePtr node, Found found) {
  const std::string& name = node->metadata.name;
  ZoneTainter& tainter = zones_.at(zone_of(*node)).tainter;
  const auto& taints = node->spec->taints;
  const bool not_ready = api::find_taint(taints, api::kTaintNotReady, TaintEffect::kNoExecute);
  const bool unreachable = api::find_taint(taints, api::kTaintUnreachable, TaintEffect::kNoExecute);
  switch (*found.shown) {
    case ConditionStatus::kTrue:
      co_await mark_reachable(node);
      break;
    case ConditionStatus::kFalse:
      if (unreachable) {
        (void)co_await swap_taints(node, api::kTaintNotReady);  // What fails is tried again in 5 s.
      } else {
        tainter.add(name);
      }
      break;
    case ConditionStatus::kUnknown:
    case ConditionStatus::kUnset:
      if (not_ready) {
        (void)co_await swap_taints(node,
                                   api::kTaintUnreachable);  // What fails is tried again in 5 s.
      } else {
        tainter.add(name);
      }
      break;
  }
  turn_.set();
  const bool lost = found.now != ConditionStatus::kTrue && found.shown == ConditionStatus::kTrue;
  const bool again = pods_to_mark_.contains(name) && found.shown != ConditionStatus::kTrue;
  if (!lost && !again) co_return;
  const bool marked = co_await mark_pods_not_ready(name);
  if (marked) {
    pods_to_mark_.erase(name);
  } else {
    pods_to_mark_.insert(name);
  }
}

// The reason and message of the condition stay as they were (controller/util/node
// MarkPodsNotReady).
sim::Task<bool> NodeLifecycleController::mark_pods_not_ready(std::string node) {
  bool all = true;
  const auto pods = pods_.lister<api::Pod>().by_index(kPodsByNode, node);
  for (const auto& pod : pods) {
    const auto* ready = api::find_condition(*pod->status->conditions, api::kPodReady);
    if (ready == nullptr || ready->status == ConditionStatus::kFalse) continue;
    auto changed = api::copy(*pod);
    api::PodCondition condition = *ready;
    condition.status = ConditionStatus::kFalse;
    const api::Timestamp now = api::ClusterTime::at(runtime_->now());
    api::set_pod_condition(changed->status.edit().conditions.edit(), std::move(condition), now);
    const auto written = co_await api::update_status(*client_, changed);
    if (written) {
      events_.record(*pod, client::EventType::kWarning, "NodeNotReady", "Node is not ready");
    } else if (!api::is(written, api::Reason::kNotFound)) {
      all = false;
    }
  }
  co_return all;
}

sim::Task<void> NodeLifecycleController::mark_reachable(NodePtr node) {
  const auto& taints = node->spec->taints;
  const bool tainted = api::find_taint(taints, api::kTaintNotReady, TaintEffect::kNoExecute) ||
                       api::find_taint(taints, api::kTaintUnreachable, TaintEffect::kNoExecute);
  if (tainted) {
    const auto done = co_await swap_taints(node, "");
    if (!done) co_return;  // The next look tries again.
  }
  zones_.at(zone_of(*node)).tainter.forget(node->metadata.name);
}

// How fast nodes may be tainted follows from how many are lost. While none is ready anywhere, the
// controller takes it that the fault is its own: nobody is tainted, and taints are taken off.
sim::Task<void> NodeLifecycleController::handle_disruption(std::map<std::string, Count> counts) {
  std::map<std::string, ZoneState> states;
  bool all_are_lost = true;
  for (const auto& [zone, count] : counts) {
    states[zone] = zone_state(count.ready, count.not_ready);
    if (states[zone] != ZoneState::kFullDisruption) all_are_lost = false;
  }
  const bool all_were_lost = std::ranges::all_of(states, [this](const auto& entry) {
    return zones_.at(entry.first).state == ZoneState::kFullDisruption;
  });
  if (states.empty() || (all_are_lost && all_were_lost)) co_return;
  if (!all_are_lost && all_were_lost) {
    for (auto& [node, health] : health_) {
      if (health) health->changed_at = runtime_->now();
    }
  }
  for (const auto& [name, state] : states) {
    Zone& zone = zones_.at(name);
    if (state == zone.state && !all_were_lost) continue;
    zone.state = state;
    const Count& count = counts[name];
    zone.tainter.set_interval(all_are_lost ? std::nullopt
                                           : taint_interval(state, count.ready + count.not_ready));
  }
  turn_.set();
  if (!all_are_lost) co_return;
  for (auto& [name, zone] : zones_) zone.tainter.set_interval(std::nullopt);
  const std::vector<NodePtr> nodes = nodes_.lister<api::Node>().list();
  for (const NodePtr& node : nodes) co_await mark_reachable(node);
}

// ---- Taints

std::optional<sim::Time> NodeLifecycleController::next_turn() const {
  std::optional<sim::Time> first;
  for (const auto& [name, zone] : zones_) {
    const std::optional<sim::Time> turn = zone.tainter.next_turn();
    if (turn && (!first || *turn < *first)) first = turn;
  }
  return first;
}

sim::Task<void> NodeLifecycleController::run_tainter() {
  while (true) {
    const std::optional<sim::Time> turn = next_turn();
    if (!turn || *turn > runtime_->now()) {
      turn_.reset();
      if (turn) {
        co_await sim::race(*runtime_, wait_for_turn(turn_), *turn);
      } else {
        co_await turn_.wait();
      }
      continue;
    }
    for (auto& [name, zone] : zones_) {
      const std::optional<sim::Time> own = zone.tainter.next_turn();
      if (own && *own <= runtime_->now()) co_await taint(zone);
    }
  }
}

// As the node is now, which may be better than when it was queued.
sim::Task<void> NodeLifecycleController::taint(Zone& zone) {
  const std::string name = zone.tainter.take(runtime_->now());
  const NodePtr node = cached(name);
  if (node == nullptr) co_return;
  const ConditionStatus ready = readiness_of(*node).value_or(ConditionStatus::kUnknown);
  if (ready == ConditionStatus::kTrue) co_return;
  const bool says_so = ready == ConditionStatus::kFalse;
  const auto done =
      co_await swap_taints(node, says_so ? api::kTaintNotReady : api::kTaintUnreachable);
  if (!done) zone.tainter.put_back(name);
}

sim::Task<Result<void>> NodeLifecycleController::swap_taints(NodePtr node, std::string_view add) {
  std::vector<api::Taint> taints;
  bool changed = false;
  bool present = false;
  for (const api::Taint& taint : node->spec->taints) {
    const bool ours = taint.effect == TaintEffect::kNoExecute &&
                      (taint.key == api::kTaintNotReady || taint.key == api::kTaintUnreachable);
    if (ours && taint.key == add) present = true;
    if (ours && taint.key != add) {
      changed = true;
    } else {
      taints.push_back(taint);
    }
  }
  if (!present && !add.empty()) {
    api::Taint taint;
    taint.key = add;
    taint.effect = TaintEffect::kNoExecute;
    taint.time_added = api::ClusterTime::at(runtime_->now());
    taints.push_back(std::move(taint));
    changed = true;
  }
  if (!changed) co_return Result<void>();
  co_return co_await set_taints(node, std::move(taints));
}

sim::Task<void> NodeLifecycleController::run_by_condition() {
  while (true) {
    const std::optional<std::string> node = co_await by_condition_.get();
    if (!node) co_return;
    const Result<void> result = co_await taint_by_condition(*node);
    if (result) {
      by_condition_.forget(*node);
    } else {
      by_condition_.add_rate_limited(*node);
    }
    by_condition_.done(*node);
  }
}

sim::Task<Result<void>> NodeLifecycleController::taint_by_condition(std::string node) {
  const NodePtr seen = cached(node);
  if (seen == nullptr) co_return Result<void>();
  std::vector<api::Taint> taints;
  for (const api::Taint& taint : seen->spec->taints) {
    if (!is_by_condition(taint)) taints.push_back(taint);
  }
  const size_t others = taints.size();
  for (api::Taint& taint : no_schedule_taints(*seen, api::ClusterTime::at(runtime_->now()))) {
    taints.push_back(std::move(taint));
  }
  const auto known = [&](const api::Taint& taint) {
    return api::find_taint(seen->spec->taints, taint.key, taint.effect) != nullptr;
  };
  const auto first = taints.begin() + static_cast<std::ptrdiff_t>(others);
  const bool same =
      taints.size() == seen->spec->taints.size() && std::all_of(first, taints.end(), known);
  if (same) co_return Result<void>();
  co_return co_await set_taints(seen, std::move(taints));
}

sim::Task<Result<void>> NodeLifecycleController::set_taints(NodePtr node,
                                                            std::vector<api::Taint> taints) {
  api::Value::Array list;
  for (const api::Taint& taint : taints) list.push_back(api::struct_to_value(taint));
  const api::Value version(std::to_string(node->metadata.resource_version));
  const api::Value metadata = api::Value::object({{"resourceVersion", version}});
  const api::Value spec = api::Value::object({{"taints", api::Value(std::move(list))}});
  const api::Value body = api::Value::object({{"metadata", metadata}, {"spec", spec}});
  const auto written = co_await api::patch<api::Node>(*client_, "", node->metadata.name,
                                                      api::PatchType::kMerge, body);
  if (!written && !api::is(written, api::Reason::kNotFound)) co_return written.error();
  co_return Result<void>();
}

}  // namespace sdbtwin::cluster
