#include "faults/trigger_watcher.h"

#include <utility>

#include "faults/match.h"
#include "model/api/core.h"
#include "model/api/ops_request.h"
#include "model/api/petset.h"
#include "model/api/pod.h"
#include "model/api/singlestore.h"

namespace sdbtwin::faults {
namespace {

template <class C>
std::string_view status_in(const std::vector<C>& conditions, std::string_view type) {
  const C* condition = api::find_condition(conditions, type);
  return condition == nullptr ? std::string_view() : to_string(condition->status);
}

std::string_view status_before(const cluster::ObjectWritten& write, std::string_view type) {
  return write.before ? condition_of(*write.before, type) : std::string_view();
}

}  // namespace

std::string_view phase_of(const api::Object& object) {
  switch (object.kind()) {
    case api::Kind::kPod:
      return to_string(api::cast<api::Pod>(object).status->phase);
    case api::Kind::kSinglestore:
      return to_string(api::cast<api::Singlestore>(object).status->phase);
    case api::Kind::kSinglestoreOpsRequest:
      return to_string(api::cast<api::SinglestoreOpsRequest>(object).status->phase);
    default:
      return {};
  }
}

std::string_view condition_of(const api::Object& object, std::string_view type) {
  switch (object.kind()) {
    case api::Kind::kPod:
      return status_in(*api::cast<api::Pod>(object).status->conditions, type);
    case api::Kind::kSinglestore:
      return status_in(api::cast<api::Singlestore>(object).status->conditions, type);
    case api::Kind::kSinglestoreOpsRequest:
      return status_in(api::cast<api::SinglestoreOpsRequest>(object).status->conditions, type);
    case api::Kind::kPetSet:
      return status_in(api::cast<api::PetSet>(object).status->conditions, type);
    case api::Kind::kNode:
      return status_in(*api::cast<api::Node>(object).status->conditions, type);
    default:
      return {};
  }
}

bool TriggerWatcher::comes(const Moment& moment, const cluster::ObjectWritten& write) {
  const auto is = [&](const ObjectPattern& pattern) {
    return pattern.matches(write.kind, write.namespace_, write.name);
  };
  if (const auto* m = std::get_if<ConditionBecomes>(&moment)) {
    return write.after && is(m->object) && condition_of(*write.after, m->type) == m->status &&
           status_before(write, m->type) != m->status;
  }
  if (const auto* m = std::get_if<PhaseBecomes>(&moment)) {
    return write.after && is(m->object) && phase_of(*write.after) == m->phase &&
           (!write.before || phase_of(*write.before) != m->phase);
  }
  if (const auto* m = std::get_if<ObjectIsWritten>(&moment)) {
    return is(m->object) && (!m->verb || *m->verb == write.verb) &&
           (!m->subresource || *m->subresource == write.subresource) &&
           (m->actor.empty() || glob_match(m->actor, write.actor));
  }
  if (const auto* m = std::get_if<ObjectIsGone>(&moment)) return write.deleted && is(m->object);
  return false;
}

void TriggerWatcher::arm(const Trigger& trigger, Callback callback) {
  if (const auto* at = std::get_if<AtTime>(&trigger.moment)) {
    fire_at(sim::Time(at->at) + trigger.delay, std::move(callback));
    return;
  }
  auto watch = std::make_unique<Watch>();
  watch->trigger = trigger;
  watch->callback = std::move(callback);
  watch->remaining = trigger.occurrence;
  watches_.push_back(std::move(watch));
}

void TriggerWatcher::on_event(const sim::TraceEvent& event) {
  last_event_ = event.sequence;
  const auto* write = event.get_if<cluster::ObjectWritten>();
  if (write == nullptr || watches_.empty()) return;
  // A callback may arm more: those begin with the next event.
  const std::size_t count = watches_.size();
  for (std::size_t i = 0; i < count; ++i) {
    Watch& watch = *watches_[i];
    if (watch.over || !comes(watch.trigger.moment, *write) || --watch.remaining > 0) continue;
    watch.over = true;
    fire(watch, {event.time, event.sequence});
  }
  std::erase_if(watches_, [](const auto& watch) { return watch->over; });
}

void TriggerWatcher::fire(Watch& watch, const Instant& at) {
  if (watch.trigger.delay <= sim::Duration::zero()) {
    watch.callback(at);
  } else {
    fire_at(at.time + watch.trigger.delay, std::move(watch.callback));
  }
}

void TriggerWatcher::fire_at(sim::Time time, Callback callback) {
  ++pending_timers_;
  auto fired = [this, callback = std::move(callback)] {
    --pending_timers_;
    callback({runtime_.now(), last_event_});
  };
  timers_.push_back(std::make_unique<sim::Timer>(runtime_, std::move(fired)));
  timers_.back()->set(time);
}

}  // namespace sdbtwin::faults
