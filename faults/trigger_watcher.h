// Watches a run for triggers: an observer of its trace that calls back when a moment comes.
//
// A trigger without delay calls back while the event that met it is being delivered, so that what
// is done then takes effect before the next event. Each armed trigger calls back once.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "faults/evidence.h"
#include "faults/trigger.h"
#include "model/cluster/api_server.h"
#include "sim/core/runtime.h"
#include "sim/core/timer.h"
#include "sim/core/trace.h"

namespace sdbtwin::faults {

class TriggerWatcher final : public sim::TraceObserver {
 public:
  using Callback = std::function<void(const Instant&)>;

  // `runtime`: of the harness, outlives the watcher.
  explicit TriggerWatcher(sim::Runtime& runtime) : runtime_(runtime) {}

  // From now on. A time that has passed comes at once, as an event.
  void arm(const Trigger& trigger, Callback callback);

  void on_event(const sim::TraceEvent& event) override;

  // Callbacks that will come by themselves: times and delays that run.
  std::size_t pending_timers() const { return pending_timers_; }

 private:
  struct Watch {
    Trigger trigger;
    Callback callback;
    std::int32_t remaining;
    bool over = false;
  };

  static bool comes(const Moment& moment, const cluster::ObjectWritten& write);
  void fire(Watch& watch, const Instant& at);
  void fire_at(sim::Time time, Callback callback);

  sim::Runtime& runtime_;
  std::uint64_t last_event_ = 0;
  std::size_t pending_timers_ = 0;
  std::vector<std::unique_ptr<Watch>> watches_;
  std::vector<std::unique_ptr<sim::Timer>> timers_;
};

// status.phase of the object: "" when it has none.
std::string_view phase_of(const api::Object& object);
// The status of its condition of that type: "" when it has none.
std::string_view condition_of(const api::Object& object, std::string_view type);

}  // namespace sdbtwin::faults
