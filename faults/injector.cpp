#include "faults/injector.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "faults/match.h"

namespace sdbtwin::faults {
namespace {

bool matches(const RequestPattern& pattern, const cluster::CallInfo& call) {
  const api::Request& request = call.request;
  if (pattern.verb ? *pattern.verb != request.verb : !request.is_write()) return false;
  if (pattern.subresource && *pattern.subresource != request.subresource) return false;
  if (!pattern.actor.empty() && !glob_match(pattern.actor, call.client.process)) return false;
  return pattern.object.matches(request.ref.kind, request.ref.key.namespace_, request.ref.key.name);
}

std::string describe(const cluster::CallInfo& call) {
  return fmt::format("{} by {}", to_string(call.request), call.client.process);
}

}  // namespace

Injector::Injector(sim::Simulation& simulation, FaultPlan plan, Release release)
    : simulation_(simulation),
      plan_(std::move(plan)),
      release_(std::move(release)),
      watcher_(simulation.runtime()) {
  for (std::size_t i = 0; i < plan_.faults.size(); ++i) {
    const PlannedFault& planned = plan_.faults[i];
    Evidence evidence;
    evidence.name = planned.name;
    evidence.fault = faults::describe(planned.fault);
    evidence.trigger = faults::describe(planned.trigger);
    evidence.armed = true;
    ledger_.push_back(std::move(evidence));
    watcher_.arm(planned.trigger, [this, i](const Instant& at) { due(i, at); });
  }
}

void Injector::on_event(const sim::TraceEvent& event) {
  last_event_ = event.sequence;
  watcher_.on_event(event);
  if (killed_.empty() || event.get_if<sim::ProcessStarted>() == nullptr) return;
  const auto found = killed_.find(std::string(event.process));
  if (found == killed_.end()) return;
  const std::size_t fault = found->second;
  killed_.erase(found);
  healed(fault);
}

void Injector::due(std::size_t fault, const Instant& at) {
  ledger_[fault].triggered = at;
  FaultDue event{ledger_[fault].name};
  simulation_.runtime().trace(event);
  const Fault& what = plan_.faults[fault].fault;
  if (const auto* k = std::get_if<ProcessKill>(&what)) {
    kill(fault, *k);
  } else if (const auto* p = std::get_if<ProcessPause>(&what)) {
    pause(fault, *p);
  } else {
    waiting_.push_back(fault);
  }
}

void Injector::kill(std::size_t fault, const ProcessKill& kill) {
  sim::Process* process = simulation_.find(kill.process);
  if (process == nullptr || !process->alive()) return;
  fired(fault, fmt::format("process {}", kill.process));
  if (kill.restart_after) {
    killed_[kill.process] = fault;
    process->restart(*kill.restart_after);
  } else {
    process->kill();
  }
}

void Injector::pause(std::size_t fault, const ProcessPause& pause) {
  sim::Process* process = simulation_.find(pause.process);
  if (process == nullptr || !process->alive()) return;
  fired(fault, fmt::format("process {}", pause.process));
  process->pause();
  after(pause.duration, [this, fault, process] {
    process->resume();
    healed(fault);
  });
}

template <class F>
const F* Injector::waiting_for(const cluster::CallInfo& call, std::size_t& fault) const {
  for (const std::size_t candidate : waiting_) {
    const F* what = std::get_if<F>(&plan_.faults[candidate].fault);
    if (what == nullptr || !matches(what->request, call)) continue;
    fault = candidate;
    return what;
  }
  return nullptr;
}

cluster::Verdict Injector::before_apply(const cluster::CallInfo& call) {
  if (waiting_.empty()) return cluster::Verdict::proceed();
  std::size_t fault = 0;
  const auto* what = waiting_for<HoldWrite>(call, fault);
  if (what == nullptr) return cluster::Verdict::proceed();
  std::erase(waiting_, fault);
  hold(fault, *what, call);
  return cluster::Verdict::held();
}

void Injector::hold(std::size_t fault, const HoldWrite& hold, const cluster::CallInfo& call) {
  held_.push_back({fault, call.id});
  fired(fault, describe(call));
  if (hold.duration) after(*hold.duration, [this, fault] { let_go(fault); });
  if (hold.until) {
    watcher_.arm(*hold.until, [this, fault](const Instant&) {
      // Not while the event is delivered: the request goes on as an event of its own.
      after(sim::Duration::zero(), [this, fault] { let_go(fault); });
    });
  }
}

void Injector::let_go(std::size_t fault) {
  const auto found = std::find_if(held_.begin(), held_.end(),
                                  [&](const Held& held) { return held.fault == fault; });
  if (found == held_.end()) return;  // the other way out came first
  const std::uint64_t call = found->call;
  held_.erase(found);
  release_(call);
  healed(fault);
}

cluster::Verdict Injector::after_apply(const cluster::CallInfo& call,
                                       const api::Result<api::Response>& result) {
  if (waiting_.empty() || !result) return cluster::Verdict::proceed();
  std::size_t fault = 0;
  if (waiting_for<LoseAnswer>(call, fault) == nullptr) return cluster::Verdict::proceed();
  std::erase(waiting_, fault);
  fired(fault, describe(call));
  healed(fault);
  return cluster::Verdict::lost();
}

void Injector::fired(std::size_t fault, std::string touched) {
  ledger_[fault].fired = Instant{simulation_.now(), last_event_};
  ledger_[fault].touched = touched;
  FaultFired event{ledger_[fault].name, std::move(touched)};
  simulation_.runtime().trace(event);
}

void Injector::healed(std::size_t fault) {
  ledger_[fault].healed = Instant{simulation_.now(), last_event_};
  FaultHealed event{ledger_[fault].name};
  simulation_.runtime().trace(event);
}

void Injector::after(sim::Duration delay, std::function<void()> what) {
  ++effects_;
  auto run = [this, what = std::move(what)] {
    --effects_;
    what();
  };
  timers_.push_back(std::make_unique<sim::Timer>(simulation_.runtime(), std::move(run)));
  timers_.back()->set(simulation_.now() + delay);
}

bool Injector::settled() const {
  return effects_ == 0 && killed_.empty() && watcher_.pending_timers() == 0;
}

}  // namespace sdbtwin::faults
