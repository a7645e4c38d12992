#include "faults/injector.h"

#include <optional>
#include <utility>

#include "faults/effect.h"
#include "model/cluster/server/api_server.h"
#include "model/singlestore/events.h"
#include "sim/core/assert.h"
#include "sim/core/timer.h"

namespace sdbtwin::faults {
namespace {

// What the event tells of may be what a fault has been waiting for.
bool may_bring_target(const sim::TraceEvent& event) {
  if (const auto* write = event.get_if<cluster::ObjectWritten>()) {
    return write->kind == api::Kind::kPod;
  }
  return event.get_if<cluster::ContainerStarted>() != nullptr ||
         event.get_if<sim::ProcessStarted>() != nullptr ||
         event.get_if<singlestore::CopyChanged>() != nullptr ||
         event.get_if<singlestore::NodeStateChanged>() != nullptr ||
         event.get_if<singlestore::PartitionServiceChanged>() != nullptr;
}

}  // namespace

// One fault of the plan: armed, due (its moment came and it has nothing to strike yet), active,
// over.
class Injector::Slot final : public EffectHost {
 public:
  enum class State : std::uint8_t { kArmed, kDue, kActive, kOver };

  Slot(Injector& injector, Evidence& evidence, const Fault& fault)
      : injector_(injector),
        evidence_(evidence),
        attempt_(injector.environment_.simulation->runtime(), [this] { attempt(); }),
        effect_(std::visit([this](const auto& kind) { return make_effect(kind, *this); }, fault)) {}

  State state() const { return state_; }
  bool active() const { return state_ == State::kActive; }
  Effect& effect() { return *effect_; }
  Evidence& evidence() { return evidence_; }

  void due() {
    state_ = State::kDue;
    if (effect_->strikes_at_once()) {
      attempt();
    } else {
      attempt_soon();
    }
  }
  void attempt_soon() {
    if (!attempt_.armed()) attempt_.set(runtime().now());
  }
  bool settled() const {
    if (state_ == State::kOver) return true;
    const bool may_act = state_ == State::kDue || state_ == State::kActive;
    return timers_running_ == 0 && !attempt_.armed() && (!may_act || effect_->settled());
  }

  void end() {
    if (state_ == State::kOver) return;
    attempt_.cancel();
    timers_.clear();
    timers_running_ = 0;
    effect_->heal();
    if (has_fired() && evidence_.outcome != HealedOutcome::kStays) healed();
    state_ = State::kOver;
    if (has_fired()) return;
    evidence_.expired = injector_.now();
    FaultExpired event{evidence_.name};
    runtime().trace(event);
  }

  // EffectHost.
  const Environment& environment() const override { return injector_.environment_; }
  bool has_fired() const override { return evidence_.fired.has_value(); }
  void fired(std::string touched) override {
    SIM_ASSERT(!has_fired());
    evidence_.fired = injector_.now();
    evidence_.expired.reset();  // an answer that came after the end
    evidence_.touched = touched;
    FaultFired event{evidence_.name, std::move(touched)};
    runtime().trace(event);
  }
  void more(std::string touched) override { evidence_.touched = std::move(touched); }
  void healed() override {
    if (evidence_.healed) return;
    state_ = State::kOver;
    evidence_.healed = injector_.now();
    FaultHealed event{evidence_.name};
    runtime().trace(event);
  }
  void after(sim::Duration delay, std::function<void()> what) override {
    ++timers_running_;
    auto run = [this, what = std::move(what)] {
      --timers_running_;
      what();
    };
    timers_.push_back(std::make_unique<sim::Timer>(runtime(), std::move(run)));
    timers_.back()->set(runtime().now() + delay);
  }
  void when(const Trigger& trigger, std::function<void()> what) override {
    injector_.watcher_.arm(trigger, [what = std::move(what)](const Instant&) { what(); });
  }

 private:
  sim::Runtime& runtime() const { return injector_.environment_.simulation->runtime(); }
  void attempt() {
    if (state_ == State::kDue && effect_->take_hold() && state_ == State::kDue) {
      state_ = State::kActive;
    }
  }

