#include "invariants/gates_before_next_pod.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "model/singlestore/events.h"
#include "model/singlestore/sizes.h"
#include "model/sql/statement.h"

namespace sdbtwin::invariants {
namespace {

constexpr std::string_view kRestartPods = "RestartPods";
constexpr std::string_view kRestartNodes = "RestartNodes";

// One copy of a partition on the restarted node.
struct Held {
  singlestore::CopyId copy;
  std::int64_t rows = 0;  // at least, before its disruption
};

// What a request has disrupted last, and what could be seen of it since.
struct Restarted {
  std::string pod;
  sim::Time at{};        // of its disruption, then of the end of its process
  bool stopped = false;  // the old process has ended: what is seen before is not the restarted pod
  std::optional<sim::Time> synced;  // latest instant at which an answer could show it in sync
  std::vector<Held> held;           // empty: it has no rows to compare
  std::optional<sim::Time> sized;   // latest instant at which an answer could show its rows
  sim::Time rows_held{};            // latest instant at which it had them, in truth
  bool on_record = false;           // its request says that all pods have been restarted
};

class GatesBeforeNextPod final : public Invariant {
 public:
  std::vector<api::Kind> kinds() const override {
    return {api::Kind::kPod, api::Kind::kSinglestore, api::Kind::kSinglestoreOpsRequest};
  }
  std::vector<const sim::EventType*> events() const override {
    return {&sim::kEventType<singlestore::QueryAnswered>,
            &sim::kEventType<singlestore::ProcessChanged>};
  }

  void on_write(const cluster::ObjectWritten& write, Context& context) override {
    if (write.kind == api::Kind::kPod) {
      on_eviction(write, context);
    } else if (write.kind == api::Kind::kSinglestore) {
      on_version(write, context);
    } else {
      on_request(write, context);
    }
  }

  // The answer shows the database as it was at some instant of [sent, now].
  void on_event(const sim::TraceEvent& event, Context& context) override {
    if (const auto* changed = event.get_if<singlestore::ProcessChanged>()) {
      return on_process(*changed, context);
    }
    const auto* answered = event.get_if<singlestore::QueryAnswered>();
    if (answered->client != context.settings().ops_manager || answered->outcome != "ok") return;
    for (auto& [key, restarted] : restarted_) {
      if (!restarted.stopped) continue;
      const sim::Time from = std::max(answered->sent, restarted.at);
      look_at_sync(key, restarted, from, context);
      look_at_rows(key, restarted, from, *answered, context);
    }
  }

  std::vector<Margin> margins(const Settings& settings) const override {
    if (checks() == 0) return {};
    return {{"age of the evidence at the next disruption", oldest_.count(),
             (settings.poll + settings.reaction).count(), true, Margin::Unit::kNanoseconds}};
  }

 private:
  bool running(const api::ObjectKey& database) const {
    const auto found = running_.find(database);
    return found != running_.end() && found->second > 0;
  }

  void on_process(const singlestore::ProcessChanged& changed, const Context& context) {
    if (changed.state != singlestore::ProcessState::kDown) return;
    const auto restarted = restarted_.find({changed.namespace_, changed.cluster});
    if (restarted == restarted_.end() || restarted->second.pod != changed.pod) return;
    restarted->second.stopped = true;
    restarted->second.at = context.now();
  }

  static void look_at_sync(const api::ObjectKey& key, Restarted& restarted, sim::Time from,
                           const Context& context) {
    const singlestore::TruthHistory* history =
        context.truth().history(key.namespace_, key.name, restarted.pod);
    if (history == nullptr) return;
    if (history->held(context.settings().max_lag, from, context.now())) {
      restarted.synced = context.now();
    }
  }

  // Rows are looked at whenever an answer comes, so that the truth of a window is known at both of
  // its ends: statements follow each other.
  static void look_at_rows(const api::ObjectKey& key, Restarted& restarted, sim::Time from,
                           const singlestore::QueryAnswered& answered, const Context& context) {
    if (restarted.held.empty()) return;
    const singlestore::ClusterState* state = context.truth().state(key.namespace_, key.name);
    if (state == nullptr) return;
    const bool has_them = std::ranges::all_of(
        restarted.held, [&](const Held& held) { return has_rows(*state, held, context); });
    if (has_them) restarted.rows_held = context.now();
    const bool shows_rows = answered.statement == sql::TableStatistics::kName;
    if (shows_rows && restarted.rows_held >= from) restarted.sized = context.now();
  }

  static bool has_rows(const singlestore::ClusterState& state, const Held& held,
                       const Context& context) {
    const auto& database = state.databases[static_cast<std::size_t>(held.copy.database)];
    const auto& partition = state.partition(held.copy);
    const std::int64_t rows = state.rows(database, partition, state.copy(held.copy), context.now());
    const singlestore::Copy* other = state.other(held.copy);
    if (other == nullptr) return rows >= held.rows;
    const std::int64_t there = state.rows(database, partition, *other, context.now());
    const std::int64_t larger = std::max(rows, there);
    const std::int64_t difference = larger - std::min(rows, there);
    return difference <= context.settings().size_floor_rows ||
           difference * 100 <= larger * context.settings().size_tolerance_percent;
  }

