// KubeScheduler: the process `kube-scheduler` (kubernetes.md 3.7). Takes pods without a node one by
// one, chooses a node from its caches, and binds them beside the loop, so that a pod which waits
// for its volume holds up nobody. A pod that fits nowhere gets PodScheduled=False and is tried
// again when something changed that may matter, not before its back-off of 1..10 s, and at the
// latest after 5 minutes.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "model/api/client.h"
#include "model/client/event_recorder.h"
#include "model/client/informer.h"
#include "model/client/work_queue.h"
#include "model/cluster/scheduler/claim_binding.h"
#include "model/cluster/scheduler/node_pool.h"
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

  struct Pending {
    std::string uid;
    int attempts = 0;
    sim::Time last_attempt{};
  };

  void add_handlers();
  void on_pod(const PodPtr& before, const PodPtr& pod);
  void on_pod_gone(const PodPtr& pod);
  void retry_waiting();  // something changed that may let a pod fit

  sim::Task<void> run();
  sim::Task<void> attempt(Key key);
  sim::Task<void> refuse(PodPtr pod, std::string why);
  sim::Task<void> bind(PodPtr pod, std::string node, std::vector<std::string> claims);
  sim::Task<bool> provision(PodPtr pod, std::string node, std::string claim);
  void give_back(const PodPtr& pod);
  sim::Duration backoff_left(const Pending& pending) const;
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
  client::WorkQueue<Key> queue_;
  std::map<Key, Pending> pending_;
  std::set<Key> unschedulable_;
  std::map<Key, sim::Signal> claim_changed_;  // claims that a binding has waited for
};

}  // namespace sdbtwin::cluster
