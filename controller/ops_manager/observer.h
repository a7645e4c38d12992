// Observer: reads one Snapshot, and of the outside only what the current step can use.
//
// A poll costs the same in a cluster of any size: one pod, and the rows of one node. Lists of pods
// are read only when an eviction is due.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "controller/kit/manager.h"
#include "controller/kit/own_writes.h"
#include "controller/ops_manager/gate_reader.h"
#include "controller/ops_manager/memory.h"
#include "controller/ops_manager/options.h"
#include "controller/ops_manager/snapshot.h"

namespace sdbtwin::ops_manager {

class Observer {
 public:
  Observer(kit::Manager& manager, kit::OwnWrites& own, const OpsManagerOptions& options);

  sim::Task<Snapshot> observe(std::shared_ptr<const api::SinglestoreOpsRequest> request,
                              RequestMemory& memory);

 private:
  void observe_objects(Snapshot& snapshot);
  PetSetView view_petset(const Snapshot& snapshot, kit::Role role, std::vector<PetSetSize>& sizes);
  sim::Task<void> observe_order(Snapshot& snapshot, std::vector<PetSetSize> sizes,
                                RequestMemory& memory);
  sim::Task<NodePlaces> read_places(Snapshot& snapshot, RequestMemory& memory);
  sim::Task<void> observe_pods(Snapshot& snapshot, RequestMemory& memory);
  sim::Task<void> observe_pod(Snapshot& snapshot);
  sim::Task<void> observe_before_eviction(Snapshot& snapshot, RequestMemory& memory,
                                          GateReader& reader);
  sim::Task<void> observe_others(Snapshot& snapshot);
  sim::Task<void> observe_clearance(Snapshot& snapshot, GateReader& reader);
  void trace_gates(const Snapshot& snapshot, const GateReport& report);

  kit::Manager& manager_;
  kit::OwnWrites& own_;
  const OpsManagerOptions& options_;
  client::Lister<api::Singlestore> databases_;
  client::Lister<api::PetSet> petsets_;
  client::Lister<api::SinglestoreVersion> versions_;
};

}  // namespace sdbtwin::ops_manager
