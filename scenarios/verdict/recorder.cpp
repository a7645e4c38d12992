#include "scenarios/verdict/recorder.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "controller/ops_manager/trace_events.h"
#include "faults/injector.h"
#include "model/api/petset.h"
#include "model/singlestore/events.h"
#include "scenarios/world/processes.h"
#include "sim/engine/process.h"

namespace sdbtwin::scenarios {
namespace {

std::string name_of(const cluster::ObjectWritten& write) {
  return std::string(write.namespace_).append("/").append(write.name);
}

std::string image_of(const api::PodSpec& spec) {
  for (const api::Container& container : spec.containers) {
    if (container.name == "singlestore") return container.image;
  }
  return {};
}

// The tag says which version; the rest of an image's name is long and always the same.
std::string_view tag_of(std::string_view image) {
  const std::size_t colon = image.rfind(':');
  return colon == std::string_view::npos ? image : image.substr(colon + 1);
}

bool all_running(const api::Pod& pod) {
  const auto& statuses = *pod.status->container_statuses;
  return !statuses.empty() &&
         std::all_of(statuses.begin(), statuses.end(), [](const api::ContainerStatus& status) {
           return status.state.running.has_value();
         });
}

// What says how a request ended: the condition that failed, else the one that was added last.
const api::Condition* final_condition(const api::SinglestoreOpsRequest& request) {
  const std::vector<api::Condition>& conditions = request.status->conditions;
  const auto failed = std::ranges::find_if(
      conditions, [](const api::Condition& condition) { return condition.reason == "Failed"; });
  if (failed != conditions.end()) return &*failed;
  return conditions.empty() ? nullptr : &conditions.back();
}

class WaitSums {
 public:
  void add(std::string_view cause, const std::optional<sim::Time>& from,
           const std::optional<sim::Time>& to) {
    if (!from || !to || *to <= *from) return;
    const auto found = std::find_if(sums_.begin(), sums_.end(),
                                    [&](const WaitByCause& sum) { return sum.cause == cause; });
    if (found == sums_.end()) {
      sums_.push_back({std::string(cause), *to - *from, 1});
    } else {
      found->total += *to - *from;
      ++found->count;
    }
  }
  std::vector<WaitByCause> take() { return std::move(sums_); }

