// Carries out a fault plan in a running simulation, and keeps the ledger of what came of it.
//
// It draws nothing at random and decides nothing: the plan says what and when, an Effect (effect.h)
// knows how. A fault whose moment comes while there is nothing for it to strike waits until there
// is. Every fault is traced when its moment comes, when it takes hold, and when it ends
// (fault_events.h).
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "faults/environment.h"
#include "faults/evidence.h"
#include "faults/fault_events.h"
#include "faults/plan.h"
#include "faults/trigger_watcher.h"
#include "model/cluster/server/interceptor.h"
#include "sim/core/trace.h"

namespace sdbtwin::faults {

class Injector final : public sim::TraceObserver, public cluster::RequestInterceptor {
 public:
  // To be added as an observer of the trace and as an interceptor of the API server. Arms the plan.
  // `environment` outlives the injector, and may be filled after its construction.
  Injector(const Environment& environment, FaultPlan plan);
  ~Injector() override;

  void on_event(const sim::TraceEvent& event) override;
  cluster::Verdict before_send(const cluster::CallInfo& call) override;
  cluster::Verdict before_apply(const cluster::CallInfo& call) override;
  cluster::Verdict after_apply(const cluster::CallInfo& call,
                               const api::Result<api::Response>& result) override;
  cluster::Verdict before_watch(const cluster::WatchInfo& watch) override;
  cluster::Verdict before_deliver(const cluster::WatchInfo& watch,
                                  const api::WatchEvent& event) override;
  void delivered(const cluster::WatchInfo& watch, const api::WatchEvent& event) override;

  // The end of the safety phase. Effect: what is active is taken back, what is armed expires; no
  // fault strikes from now on. Each has fired or expired then. True: something was taken back, so
  // that what it kept from happening may happen now. Precondition: between two events.
  bool heal_all();

  const Ledger& ledger() const { return ledger_; }
  // Nothing more happens by itself: no time runs, no effect is to end.
  bool settled() const;

 private:
  class Slot;

  void due(Slot& slot, const Instant& at);
  Instant now() const;
  template <class Ask>
  cluster::Verdict ask(const Ask& ask_effect);

  const Environment& environment_;
  FaultPlan plan_;
  TriggerWatcher watcher_;
  Ledger ledger_;
  std::uint64_t last_event_ = 0;
  std::vector<std::unique_ptr<Slot>> slots_;  // one per fault of the plan
};

}  // namespace sdbtwin::faults
