// Writes the story of a run: an observer of its trace that keeps what a person wants to read later
// (steps, pods, checks, faults), counts, and adds up where the time went.
//
// It only listens. What it knows of the operators comes from the writes to the API server, but for
// the checks between pods, which the Ops-manager tells in its own trace events.
#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/api/ops_request.h"
#include "model/api/pod.h"
#include "model/api/singlestore.h"
#include "model/cluster/server/api_server.h"
#include "scenarios/verdict/counters.h"
#include "scenarios/verdict/result.h"
#include "sim/core/trace.h"

namespace sdbtwin::scenarios {

class Recorder final : public sim::TraceObserver {
 public:
  void on_event(const sim::TraceEvent& event) override;

  // Effect: what was recorded is in `result`. Called once, at the end.
  void finish(RunResult& result);

  std::int64_t count(CounterId id) const { return counters_[static_cast<std::size_t>(id)]; }

 private:
  using Category = TimelineEntry::Category;

  void on_write(const cluster::ObjectWritten& write);
  void on_request(const cluster::ObjectWritten& write);
  void on_request_conditions(const api::SinglestoreOpsRequest& after,
                             const api::SinglestoreOpsRequest* before);
  void on_database(const cluster::ObjectWritten& write);
  void on_petset(const cluster::ObjectWritten& write);
  void on_pod(const cluster::ObjectWritten& write);
  void on_restarting_pod(PodRestart& restart, const cluster::ObjectWritten& write);
  void on_other(const sim::TraceEvent& event);
  void evicted(const std::string& pod, std::string_view actor);
  void close_restart(sim::Time at);
  void add(Category category, std::string subject, std::string text);
  void bump(CounterId id) { ++counters_[static_cast<std::size_t>(id)]; }
  std::vector<WaitByCause> waits() const;

  sim::Time now_{};
  std::array<std::int64_t, kCounters.size()> counters_{};
  std::vector<TimelineEntry> timeline_;
  std::vector<PodRestart> restarts_;
  std::map<std::string, std::size_t> restarting_;  // pod -> its restart that is not over
  std::map<std::pair<std::string, std::string>, std::size_t> gate_index_;
  std::vector<GateSummary> gates_;
  std::vector<RequestResult> requests_;
  std::map<std::string, std::size_t> request_index_;
};

}  // namespace sdbtwin::scenarios
