// KubeScheduler: the process `kube-scheduler` (kubernetes.md 3.7). Takes pods without a node one by
// one, the most important first, chooses a node from its caches, and binds them beside the loop, so
// that a pod which waits for its volume holds up nobody. A pod that fits nowhere gets
// PodScheduled=False and waits (scheduling_queue.h); if it is more important than pods that are
// there, those are evicted for it (preemption.h), and it waits until they are gone.
// [us] Budgets are listed when a preemption needs them, instead of being watched all the time.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/api/client.h"
#include "model/client/event_recorder.h"
#include "model/client/informer.h"
#include "model/cluster/scheduler/claim_binding.h"
#include "model/cluster/scheduler/node_pool.h"
#include "model/cluster/scheduler/preemption.h"
#include "model/cluster/scheduler/scheduling_queue.h"
#include "model/cluster/timing/timings.h"
#include "sim/core/event.h"
#include "sim/core/rng.h"
#include "sim/core/runtime.h"
#include "sim/engine/process.h"

namespace sdbtwin::cluster {

class KubeScheduler final : public sim::Actor {
 public:
  KubeScheduler(sim::Runtime& runtime, std::unique_ptr<api::Client> client, const Timings& timings);

 private:
  using Key = api::ObjectKey;
  using PodPtr = std::shared_ptr<const api::Pod>;

  void add_handlers();
  void add_node_handlers();
  void on_pod(const PodPtr& before, const PodPtr& pod);
  void on_assigned(const PodPtr& before, const PodPtr& pod);
  void on_pod_gone(const PodPtr& pod);
  void on_node(const api::Node& before, const api::Node& node);
  void move(ClusterEvent event);  // something changed that may let a pod fit
  void wake();                    // the loop, if there is something for it now

  sim::Task<void> run();
  sim::Task<void> attempt(Key key);
  // The node that the pod is to wait for; "": none any more; nullopt: as before.
  sim::Task<std::optional<std::string>> preempt(const PodInfo& pod, const ClaimsOfPod& claims,
                                                Diagnosis& diagnosis);
  sim::Task<void> evict(const PodInfo& preemptor, PodPtr victim, std::string node);
  sim::Task<void> drop_lesser_nominations(const PodInfo& pod, std::string node);
  sim::Task<void> refuse(PodPtr pod, std::string why, std::optional<std::string> nominated);
  sim::Task<void> bind(PodPtr pod, std::string node, std::vector<std::string> claims);
  void give_back(const PodPtr& pod);
  bool still_waits(const PodPtr& pod) const;
  sim::Task<bool> provision(PodPtr pod, std::string node, std::string claim);
  StorageListers storage() const;

  sim::Runtime* runtime_;
  std::unique_ptr<api::Client> client_;
  const Timings* timings_;
  sim::Rng rng_;
  client::EventRecorder events_;
  client::Informer pods_;
  client::Informer nodes_;
  client::Informer claims_;
  client::Informer volumes_;
  client::Informer classes_;
  NodePool pool_;
  SchedulingQueue queue_;
  sim::Signal wake_;
  std::optional<sim::Time> sleeps_until_;  // nullopt while it works, or sleeps until woken
  bool sleeping_ = false;
  std::map<Key, sim::Signal> claim_changed_;  // claims that a binding has waited for
};

}  // namespace sdbtwin::cluster
