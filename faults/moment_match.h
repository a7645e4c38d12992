// Whether a moment comes with what has just happened. Knows what each kind of moment looks at;
// remembers, per armed moment, what "was before" where the event alone does not tell.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "faults/environment.h"
#include "faults/trigger.h"
#include "model/cluster/server/interceptor.h"
#include "sim/core/trace.h"

namespace sdbtwin::faults {

class MomentMatch {
 public:
  // What is already online, in sync or served when the moment is armed counts as "was before".
  MomentMatch(Moment moment, const Environment& environment);

  bool comes_with(const sim::TraceEvent& event);
  bool comes_with(RequestPoint point, const cluster::CallInfo& call) const;
  bool comes_with(EventPoint point, const cluster::WatchInfo& watch,
                  const api::WatchEvent& event) const;

  const Moment& moment() const { return moment_; }
  // It is of traffic: trace events are nothing to it.
  bool of_traffic() const;

 private:
  // The thing is (not) in the good state now. True: it has become what is wanted.
  bool becomes(std::string thing, bool good, bool wanted);
  void remember_present();

  Moment moment_;
  const Environment* environment_;
  std::set<std::string> good_;  // things in the good state
};

// status.phase of the object: "" when it has none.
std::string_view phase_of(const api::Object& object);
// The status of its condition of that type: "" when it has none.
std::string_view condition_of(const api::Object& object, std::string_view type);

}  // namespace sdbtwin::faults
