// Carries out a fault plan in a running simulation, and keeps the ledger of what came of it.
//
// It draws nothing at random and decides nothing: the plan says what and when. Kills and pauses act
// on processes, holds and lost answers on requests. Every fault is traced when its moment comes
// (fault-due), when it takes hold (fault-fired) and when its effect ends (fault-healed).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "faults/evidence.h"
#include "faults/plan.h"
#include "faults/trigger_watcher.h"
#include "model/cluster/interceptor.h"
#include "sim/core/timer.h"
#include "sim/core/trace.h"
#include "sim/engine/simulation.h"

namespace sdbtwin::faults {

struct FaultDue {
  static constexpr std::string_view kName = "fault-due";
  std::string fault;
  template <class V>
  void visit(V& v) const {
    v("fault", fault);
  }
};
struct FaultFired {
  static constexpr std::string_view kName = "fault-fired";
  std::string fault;
  std::string touched;
  template <class V>
  void visit(V& v) const {
    v("fault", fault);
    v("touched", touched);
  }
};
struct FaultHealed {
  static constexpr std::string_view kName = "fault-healed";
  std::string fault;
  template <class V>
  void visit(V& v) const {
    v("fault", fault);
  }
};

class Injector final : public sim::TraceObserver, public cluster::RequestInterceptor {
 public:
  // Lets a held request go on.
  using Release = std::function<void(std::uint64_t call)>;

  // To be added as an observer of the trace and as an interceptor of the API server. Arms the plan.
  // `simulation` outlives the injector.
  Injector(sim::Simulation& simulation, FaultPlan plan, Release release);

  void on_event(const sim::TraceEvent& event) override;
  cluster::Verdict before_apply(const cluster::CallInfo& call) override;
  cluster::Verdict after_apply(const cluster::CallInfo& call,
                               const api::Result<api::Response>& result) override;

  const Ledger& ledger() const { return ledger_; }
  // Nothing more happens by itself: no time runs, no effect is to end.
  bool settled() const;

 private:
  struct Held {
    std::size_t fault;
    std::uint64_t call;
  };

  void due(std::size_t fault, const Instant& at);
  void kill(std::size_t fault, const ProcessKill& kill);
  void pause(std::size_t fault, const ProcessPause& pause);
  void hold(std::size_t fault, const HoldWrite& hold, const cluster::CallInfo& call);
  void let_go(std::size_t fault);
  void fired(std::size_t fault, std::string touched);
  void healed(std::size_t fault);
  void after(sim::Duration delay, std::function<void()> what);
  // The first fault of this kind that waits for a request like this one.
  template <class F>
  const F* waiting_for(const cluster::CallInfo& call, std::size_t& fault) const;

  sim::Simulation& simulation_;
  FaultPlan plan_;
  Release release_;
  TriggerWatcher watcher_;
  Ledger ledger_;
  std::uint64_t last_event_ = 0;
  std::vector<std::size_t> waiting_;  // due, and waiting for a request
  std::vector<Held> held_;
  std::map<std::string, std::size_t> killed_;  // processes that will be restarted
  std::size_t effects_ = 0;                    // that will end by themselves
  std::vector<std::unique_ptr<sim::Timer>> timers_;
};

}  // namespace sdbtwin::faults
