#include "invariants/gates_before_next_pod.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "model/singlestore/events.h"

namespace sdbtwin::invariants {
namespace {

// What a request has disrupted last, and what could be seen of it since.
struct Restarted {
  std::string pod;
  sim::Time at{};        // of its disruption, then of the end of its process
  bool stopped = false;  // the old process has ended: what is seen before is not the restarted pod
  bool seen = false;
  sim::Time evidence{};  // latest instant at which an answer could show it in sync
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
      const singlestore::TruthHistory* history =
          context.truth().history(key.namespace_, key.name, restarted.pod);
      if (history == nullptr || !restarted.stopped) continue;
      const sim::Time from = std::max(answered->sent, restarted.at);
      if (!history->held(context.settings().max_lag, from, context.now())) continue;
      restarted.seen = true;
      restarted.evidence = context.now();
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

  void on_request(const cluster::ObjectWritten& write, Context& context) {
    const auto runs = [](const api::ObjectPtr& object) {
      const auto request = api::as_if<api::SinglestoreOpsRequest>(object);
      return request && request->status->phase == api::OpsRequestPhase::kProgressing &&
             (request->spec->type == api::OpsRequestType::kUpdateVersion ||
              request->spec->type == api::OpsRequestType::kRestart);
    };
    const bool before = runs(write.before);
    const bool after = !write.deleted && runs(write.after);
    if (before == after) return;
    const auto request =
        api::as<api::SinglestoreOpsRequest>(write.after ? write.after : write.before);
    const api::ObjectKey database(std::string(write.namespace_), request->spec->database_ref.name);
    running_[database] += after ? 1 : -1;
    if (after) return;
    const auto last = restarted_.find(database);
    if (last == restarted_.end()) return;
    if (!write.deleted && request->status->phase == api::OpsRequestPhase::kSuccessful) {
      judge(last->second, "the request became Successful", context);
    }
    restarted_.erase(last);
  }

  void on_eviction(const cluster::ObjectWritten& write, Context& context) {
    if (!begins_disruption(write) || write.actor != context.settings().ops_manager) return;
    const api::ObjectKey database = database_of(*write.before);
    if (!running(database)) return;
    if (const auto previous = restarted_.find(database); previous != restarted_.end()) {
      if (previous->second.pod != write.name) {
        judge(previous->second, fmt::format("{} was disrupted", write.name), context);
      }
    }
    restarted_[database] = {std::string(write.name), context.now(), false, false, {}};
  }

  void on_version(const cluster::ObjectWritten& write, Context& context) {
    if (write.deleted || !write.before || write.actor != context.settings().ops_manager) return;
    const auto before = api::as<api::Singlestore>(write.before);
    const auto after = api::as<api::Singlestore>(write.after);
    if (before->spec->version == after->spec->version) return;
    const auto previous = restarted_.find(key_of(write));
    if (previous == restarted_.end()) return;
    judge(previous->second, "the version of the database was changed", context);
    restarted_.erase(previous);
  }

  void judge(const Restarted& previous, const std::string& what, Context& context) {
    checked();
    if (!previous.seen) {
      context.violated(
          fmt::format("{}, although {} had not been seen online and in sync since its "
                      "restart {} ago",
                      what, previous.pod, sim::format_duration(context.now() - previous.at)));
      return;
    }
    const sim::Duration age = context.now() - previous.evidence;
    oldest_ = std::max(oldest_, age);
    if (age > context.settings().poll + context.settings().reaction) {
      context.violated(fmt::format("{}, although {} was last seen online and in sync {} before",
                                   what, previous.pod, sim::format_duration(age)));
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
