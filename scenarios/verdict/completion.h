// Whether a run has come to its end: an observer that knows, after every event and at no cost, what
// is still open. "Open" are requests that have not ended and databases that were never Ready.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "sim/core/trace.h"

namespace sdbtwin::scenarios {

class Completion final : public sim::TraceObserver {
 public:
  void on_event(const sim::TraceEvent& event) override;

  // Every request that was ever made has ended; without any, every database has become Ready.
  bool settled() const {
    return open_requests_.empty() && (had_requests_ || unready_databases_.empty());
  }
  // For the message of a run that is stuck.
  std::vector<std::string> open() const;

 private:
  std::set<std::string> open_requests_;
  std::set<std::string> unready_databases_;
  bool had_requests_ = false;
};

}  // namespace sdbtwin::scenarios
