#include "invariants/availability_floor.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

namespace sdbtwin::invariants {
namespace {

namespace db = singlestore;

class AvailabilityFloor final : public Invariant {
 public:
  std::vector<api::Kind> kinds() const override {
    return {api::Kind::kPod, api::Kind::kSinglestoreOpsRequest};
  }

  void on_write(const cluster::ObjectWritten& write, Context& context) override {
    if (write.kind == api::Kind::kSinglestoreOpsRequest) return on_request(write);
    if (!begins_disruption(write) || write.actor != context.settings().ops_manager) return;
    const api::ObjectKey key = database_of(*write.before);
    const std::string pod(write.name);
    const db::ClusterState* state = context.truth().state(key.namespace_, key.name);
    const std::string last = std::exchange(taken_[key], pod);
    const bool free = last.empty() && always(key, context);
    const db::Node* node = state == nullptr ? nullptr : state->find_pod(pod);
    if (node == nullptr || free) return;
    if (context.settings().redundancy >= 2) {
      judge_copies(*state, *node, sent_at(write, context.now()), context);
    } else if (!last.empty() && last != pod) {
      judge_last(*state, last, pod, sent_at(write, context.now()), context);
    }
  }

  std::vector<Margin> margins(const Settings& settings) const override {
    if (settings.redundancy < 2 || fewest_ == kNone) return {};
    return {{"other copies able to serve a partition when its pod was taken", fewest_, 1, false,
             Margin::Unit::kCount}};
  }

 private:
  static constexpr std::int64_t kNone = -1;

  void on_request(const cluster::ObjectWritten& write) {
    const auto request =
        api::as<api::SinglestoreOpsRequest>(write.after ? write.after : write.before);
    if (!write.deleted && !api::is_finished(request->status->phase)) return;
    taken_.erase({std::string(write.namespace_), request->spec->database_ref.name});
  }

  static bool always(const api::ObjectKey& database, const Context& context) {
    return std::ranges::any_of(context.view().requests(), [&](const auto& entry) {
      const api::SinglestoreOpsRequest& request = *entry.second;
      return entry.first.namespace_ == database.namespace_ &&
             request.spec->database_ref.name == database.name &&
             request.status->phase == api::OpsRequestPhase::kProgressing &&
             request.spec->apply == api::ApplyOption::kAlways;
    });
  }

  static bool can_take_over(const db::ClusterState& state, const db::Database& database,
                            const db::Copy& copy, const Context& context) {
    if (copy.state != sql::InstanceState::kReplicating || !state.attached(copy)) return false;
    if (!state.has_data(copy)) return false;
    if (database.sync_replication) return copy.sync == sql::PartitionSync::kSync;
    const db::NodeTruth stream{true, copy.streaming ? copy.synced_at : db::kNever};
    return stream.synced_within(context.settings().max_lag, context.now());
  }

  void judge_copies(const db::ClusterState& state, const db::Node& node, sim::Time sent,
                    Context& context) {
    for (const db::CopyId& id : node.copies) {
      const db::Database& database = state.databases[static_cast<std::size_t>(id.database)];
      const db::Partition& partition = state.partition(id);
      if (partition.master != id.copy || !state.serves(partition)) continue;
      checked();
      const db::Copy* other = state.other(id);
      const bool able = other != nullptr && can_take_over(state, database, *other, context);
      const std::int64_t left = able ? 1 : 0;
      fewest_ = fewest_ == kNone ? left : std::min(fewest_, left);
      if (able || (other != nullptr && was_well(state.node(other->node), sent, context))) continue;
      context.violated(fmt::format(
          "{} was disrupted although it held the last serving copy of {}:{} ({})", node.pod,
          database.name, partition.ordinal,
          other == nullptr ? std::string("there is no other")
                           : fmt::format("the other, on {}, was {}", state.node(other->node).pod,
                                         to_string(other->state))));
    }
  }

  void judge_last(const db::ClusterState& state, const std::string& last, const std::string& pod,
                  sim::Time sent, Context& context) {
    const db::Node* before = state.find_pod(last);
    if (before == nullptr) return;
    checked();
    std::size_t unserved = 0;
    for (const db::CopyId& id : before->copies) unserved += !state.serves(state.partition(id));
    if (unserved == 0) return;
    const sim::Time from = sent - context.settings().poll - context.settings().reaction;
    if (before->history.was_online(from, context.now())) return;
    context.violated(
        fmt::format("{} was disrupted while {} partitions of {}, which was taken "
                    "before it, were not served again",
                    pod, unserved, last));
  }

  // Within the last poll, so that the Ops-manager could still believe it.
  static bool was_well(const db::Node& node, sim::Time sent, const Context& context) {
    const sim::Time from = sent - context.settings().poll - context.settings().reaction;
    return node.history.held(context.settings().max_lag, from, context.now());
  }

  std::map<api::ObjectKey, std::string> taken_;  // the pod that a request has taken last
  std::int64_t fewest_ = kNone;
};

}  // namespace

std::unique_ptr<Invariant> make_availability_floor() {
  return std::make_unique<AvailabilityFloor>();
}

}  // namespace sdbtwin::invariants
