// PodProber: the probes of one pod's containers as its kubelet sees them. It looks at what the
// kubelet has observed (not at the node itself), and asks the application only when a change was
// announced; the rest is ProbeSchedule's arithmetic.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/api/pod.h"
#include "model/cluster/node/node_machine.h"
#include "model/cluster/node/pod_status.h"
#include "model/cluster/node/probe_schedule.h"
#include "sim/core/rng.h"
#include "sim/core/time.h"

namespace sdbtwin::cluster {

class PodProber {
 public:
  // Each probe's worker ticks from now on; one whose kubelet has started less than a period ago
  // waits for a random part of its period first.
  PodProber(std::shared_ptr<const api::Pod> pod, const NodeMachine& machine, sim::Time now,
            sim::Time kubelet_start, sim::Rng& rng);
  PodProber(const PodProber&) = delete;
  PodProber& operator=(const PodProber&) = delete;

  // Brings everything up to date: containers as observed, outcomes as they are now.
  void look(const NodeMachine::Pod& observed, sim::Time now);
  // The pod is being deleted: only readiness goes on.
  void stop_enforcing(sim::Time now);

  // Results as of the last look().
  void fill(PodObservation& seen) const;
  // Containers whose liveness or startup probe has failed.
  struct Failed {
    std::string container;
    uint64_t instance = 0;
    std::optional<int64_t> grace_seconds;  // of that probe; else the pod's
  };
  std::vector<Failed> failed() const;
  // When look() will find something new if nothing is announced.
  std::optional<sim::Time> next_change() const;
  bool empty() const { return probes_.empty(); }

 private:
  struct Scheduled {
    const api::Probe* probe;  // in pod_
    ProbeSchedule schedule;
    ProbeResult result;
  };
  struct Probes {
    std::map<ProbeKind, Scheduled> by_kind;
    std::optional<uint64_t> instance;  // running, as observed
  };

  void add(const api::Container& container, sim::Time now, sim::Time kubelet_start, sim::Rng& rng);
  void follow(Probes& probes, const NodeMachine::Container* container, sim::Time now);
  void update(Probes& probes, sim::Time now);

  std::shared_ptr<const api::Pod> pod_;
  const NodeMachine* machine_;
  bool enforcing_ = true;
  std::map<std::string, Probes> probes_;  // by container; only those that have any
};

}  // namespace sdbtwin::cluster
