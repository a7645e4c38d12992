#include "invariants/synced_copies_are_synced.h"

#include <fmt/format.h>

#include "invariants/partition_lookup.h"
#include "model/singlestore/events.h"

namespace sdbtwin::invariants {
namespace {

namespace twin = singlestore;

class SyncedCopiesAreSynced final : public Invariant {
 public:
  std::optional<std::string> inapplicable(const Settings& settings) const override {
    if (settings.redundancy >= 2) return std::nullopt;
    return "with redundancy 1 there is no second copy";
  }
  std::vector<api::Kind> kinds() const override { return {}; }
  std::vector<const sim::EventType*> events() const override {
    return {&sim::kEventType<twin::CopyChanged>, &sim::kEventType<twin::WritesAcknowledged>};
  }
  void on_write(const cluster::ObjectWritten&, Context&) override {}

  void on_event(const sim::TraceEvent& event, Context& context) override {
    if (const auto* copy = event.get_if<twin::CopyChanged>()) {
      if (copy->sync != sql::PartitionSync::kSync) return;
      judge_partition(copy->namespace_, copy->cluster, copy->partition, context);
    } else if (const auto* writes = event.get_if<twin::WritesAcknowledged>()) {
      judge_partition(writes->namespace_, writes->cluster, writes->partition, context);
    }
  }

  void at_end(Context& context) override {
    for (const auto& [key, database] : context.view().databases()) {
      const twin::ClusterState* state = context.truth().state(key.namespace_, key.name);
      const twin::ClientLog* log = context.truth().clients(key.namespace_, key.name);
      if (state == nullptr || log == nullptr) continue;
      for (const twin::Database& one : state->databases) {
        for (std::size_t ordinal = 0; ordinal < one.partitions.size(); ++ordinal) {
          judge(*state, find_partition(*log, one, ordinal), context);
        }
      }
    }
  }

 private:
  void judge_partition(std::string_view namespace_, std::string_view cluster, std::string_view name,
                       Context& context) {
    const twin::ClusterState* state = context.truth().state(namespace_, cluster);
    const twin::ClientLog* log = context.truth().clients(namespace_, cluster);
    if (state == nullptr || log == nullptr) return;
    judge(*state, find_partition(*state, *log, name), context);
  }

  void judge(const twin::ClusterState& state, const PartitionTruth& found, Context& context) {
    if (!found || !found.database->sync_replication) return;
    for (const twin::Copy& copy : found.partition->copies) {
      const bool counts = copy.role == sql::InstanceRole::kSlave &&
                          copy.state == sql::InstanceState::kReplicating &&
                          copy.sync == sql::PartitionSync::kSync && state.has_data(copy);
      if (!counts) continue;
      checked();
      const auto missing = twin::ClientLog::missing(
          twin::ClientLog::acknowledged(*found.clients, context.now()), copy.history,
          state.position(*found.partition, copy, context.now()));
      if (!missing.empty()) {
        context.violated(fmt::format(
            "the copy of {} on {} counts as synced, but lacks bytes {} to {} of term {}",
            found.clients->name, state.node(copy.node).pod, missing.front().from,
            missing.front().to, missing.front().term));
      }
      judge_rows(state, copy, found.clients->name, context);
    }
  }

  static void judge_rows(const twin::ClusterState& state, const twin::Copy& copy,
                         const std::string& name, Context& context) {
    if (context.settings().copies_may_drift) return;
    std::int64_t rows = 0;
    for (const std::uint64_t id : copy.drifts) {
      const auto drift = state.drifts.find(id);
      if (drift != state.drifts.end()) rows += drift->second.rows;
    }
    if (rows >= 0) return;
    context.violated(
        fmt::format("the copy of {} on {} counts as synced, but lacks {} rows that "
                    "its log has",
                    name, state.node(copy.node).pod, -rows));
  }
};

}  // namespace

std::unique_ptr<Invariant> make_synced_copies_are_synced() {
  return std::make_unique<SyncedCopiesAreSynced>();
}

}  // namespace sdbtwin::invariants
