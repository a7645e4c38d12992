// Runs the invariants of a run: an observer of its trace that hands each event to those that asked
// for its kind, and collects violations and margins.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "invariants/invariant.h"
#include "sim/core/trace.h"

namespace sdbtwin::invariants {

class Checker final : public sim::TraceObserver {
 public:
  // All registered invariants but those named in `disabled`. `truth` outlives the checker.
  Checker(const Settings& settings, const Truth& truth, const std::vector<std::string>& disabled);

  void on_event(const sim::TraceEvent& event) override;
  // The run is over: judges what must hold at its end.
  void finish(sim::Time now);

  const std::vector<Violation>& violations() const { return violations_; }
  std::vector<InvariantResult> results() const;

  // This invariant is judged in this run.
  bool judges(std::string_view invariant) const;
  const DatabaseView& view() const { return view_; }

 private:
  struct Running {
    std::string_view name;
    InvariantKind kind;
    std::unique_ptr<Invariant> invariant;
  };

  void call(Running& running);

  Settings settings_;
  DatabaseView view_;
  std::vector<Violation> violations_;
  Context context_;
  std::vector<Running> running_;
  std::vector<InvariantResult> idle_;  // disabled or not applicable
  std::array<std::vector<std::size_t>, api::kKindCount> by_kind_;
  std::vector<std::pair<const sim::EventType*, std::vector<std::size_t>>> by_event_;
};

}  // namespace sdbtwin::invariants
