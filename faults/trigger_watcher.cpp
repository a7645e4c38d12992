#include "faults/trigger_watcher.h"

#include <utility>

#include "sim/core/assert.h"

namespace sdbtwin::faults {

void TriggerWatcher::arm(const Trigger& trigger, Callback callback) {
  if (const auto* at = std::get_if<AtTime>(&trigger.moment)) {
    fire_at(sim::Time(at->at) + trigger.delay, std::move(callback));
    return;
  }
  MomentMatch match(trigger.moment, environment_);
  if (match.of_traffic()) ++traffic_watches_;
  Watch watch{std::move(match), trigger.delay, std::move(callback), trigger.occurrence};
  watches_.push_back(std::make_unique<Watch>(std::move(watch)));
}

void TriggerWatcher::disarm_all() {
  SIM_ASSERT(looking_ == 0);
  watches_.clear();
  timers_.clear();
  traffic_watches_ = 0;
  pending_timers_ = 0;
}

template <class Comes>
void TriggerWatcher::look(bool at_traffic, const Instant& at, const Comes& comes) {
  ++looking_;
  // A callback may arm more: those begin with the next event.
  const std::size_t count = watches_.size();
  for (std::size_t i = 0; i < count; ++i) {
    Watch& watch = *watches_[i];
    if (watch.over || watch.match.of_traffic() != at_traffic) continue;
    if (!comes(watch.match) || --watch.remaining > 0) continue;
    watch.over = true;
    if (at_traffic) --traffic_watches_;
    fire(watch, at);
  }
  if (--looking_ > 0) return;
  std::erase_if(watches_, [](const auto& watch) { return watch->over; });
}

void TriggerWatcher::on_event(const sim::TraceEvent& event) {
  last_event_ = event.sequence;
  if (watches_.size() == traffic_watches_) return;
  look(false, {event.time, event.sequence},
       [&](MomentMatch& match) { return match.comes_with(event); });
}

void TriggerWatcher::look_at_request(RequestPoint point, const cluster::CallInfo& call) {
  if (traffic_watches_ == 0) return;
  look(true, {runtime().now(), last_event_},
       [&](const MomentMatch& match) { return match.comes_with(point, call); });
}

void TriggerWatcher::look_at_event(EventPoint point, const cluster::WatchInfo& watch,
                                   const api::WatchEvent& event) {
  if (traffic_watches_ == 0) return;
  look(true, {runtime().now(), last_event_},
       [&](const MomentMatch& match) { return match.comes_with(point, watch, event); });
}

cluster::Verdict TriggerWatcher::before_send(const cluster::CallInfo& call) {
  look_at_request(RequestPoint::kSent, call);
  return cluster::Verdict::proceed();
}

cluster::Verdict TriggerWatcher::before_apply(const cluster::CallInfo& call) {
  look_at_request(RequestPoint::kBeforeApply, call);
  return cluster::Verdict::proceed();
}

cluster::Verdict TriggerWatcher::after_apply(const cluster::CallInfo& call,
                                             const api::Result<api::Response>& result) {
  if (result.ok()) look_at_request(RequestPoint::kAppliedUnanswered, call);
  return cluster::Verdict::proceed();
}

cluster::Verdict TriggerWatcher::before_deliver(const cluster::WatchInfo& watch,
                                                const api::WatchEvent& event) {
  look_at_event(EventPoint::kBeforeDelivery, watch, event);
  return cluster::Verdict::proceed();
}

void TriggerWatcher::delivered(const cluster::WatchInfo& watch, const api::WatchEvent& event) {
  look_at_event(EventPoint::kDelivered, watch, event);
}

void TriggerWatcher::fire(Watch& watch, const Instant& at) {
  if (watch.delay <= sim::Duration::zero()) {
    watch.callback(at);
  } else {
    fire_at(at.time + watch.delay, std::move(watch.callback));
  }
}

void TriggerWatcher::fire_at(sim::Time time, Callback callback) {
  ++pending_timers_;
  auto fired = [this, callback = std::move(callback)] {
    --pending_timers_;
    callback({runtime().now(), last_event_});
  };
  timers_.push_back(std::make_unique<sim::Timer>(runtime(), std::move(fired)));
  timers_.back()->set(time);
}

}  // namespace sdbtwin::faults
