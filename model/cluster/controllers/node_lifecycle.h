// NodeLifecycleController: the process `node-lifecycle-controller` (kubernetes.md 3.5). Looks at
// every node each 5 s, and calls one that has not changed its Lease or its status for 50 s, by the
// controller's own clock, Unknown: then its pods are not Ready (and still Running), it gets the
// taint unreachable:NoSchedule, and in its turn unreachable:NoExecute. A node whose kubelet says
// that it is not ready gets not-ready instead. All of it is taken back when the node returns; but
// for the pods, whose readiness their kubelet restores.
//
// Its memory dies with it: a new one gives every node a whole grace again.
// Other conditions (pressures, spec.unschedulable) become their NoSchedule taints as well.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "model/api/client.h"
#include "model/api/coordination.h"
#include "model/api/core.h"
#include "model/client/event_recorder.h"
#include "model/client/informer.h"
#include "model/client/work_queue.h"
#include "model/cluster/controllers/node_health.h"
#include "model/cluster/controllers/zone_tainter.h"
#include "sim/core/event.h"
#include "sim/core/runtime.h"
#include "sim/engine/process.h"

namespace sdbtwin::cluster {

class NodeLifecycleController final : public sim::Actor {
 public:
  NodeLifecycleController(sim::Runtime& runtime, std::unique_ptr<api::Client> client);

 private:
  using NodePtr = std::shared_ptr<const api::Node>;
  struct Zone {
    ZoneState state = ZoneState::kInitial;
    ZoneTainter tainter;
  };
  struct Count {
    int64_t ready = 0;
    int64_t not_ready = 0;
  };
  // What a look at a node found: Ready as it was shown, and as it is now. Null: there is none.
  struct Found {
    std::optional<api::ConditionStatus> shown;
    std::optional<api::ConditionStatus> now;
  };

  void add_handlers();
  sim::Task<void> run();

  // Each 5 s.
  sim::Task<void> monitor();
  sim::Task<std::optional<Found>> look_at(NodePtr node);  // nullopt: the write failed
  sim::Task<void> judge(NodePtr node, Found found);
  sim::Task<bool> mark_pods_not_ready(std::string node);
  sim::Task<void> mark_reachable(NodePtr node);
  sim::Task<void> handle_disruption(std::map<std::string, Count> counts);

  // NoExecute, in turns.
  sim::Task<void> run_tainter();
  std::optional<sim::Time> next_turn() const;
  sim::Task<void> taint(Zone& zone);

  // NoSchedule, at once.
  sim::Task<void> run_by_condition();
  sim::Task<api::Result<void>> taint_by_condition(std::string node);

  sim::Task<api::Result<void>> set_taints(NodePtr node, std::vector<api::Taint> taints);
  // Effect: of not-ready:NoExecute and unreachable:NoExecute the node has this one; "": neither.
  sim::Task<api::Result<void>> swap_taints(NodePtr node, std::string_view add);
  NodePtr cached(const std::string& node) const;

  sim::Runtime* runtime_;
  std::unique_ptr<api::Client> client_;
  client::EventRecorder events_;
  client::Informer nodes_;
  client::Informer leases_;
  client::Informer pods_;
  std::map<std::string, std::optional<NodeHealth>> health_;  // by node
  std::map<std::string, Zone> zones_;                        // by name; never removed
  std::set<std::string> pods_to_mark_;                       // nodes whose pods are not all marked
  client::WorkQueue<std::string> by_condition_;
  sim::Event turn_;  // the tainter has to look again
};

}  // namespace sdbtwin::cluster
