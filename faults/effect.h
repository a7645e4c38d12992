// What one fault of a plan does in a run: made when the plan is armed, it acts when its moment has
// come. EffectHost is its way to the run and to the ledger. kinds/ has one of each kind of fault.
#pragma once

#include <functional>
#include <string>

#include "faults/environment.h"
#include "faults/evidence.h"
#include "faults/trigger.h"
#include "model/cluster/server/interceptor.h"
#include "sim/core/time.h"
#include "sim/core/trace.h"

namespace sdbtwin::faults {

class EffectHost {
 public:
  virtual const Environment& environment() const = 0;

  // It took hold of this. Said once; more() replaces what was touched.
  virtual void fired(std::string touched) = 0;
  virtual void more(std::string touched) = 0;
  virtual bool has_fired() const = 0;
  // Its effect has ended; nothing more is asked of it.
  virtual void healed() = 0;

  // As an event of its own, unless the faults are ended first. The run is not settled before.
  virtual void after(sim::Duration delay, std::function<void()> what) = 0;
  virtual void when(const Trigger& trigger, std::function<void()> what) = 0;

 protected:
  ~EffectHost() = default;
};

// One use. All calls come from the injector; the host outlives the effect.
class Effect {
 public:
  explicit Effect(EffectHost& host) : host_(&host) {}
  virtual ~Effect() = default;
  Effect(const Effect&) = delete;
  Effect& operator=(const Effect&) = delete;

  // True: acts while the event that triggered it is still being delivered. False: as an event of
  // its own at the same time, for what must not happen in the middle of a change of the model.
  virtual bool strikes_at_once() const { return false; }

  // The moment has come. Effect: strikes, or begins to wait for traffic or events to strike.
  // False: what it is to strike does not exist now; asked again when things have changed.
  virtual bool take_hold() = 0;
  // Effect: what it does ends now, and what it did is taken back, unless its outcome is kStays.
  // Called at most once, whatever has happened so far.
  virtual void heal() = 0;
  // Nothing more will happen by itself.
  virtual bool settled() const { return true; }

  // After take_hold() and until healed().
  virtual void on_event(const sim::TraceEvent&) {}
  virtual cluster::Verdict before_send(const cluster::CallInfo&) { return proceed(); }
  virtual cluster::Verdict before_apply(const cluster::CallInfo&) { return proceed(); }
  // The request was carried out; not asked when it was refused.
  virtual cluster::Verdict after_apply(const cluster::CallInfo&) { return proceed(); }
  virtual cluster::Verdict before_watch(const cluster::WatchInfo&) { return proceed(); }
  virtual cluster::Verdict before_deliver(const cluster::WatchInfo&, const api::WatchEvent&) {
    return proceed();
  }

 protected:
  static cluster::Verdict proceed() { return cluster::Verdict::proceed(); }
  EffectHost& host() const { return *host_; }
  const Environment& environment() const { return host_->environment(); }

 private:
  EffectHost* host_;
};

}  // namespace sdbtwin::faults