  // Rows that came while the eviction was being decided may not be in the operator's baseline.
  static std::vector<Held> rows_before(const api::ObjectKey& key, std::string_view pod,
                                       const Context& context) {
    std::vector<Held> held;
    const singlestore::ClusterState* state = context.truth().state(key.namespace_, key.name);
    const singlestore::Node* node = state == nullptr ? nullptr : state->find_pod(pod);
    if (node == nullptr) return held;
    for (const singlestore::CopyId& id : node->copies) {
      const auto& database = state->databases[static_cast<std::size_t>(id.database)];
      const auto& partition = state->partition(id);
      const std::int64_t now = state->rows(database, partition, state->copy(id), context.now());
      const std::int64_t fresh = singlestore::rows_at(
          database.row, singlestore::bytes_in(context.settings().reaction, partition.write_rate));
      held.push_back({id, std::max<std::int64_t>(0, now - fresh - 1)});
    }
    return held;
  }

  void on_request(const cluster::ObjectWritten& write, Context& context) {
    const auto runs = [](const api::ObjectPtr& object) {
      const auto request = api::as_if<api::SinglestoreOpsRequest>(object);
      return request && request->status->phase == api::OpsRequestPhase::kProgressing &&
             (request->spec->type == api::OpsRequestType::kUpdateVersion ||
              request->spec->type == api::OpsRequestType::kRestart);
    };
    const bool before = runs(write.before);
    const bool after = !write.deleted && runs(write.after);
    const auto request =
        api::as<api::SinglestoreOpsRequest>(write.after ? write.after : write.before);
    const api::ObjectKey database(std::string(write.namespace_), request->spec->database_ref.name);
    if (before && after) return on_progress(database, write, context);
    if (before == after) return;
    running_[database] += after ? 1 : -1;
    if (after) return;
    const auto last = restarted_.find(database);
    if (last == restarted_.end()) return;
    if (!write.deleted && request->status->phase == api::OpsRequestPhase::kSuccessful) {
      judge(last->second, "the request became Successful", sent_at(write, context.now()), context);
    }
    restarted_.erase(last);
  }

  // The end of the restarts is judged when it is put on record. What follows disrupts nobody, so it
  // may take its time: a slow write, or a new process that goes on from the record.
  void on_progress(const api::ObjectKey& database, const cluster::ObjectWritten& write,
                   Context& context) {
    const auto last = restarted_.find(database);
    if (last == restarted_.end() || last->second.on_record) return;
    if (write.actor != context.settings().ops_manager || !says_restarted(*write.after)) return;
    judge(last->second, "the restarts were said to be done", sent_at(write, context.now()),
          context);
    last->second.on_record = true;
  }

  // The condition of the step (kubedb.md 4.4).
  static bool says_restarted(const api::Object& object) {
    const auto& conditions = api::cast<api::SinglestoreOpsRequest>(object).status->conditions;
    return api::is_condition_true(conditions, kRestartPods) ||
           api::is_condition_true(conditions, kRestartNodes);
  }

  void on_eviction(const cluster::ObjectWritten& write, Context& context) {
    if (!begins_disruption(write) || write.actor != context.settings().ops_manager) return;
    const api::ObjectKey database = database_of(*write.before);
    if (!running(database)) return;
    if (const auto previous = restarted_.find(database); previous != restarted_.end()) {
      if (previous->second.pod != write.name) {
        judge(previous->second, fmt::format("{} was disrupted", write.name),
              sent_at(write, context.now()), context);
      }
    }
    Restarted& restarted = restarted_[database];
    restarted = {};
    restarted.pod = write.name;
    restarted.at = context.now();
    restarted.held = rows_before(database, write.name, context);
  }

  void on_version(const cluster::ObjectWritten& write, Context& context) {
    if (write.deleted || !write.before || write.actor != context.settings().ops_manager) return;
    const auto before = api::as<api::Singlestore>(write.before);
    const auto after = api::as<api::Singlestore>(write.after);
    if (before->spec->version == after->spec->version) return;
    const auto previous = restarted_.find(key_of(write));
    if (previous == restarted_.end()) return;
    judge(previous->second, "the version of the database was changed",
          sent_at(write, context.now()), context);
    restarted_.erase(previous);
  }

  void judge(const Restarted& previous, const std::string& what, sim::Time sent, Context& context) {
    checked();
    judge_evidence(previous, previous.synced, "online and in sync", what, sent, context);
    if (previous.held.empty()) return;
    judge_evidence(previous, previous.sized, "with its rows", what, sent, context);
  }

  void judge_evidence(const Restarted& previous, const std::optional<sim::Time>& seen,
                      std::string_view how, const std::string& what, sim::Time sent,
                      Context& context) {
    if (!seen) {
      context.violated(fmt::format("{}, although {} had not been seen {} since its restart {} ago",
                                   what, previous.pod, how,
                                   sim::format_duration(context.now() - previous.at)));
      return;
    }
    const sim::Duration age = sent - *seen;
    if (previous.on_record) return;
    oldest_ = std::max(oldest_, age);
    if (age > context.settings().poll + context.settings().reaction) {
      context.violated(fmt::format("{}, although {} was last seen {} {} before", what, previous.pod,
                                   how, sim::format_duration(age)));
    }
  }

  std::map<api::ObjectKey, int> running_;  // requests in progress that restart pods
  std::map<api::ObjectKey, Restarted> restarted_;
  sim::Duration oldest_{};
};

}  // namespace

std::unique_ptr<Invariant> make_gates_before_next_pod() {
  return std::make_unique<GatesBeforeNextPod>();
}

}  // namespace sdbtwin::invariants
