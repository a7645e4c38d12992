#include "invariants/no_acknowledged_write_lost.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "invariants/partition_lookup.h"
#include "model/singlestore/events.h"

namespace sdbtwin::invariants {
namespace {

class NoAcknowledgedWriteLost final : public Invariant {
 public:
  std::vector<api::Kind> kinds() const override { return {}; }
  std::vector<const sim::EventType*> events() const override {
    return {&sim::kEventType<singlestore::WritesAcknowledged>,
            &sim::kEventType<singlestore::AcknowledgedWritesLost>};
  }
  void on_write(const cluster::ObjectWritten&, Context&) override {}

  void on_event(const sim::TraceEvent& event, Context& context) override {
    if (const auto* writes = event.get_if<singlestore::WritesAcknowledged>()) {
      return note_disks({writes->namespace_, writes->cluster}, writes->partition, context);
    }
    const auto* lost = event.get_if<singlestore::AcknowledgedWritesLost>();
    const api::ObjectKey key(lost->namespace_, lost->cluster);
    const singlestore::ClusterState* state = stays(key, context);
    const singlestore::ClientLog* log = context.truth().clients(key.namespace_, key.name);
    if (state == nullptr || log == nullptr) return;
    checked();
    const PartitionTruth found = find_partition(*state, *log, lost->partition);
    if (found) judge(key, found, lost->rows, context);
  }

  void at_end(Context& context) override {
    for (const auto& [key, database] : context.view().databases()) {
      const singlestore::ClusterState* state = stays(key, context);
      const singlestore::ClientLog* log = context.truth().clients(key.namespace_, key.name);
      if (state != nullptr && log != nullptr) judge_all(key, *state, *log, context);
    }
  }

  std::vector<Margin> margins(const Settings&) const override {
    if (excused_rows_ == 0) return {};
    return {{"acknowledged rows lost that were not promised", excused_rows_, 0, false,
             Margin::Unit::kCount}};
  }

 private:
  static const singlestore::ClusterState* stays(const api::ObjectKey& key, const Context& context) {
    const Database* database = context.view().find(key);
    if (database == nullptr || database->object == nullptr) return nullptr;
    if (api::is_deleting(database->object->metadata)) return nullptr;
    return context.truth().state(key.namespace_, key.name);
  }

  using Disks = std::vector<std::string>;  // by copy; "": it had none

  void note_disks(const api::ObjectKey& key, const std::string& name, const Context& context) {
    const singlestore::ClusterState* state = context.truth().state(key.namespace_, key.name);
    const singlestore::ClientLog* log = context.truth().clients(key.namespace_, key.name);
    if (state == nullptr || log == nullptr) return;
    const PartitionTruth found = find_partition(*state, *log, name);
    if (!found) return;
    Disks& disks = disks_[{key, name}];
    disks.clear();
    for (const singlestore::Copy& copy : found.partition->copies) disks.push_back(copy.volume);
  }

  bool survives(const api::ObjectKey& key, const PartitionTruth& found) const {
    const auto disks = disks_.find({key, found.clients->name});
    if (disks == disks_.end()) return false;
    const auto& copies = found.partition->copies;
    for (std::size_t i = 0; i < copies.size() && i < disks->second.size(); ++i) {
      if (!copies[i].volume.empty() && copies[i].volume == disks->second[i]) return true;
    }
    return false;
  }

  void judge_all(const api::ObjectKey& key, const singlestore::ClusterState& state,
                 const singlestore::ClientLog& log, Context& context) {
    for (const singlestore::Database& database : state.databases) {
      for (std::size_t ordinal = 0; ordinal < database.partitions.size(); ++ordinal) {
        const PartitionTruth found = find_partition(log, database, ordinal);
        if (!found) continue;
        checked();
        const std::int64_t rows = missing_rows(state, found, context.now());
        if (rows > 0) judge(key, found, rows, context);
      }
    }
  }

  static std::int64_t missing_rows(const singlestore::ClusterState& state,
                                   const PartitionTruth& found, sim::Time now) {
    const singlestore::Copy* kept = state.keeper(*found.partition);
    if (kept == nullptr) return 0;
    std::int64_t bytes = 0;
    for (const auto& writes : singlestore::ClientLog::missing(
             singlestore::ClientLog::acknowledged(*found.clients, now), kept->history,
             state.position(*found.partition, *kept, now))) {
      bytes += writes.to - writes.from;
    }
    return bytes / std::max<std::int64_t>(1, found.clients->row_bytes);
  }

  void judge(const api::ObjectKey& key, const PartitionTruth& found, std::int64_t rows,
             Context& context) {
    const bool two_copies = found.partition->copies.size() > 1;
    if (!survives(key, found) || (two_copies && !found.database->sync_replication)) {
      excused_rows_ += rows;
      return;
    }
    context.violated(
        fmt::format("{} rows of {} {} that clients were told are written are in no "
                    "log that is left ({})",
                    rows, to_string(key), found.clients->name,
                    two_copies ? "synchronous replication, a copy survives" : "its disk lives"));
  }

  std::map<std::pair<api::ObjectKey, std::string>, Disks> disks_;
  std::int64_t excused_rows_ = 0;
};

}  // namespace

std::unique_ptr<Invariant> make_no_acknowledged_write_lost() {
  return std::make_unique<NoAcknowledgedWriteLost>();
}

}  // namespace sdbtwin::invariants
