// Kubelet: the process `kubelet/<node>`. Watches the pods that are bound to its node and nothing
// else, runs a PodWorker for each, and lets workers see their node's state at relists.
//
// What is on the node belongs to the NodeMachine: a kubelet that is killed loses its memory only,
// and a new one takes over the containers it finds; pods on the node that the API does not know any
// more are ended. While it is dead, nobody restarts, stops or reports anything.
// A pod that the node cannot take is rejected; under pressure pods are evicted one by one; when the
// node shuts down, all end (kubernetes.md 3.1).
// Nothing ticks: a relist happens when a container changed, at a time drawn from 0..1 s.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "model/api/client.h"
#include "model/client/event_recorder.h"
#include "model/client/informer.h"
#include "model/cluster/node/disk_array.h"
#include "model/cluster/node/image_puller.h"
#include "model/cluster/node/node_heartbeat.h"
#include "model/cluster/node/node_machine.h"
#include "model/cluster/node/node_pressure.h"
#include "model/cluster/node/pod_admission.h"
#include "model/cluster/node/pod_worker.h"
#include "model/cluster/node/volumes_in_use.h"
#include "model/cluster/timing/timings.h"
#include "sim/core/rng.h"
#include "sim/core/runtime.h"
#include "sim/core/timer.h"
#include "sim/engine/process.h"

namespace sdbtwin::cluster {

struct KubeletOptions {
  // Off: the node says nothing of itself, and nothing may judge it by that.
  bool heartbeats = false;
  // The Node as the kubelet registers it when there is none; null: it registers none.
  std::shared_ptr<const api::Node> registration;
};

class Kubelet final : public sim::Actor {
 public:
  // The machine, disks, registry and timings outlive the kubelet.
  Kubelet(sim::Runtime& runtime, std::unique_ptr<api::Client> client, NodeMachine& machine,
          DiskArray& disks, const ImageRegistry& registry, const Timings& timings,
          const KubeletOptions& options = KubeletOptions{});

  size_t workers() const { return workers_.size(); }

 private:
  using PodPtr = std::shared_ptr<const api::Pod>;

  sim::Task<void> start();
  sim::Task<void> follow_machine();
  void take(const PodPtr& pod);
  void lose(const PodPtr& pod);
  void relist();
  PodWorker* find(const std::string& uid);
  void run(std::shared_ptr<PodWorker> worker);
  sim::Task<void> run_to_end(std::shared_ptr<PodWorker> worker);
  void forget_if_over(const std::string& uid);
  void volumes_told();
  void notice(const NodeMachine::Notice& notice);
  void shut_down();
  std::shared_ptr<const api::Node> own_node() const;
  // Why a pod that has just been bound here is not taken.
  std::optional<WaitingReason> why_refused(const api::Pod& pod) const;
  std::vector<NodePressure::Candidate> evictable() const;
  PodWorkerTools tools();

  sim::Runtime* runtime_;
  std::unique_ptr<api::Client> client_;
  NodeMachine* machine_;
  DiskArray* disks_;
  const Timings* timings_;
  sim::Rng rng_;
  client::EventRecorder events_;
  ImagePuller images_;
  VolumesInUse in_use_;
  std::map<std::string, std::shared_ptr<PodWorker>> workers_;  // by pod uid
  std::set<std::string> changed_;                              // pods to look at in the next relist
  sim::Timer relist_;
  client::Informer pods_;
  std::optional<client::Informer> node_;  // its own Node; not with heartbeats, which have it
  NodePressure pressure_;
  sim::Time start_;
  std::optional<NodeHeartbeat> heartbeat_;
};

}  // namespace sdbtwin::cluster