 private:
  std::vector<WaitByCause> sums_;
};

}  // namespace

void Recorder::add(Category category, std::string subject, std::string text) {
  timeline_.push_back({now_, category, std::move(subject), std::move(text)});
}

void Recorder::on_event(const sim::TraceEvent& event) {
  now_ = event.time;
  if (const auto* write = event.get_if<cluster::ObjectWritten>()) {
    on_write(*write);
  } else {
    on_other(event);
  }
}

void Recorder::on_write(const cluster::ObjectWritten& write) {
  bump(CounterId::kApiWrites);
  if (write.actor == kProvisioner) bump(CounterId::kProvisionerWrites);
  if (write.actor == kOpsManager) bump(CounterId::kOpsManagerWrites);
  switch (write.kind) {
    case api::Kind::kSinglestoreOpsRequest:
      return on_request(write);
    case api::Kind::kSinglestore:
      return on_database(write);
    case api::Kind::kPetSet:
      return on_petset(write);
    case api::Kind::kPod:
      return on_pod(write);
    default:
      return;
  }
}

void Recorder::on_request(const cluster::ObjectWritten& write) {
  const std::string name = name_of(write);
  if (write.deleted) return add(Category::kRequest, name, "request is gone");
  const auto after = api::as<api::SinglestoreOpsRequest>(write.after);
  const auto before = api::as_if<api::SinglestoreOpsRequest>(write.before);
  if (before == nullptr) {
    std::string what(to_string(after->spec->type));
    if (after->spec->update_version) what += " to " + after->spec->update_version->target_version;
    add(Category::kUser, name, fmt::format("{} requested by {}", what, write.actor));
    request_index_[name] = requests_.size();
    requests_.push_back({name, std::string(to_string(after->spec->type)), "", "", "", now_, {}});
  }
  RequestResult& result = requests_[request_index_.at(name)];
  on_request_conditions(*after, before.get());
  if (before == nullptr || before->status->phase != after->status->phase) {
    result.phase = to_string(after->status->phase);
    if (!result.phase.empty()) add(Category::kRequest, name, "request is " + result.phase);
  }
  if (api::is_finished(after->status->phase) && !result.finished) {
    result.finished = now_;
    if (const api::Condition* last = final_condition(*after)) {
      result.reason = last->reason;
      result.message = last->message;
    }
    close_restart(now_);
  }
}

void Recorder::on_request_conditions(const api::SinglestoreOpsRequest& after,
                                     const api::SinglestoreOpsRequest* before) {
  for (const api::Condition& condition : after.status->conditions) {
    const api::Condition* old =
        before ? api::find_condition(before->status->conditions, condition.type) : nullptr;
    if (old != nullptr && old->status == condition.status) continue;
    // Sub-steps of a pod are told by what happens to the pod.
    if (condition.type.find("--") != std::string::npos) continue;
    const bool is_true = condition.status == api::ConditionStatus::kTrue;
    add(Category::kStep, after.metadata.namespace_ + "/" + after.metadata.name,
        fmt::format("{}{}{}", condition.type, is_true ? "" : " begins",
                    is_true && !condition.message.empty() ? ": " + condition.message : ""));
  }
}

void Recorder::on_database(const cluster::ObjectWritten& write) {
  const std::string name = name_of(write);
  if (write.deleted) return add(Category::kDatabase, name, "database is gone");
  const auto after = api::as<api::Singlestore>(write.after);
  const auto before = api::as_if<api::Singlestore>(write.before);
  if (before == nullptr) {
    return add(Category::kUser, name,
               fmt::format("Singlestore {} requested by {}", after->spec->version, write.actor));
  }
  if (before->status->phase != after->status->phase) {
    add(Category::kDatabase, name, fmt::format("phase {}", to_string(after->status->phase)));
  }
  const bool was_paused = api::is_condition_true(before->status->conditions, "Paused");
  const bool paused = api::is_condition_true(after->status->conditions, "Paused");
  if (paused != was_paused) {
    add(Category::kDatabase, name,
        fmt::format("{} by {}", paused ? "paused" : "resumed", write.actor));
  }
  if (before->spec->version != after->spec->version) {
    add(Category::kDatabase, name,
        fmt::format("version {} -> {} by {}", before->spec->version, after->spec->version,
                    write.actor));
    close_restart(now_);
  }
}

void Recorder::on_petset(const cluster::ObjectWritten& write) {
  if (write.deleted) return add(Category::kPod, name_of(write), "PetSet is gone");
  const auto after = api::as<api::PetSet>(write.after);
  const auto before = api::as_if<api::PetSet>(write.before);
  if (before == nullptr) return;
  const std::string image = image_of(after->spec->template_->spec);
  if (image_of(before->spec->template_->spec) == image) return;
  add(Category::kPod, name_of(write),
      fmt::format("image {} set by {}", tag_of(image), write.actor));
}

void Recorder::on_pod(const cluster::ObjectWritten& write) {
  const std::string name = name_of(write);
  const auto before = api::as_if<api::Pod>(write.before);
  const auto after = api::as_if<api::Pod>(write.after);
  if (before == nullptr) bump(CounterId::kPodsCreated);
  const bool was_ready = before && api::is_pod_ready(*before);
  const bool ready = after && api::is_pod_ready(*after);
  if (ready && !was_ready) bump(CounterId::kPodsReady);
  const bool going = before != nullptr && !api::is_deleting(before->metadata) &&
                     (after == nullptr || api::is_deleting(after->metadata));
  if (write.subresource == api::Subresource::kEviction && going) {
    bump(CounterId::kEvictions);
    evicted(name, write.actor);
  }
  if (const auto found = restarting_.find(name); found != restarting_.end()) {
    on_restarting_pod(restarts_[found->second], write);
  } else if (ready && !was_ready) {
    add(Category::kPod, name, "ready on " + after->spec->node_name);
  } else if (going || (was_ready && !ready)) {
    add(Category::kPod, name, going ? fmt::format("deleted by {}", write.actor) : "not ready");
  }
}

void Recorder::evicted(const std::string& pod, std::string_view actor) {
  close_restart(now_);
  restarting_[pod] = restarts_.size();
  restarts_.push_back({pod, now_, {}, {}, {}, {}, {}, {}});
  add(Category::kPod, pod, fmt::format("evicted by {}", actor));
  // What was read before belongs to the old pod: a baseline, not a check.
  for (GateSummary& gate : gates_) {
    if (!pod.ends_with("/" + gate.subject)) continue;
    gate.outcome.clear();
    gate.evaluations = 0;
  }
}

void Recorder::on_restarting_pod(PodRestart& restart, const cluster::ObjectWritten& write) {
  if (write.deleted) {
    if (!restart.gone) restart.gone = now_;
    return;
  }
  if (!restart.gone) return;  // the old pod still
  const auto pod = api::as<api::Pod>(write.after);
  if (!restart.created) restart.created = now_;
  if (!restart.scheduled && !pod->spec->node_name.empty()) restart.scheduled = now_;
  if (!restart.started && all_running(*pod)) restart.started = now_;
  if (restart.ready || !api::is_pod_ready(*pod)) return;
  restart.ready = now_;
  add(Category::kPod, restart.pod,
      fmt::format(
          "ready again on {} with {}, after {}", pod->spec->node_name, tag_of(image_of(*pod->spec)),
          sim::format_duration(
              std::chrono::duration_cast<std::chrono::milliseconds>(now_ - restart.evicted))));
  restarting_.erase(restart.pod);
}

void Recorder::close_restart(sim::Time at) {
  if (!restarts_.empty() && !restarts_.back().next) restarts_.back().next = at;
}

void Recorder::on_other(const sim::TraceEvent& event) {
  if (const auto* refused = event.get_if<cluster::RequestRefused>()) {
    bump(CounterId::kApiRefusals);
    if (refused->reason == api::Reason::kConflict) bump(CounterId::kConflicts);
    if (refused->subresource == api::Subresource::kEviction) bump(CounterId::kEvictionsRefused);
  } else if (event.get_if<singlestore::QueryAnswered>() != nullptr) {
    bump(CounterId::kQueries);
  } else if (const auto* gate = event.get_if<ops_manager::GateEvaluated>()) {
    bump(CounterId::kGatesEvaluated);
    const std::pair<std::string, std::string> key(gate->pod, to_string(gate->gate));
    const auto [found, fresh] = gate_index_.emplace(key, gates_.size());
    if (fresh) {
      gates_.push_back({key.second, key.first, "", "", 0, now_, now_});
    }
    GateSummary& summary = gates_[found->second];
    if (summary.evaluations == 0) summary.first = now_;
    const std::string outcome(to_string(gate->outcome));
    if (gate->outcome == ops_manager::GateOutcome::kPassed && summary.outcome != outcome) {
      // That a node is online compares nothing with anything.
      if (gate->gate != ops_manager::Gate::kNodeOnline) bump(CounterId::kGatesCompared);
      add(Category::kGate, key.first, fmt::format("{}: {}", key.second, gate->reason));
    }
    summary.outcome = outcome;
    summary.compared = gate->reason;
    summary.last = now_;
    ++summary.evaluations;
  } else if (const auto* fired = event.get_if<faults::FaultFired>()) {
    add(Category::kFault, fired->fault, "fault fires: " + fired->touched);
  } else if (const auto* healed = event.get_if<faults::FaultHealed>()) {
    add(Category::kFault, healed->fault, "fault is over");
  } else if (const auto* started = event.get_if<sim::ProcessStarted>()) {
    if (started->incarnation > 1) {
      add(Category::kFault, std::string(event.process), "process starts again");
    }
  }
}

std::vector<WaitByCause> Recorder::waits() const {
  WaitSums sums;
  if (!requests_.empty() && !restarts_.empty()) {
    const auto first = std::find_if(requests_.begin(), requests_.end(), [&](const auto& request) {
      return request.created <= restarts_.front().evicted;
    });
    if (first != requests_.end()) {
      sums.add("from the request to the first eviction", first->created, restarts_.front().evicted);
    }
  }
  for (const PodRestart& restart : restarts_) {
    sums.add("the old pod stops", restart.evicted, restart.gone);
    sums.add("until the new pod is created", restart.gone, restart.created);
    sums.add("scheduling", restart.created, restart.scheduled);
    sums.add("volume, network, containers start", restart.scheduled, restart.started);
    sums.add("until the new pod is Ready", restart.started ? restart.started : restart.scheduled,
             restart.ready);
    sums.add("checks between pods", restart.ready, restart.next);
  }
  return sums.take();
}

void Recorder::finish(RunResult& result) {
  for (const Counter& counter : kCounters) {
    result.counters[std::string(counter.name)] = count(counter.id);
  }
  result.waits = waits();
  result.timeline = std::move(timeline_);
  result.restarts = std::move(restarts_);
  result.gates = std::move(gates_);
  result.requests = std::move(requests_);
}

}  // namespace sdbtwin::scenarios
