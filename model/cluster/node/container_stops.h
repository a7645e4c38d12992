// ContainerStops: when each container of a pod that ends gets its SIGTERM and its SIGKILL
// (kubernetes.md 3.4 step 4). All are stopped in parallel: the time of a preStop hook counts
// against the grace; whoever has had his SIGTERM gets at least 2 s; sidecars wait until all other
// containers have ended, and stop in the reverse of their order, as far as the grace lasts. Of the
// hooks only `sleep` takes time. Pure: the caller says who runs and what time it is.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/api/pod_spec.h"
#include "sim/core/time.h"

namespace sdbtwin::cluster {

class ContainerStops {
 public:
  using Names = std::vector<std::string>;

  // `spec`: null when nobody knows it any more: no hooks, no order. It outlives this.
  ContainerStops(const api::PodSpec* spec, sim::Time from) : spec_(spec), from_(from) {}

  struct Due {
    Names terminate;
    Names kill;
  };
  // What is to be done now, each thing once. `grace` as it is now: it may have become shorter.
  Due due(const Names& running, sim::Duration grace, sim::Time now);
  // When something will be due if nothing ends before; nullopt: nothing runs.
  std::optional<sim::Time> next(const Names& running, sim::Duration grace, sim::Time now) const;

 private:
  sim::Duration hook_of(const std::string& name) const;
  // Nobody who has to end before it runs.
  bool its_turn(const std::string& name, const Names& running) const;
  sim::Time kill_time(const std::string& name, sim::Duration grace) const;

  const api::PodSpec* spec_;
  sim::Time from_;
  std::map<std::string, sim::Time, std::less<>> terminated_;
};

// How long the preStop, or postStart, hook of a container takes.
sim::Duration pre_stop_of(const api::Container& container);
sim::Duration post_start_of(const api::Container& container);

}  // namespace sdbtwin::cluster