  Injector& injector_;
  Evidence& evidence_;
  State state_ = State::kArmed;
  sim::Timer attempt_;
  std::size_t timers_running_ = 0;
  std::vector<std::unique_ptr<sim::Timer>> timers_;
  std::unique_ptr<Effect> effect_;
};

Injector::Injector(const Environment& environment, FaultPlan plan)
    : environment_(environment), plan_(std::move(plan)), watcher_(environment) {
  ledger_.resize(plan_.faults.size());
  for (std::size_t i = 0; i < plan_.faults.size(); ++i) {
    const PlannedFault& planned = plan_.faults[i];
    Evidence& evidence = ledger_[i];
    evidence.name = planned.name;
    evidence.fault = describe(planned.fault);
    evidence.trigger = describe(planned.trigger);
    evidence.kind = kind_name(planned.fault);
    evidence.outcome = outcome_of(planned.fault);
    evidence.armed = true;
    slots_.push_back(std::make_unique<Slot>(*this, evidence, planned.fault));
    watcher_.arm(planned.trigger,
                 [this, slot = slots_.back().get()](const Instant& at) { due(*slot, at); });
  }
}

Injector::~Injector() = default;

Instant Injector::now() const { return {environment_.simulation->now(), last_event_}; }

void Injector::due(Slot& slot, const Instant& at) {
  slot.evidence().triggered = at;
  FaultDue event{slot.evidence().name};
  environment_.simulation->runtime().trace(event);
  slot.due();
}

void Injector::on_event(const sim::TraceEvent& event) {
  last_event_ = event.sequence;
  watcher_.on_event(event);
  for (const auto& slot : slots_) {
    if (slot->active()) {
      slot->effect().on_event(event);
    } else if (slot->state() == Slot::State::kDue && may_bring_target(event)) {
      slot->attempt_soon();
    }
  }
}

// The first active fault that does not let it pass decides.
template <class Ask>
cluster::Verdict Injector::ask(const Ask& ask_effect) {
  for (const auto& slot : slots_) {
    if (!slot->active()) continue;
    cluster::Verdict verdict = ask_effect(slot->effect());
    if (verdict.action() != cluster::Verdict::Action::kProceed) return verdict;
  }
  return cluster::Verdict::proceed();
}

cluster::Verdict Injector::before_send(const cluster::CallInfo& call) {
  (void)watcher_.before_send(call);
  return ask([&](Effect& effect) { return effect.before_send(call); });
}

cluster::Verdict Injector::before_apply(const cluster::CallInfo& call) {
  (void)watcher_.before_apply(call);
  return ask([&](Effect& effect) { return effect.before_apply(call); });
}

cluster::Verdict Injector::after_apply(const cluster::CallInfo& call,
                                       const api::Result<api::Response>& result) {
  if (!result) return cluster::Verdict::proceed();
  (void)watcher_.after_apply(call, result);
  return ask([&](Effect& effect) { return effect.after_apply(call); });
}

cluster::Verdict Injector::before_watch(const cluster::WatchInfo& watch) {
  return ask([&](Effect& effect) { return effect.before_watch(watch); });
}

cluster::Verdict Injector::before_deliver(const cluster::WatchInfo& watch,
                                          const api::WatchEvent& event) {
  (void)watcher_.before_deliver(watch, event);
  return ask([&](Effect& effect) { return effect.before_deliver(watch, event); });
}

void Injector::delivered(const cluster::WatchInfo& watch, const api::WatchEvent& event) {
  watcher_.delivered(watch, event);
}

bool Injector::heal_all() {
  watcher_.disarm_all();
  bool taken_back = false;
  for (const auto& slot : slots_) {
    const bool lasts = slot->has_fired() && slot->state() != Slot::State::kOver;
    slot->end();
    taken_back = taken_back || (lasts && slot->evidence().healed);
  }
  return taken_back;
}

bool Injector::settled() const {
  if (watcher_.pending_timers() > 0) return false;
  for (const auto& slot : slots_) {
    if (!slot->settled()) return false;
  }
  return true;
}

}  // namespace sdbtwin::faults
