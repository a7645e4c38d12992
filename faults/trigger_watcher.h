// Watches a run for triggers, in its trace and in the traffic with the API server, and calls back
// when a moment comes. It lets every request pass.
//
// A trigger without delay calls back while the event that met it is being delivered, so that what
// is done then takes effect before the next event. Each armed trigger calls back once.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "faults/environment.h"
#include "faults/evidence.h"
#include "faults/moment_match.h"
#include "faults/trigger.h"
#include "model/cluster/server/interceptor.h"
#include "sim/core/timer.h"
#include "sim/core/trace.h"

namespace sdbtwin::faults {

class TriggerWatcher final : public sim::TraceObserver, public cluster::RequestInterceptor {
 public:
  using Callback = std::function<void(const Instant&)>;

  // To be added as an observer of the trace, and as an interceptor of the API server before those
  // that act. `environment` outlives the watcher.
  explicit TriggerWatcher(const Environment& environment) : environment_(environment) {}

  // From now on. A time that has passed comes at once, as an event.
  void arm(const Trigger& trigger, Callback callback);
  // Nothing calls back any more. Precondition: no callback is running.
  void disarm_all();

  void on_event(const sim::TraceEvent& event) override;
  cluster::Verdict before_send(const cluster::CallInfo& call) override;
  cluster::Verdict before_apply(const cluster::CallInfo& call) override;
  cluster::Verdict after_apply(const cluster::CallInfo& call,
                               const api::Result<api::Response>& result) override;
  cluster::Verdict before_deliver(const cluster::WatchInfo& watch,
                                  const api::WatchEvent& event) override;
  void delivered(const cluster::WatchInfo& watch, const api::WatchEvent& event) override;

  // Callbacks that will come by themselves: times and delays that run.
  std::size_t pending_timers() const { return pending_timers_; }

 private:
  struct Watch {
    MomentMatch match;
    sim::Duration delay;
    Callback callback;
    std::int32_t remaining;
    bool over = false;
  };

  template <class Comes>
  void look(bool at_traffic, const Instant& at, const Comes& comes);
  void look_at_request(RequestPoint point, const cluster::CallInfo& call);
  void look_at_event(EventPoint point, const cluster::WatchInfo& watch,
                     const api::WatchEvent& event);
  void fire(Watch& watch, const Instant& at);
  void fire_at(sim::Time time, Callback callback);
  sim::Runtime& runtime() const { return environment_.simulation->runtime(); }

  const Environment& environment_;
  std::uint64_t last_event_ = 0;
  std::size_t pending_timers_ = 0;
  std::size_t traffic_watches_ = 0;
  int looking_ = 0;  // a callback may make things happen that are looked at in turn
  std::vector<std::unique_ptr<Watch>> watches_;
  std::vector<std::unique_ptr<sim::Timer>> timers_;
};

}  // namespace sdbtwin::faults
