// PodWorker: the life of one pod on one node, as its kubelet runs it (kubernetes.md 3.1-3.4).
//
// One coroutine: bring up volumes, sandbox and containers as far as possible, wait for a reason to
// look again, and so on until the pod is to end; then stop its containers, report, clean up.
// It decides by what it has observed (the last relist), not by what is on the node; all that counts
// is on the NodeMachine, so that a worker of a restarted kubelet goes on from there.
// Owned by the Kubelet and by its own running coroutine. Known by the pod's uid.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/api/client.h"
#include "model/api/pod.h"
#include "model/client/event_recorder.h"
#include "model/cluster/node/container_plan.h"
#include "model/cluster/node/container_stops.h"
#include "model/cluster/node/disk_array.h"
#include "model/cluster/node/image_puller.h"
#include "model/cluster/node/node_machine.h"
#include "model/cluster/node/pod_prober.h"
#include "model/cluster/node/pod_reporter.h"
#include "model/cluster/node/pod_status.h"
#include "model/cluster/node/pod_volumes.h"
#include "model/cluster/node/volumes_in_use.h"
#include "model/cluster/timing/timings.h"
#include "sim/core/event.h"
#include "sim/core/rng.h"
#include "sim/core/runtime.h"
#include "sim/core/timer.h"

namespace sdbtwin::cluster {

// What a worker uses. Everything outlives the worker.
struct PodWorkerTools {
  sim::Runtime& runtime;
  api::Client& client;
  NodeMachine& machine;
  DiskArray& disks;
  ImagePuller& images;
  VolumesInUse& in_use;
  client::EventRecorder& events;
  const Timings& timings;
  sim::Time kubelet_start;
};

class PodWorker final : public std::enable_shared_from_this<PodWorker>, private PodWaiter {
 public:
  // A pod that the API knows; or (second form) one that is on the node and nowhere else, which
  // ends.
  PodWorker(PodWorkerTools tools, std::shared_ptr<const api::Pod> pod);
  PodWorker(PodWorkerTools tools, std::string uid);
  PodWorker(const PodWorker&) = delete;
  PodWorker& operator=(const PodWorker&) = delete;

  static sim::Task<void> run(std::shared_ptr<PodWorker> self);

  // What the kubelet tells it. A call that changes nothing is harmless.
  void update(std::shared_ptr<const api::Pod> pod);
  void object_gone();      // the API object is deleted, or is another pod of the same name
  void observe();          // relist: this is what is on the node
  void machine_changed();  // at once, for those who wait for containers to end
  void probes_changed();
  void readiness_changed();  // withheld, or no longer
  void volumes_told();       // the API server knows which disks the node uses

  enum class Because : uint8_t { kPod, kNode };
  // The kubelet ends the pod: it is Failed with this reason once nothing of it runs. Its object
  // stays. The grace is the pod's own unless one is given. Nothing happens when it ends already.
  void fail(WaitingReason why, Because because,
            std::optional<int64_t> grace_seconds = std::nullopt);

  const std::string& uid() const { return uid_; }
  // The pod as last seen, unless it is to end.
  const api::Pod* living() const { return doomed() ? nullptr : pod_.get(); }
  // Nothing of the pod is on the node, and nothing will be.
  bool ended() const { return ended_; }
  bool has_object() const { return !object_gone_; }

 private:
  bool doomed() const override;
  void wake();
  sim::Task<void> nap(std::optional<sim::Time> until) override;
  // Waits unless the pod is to end; false: it is.
  sim::Task<bool> pause(sim::Duration duration);

  // Life.
  sim::Task<void> live();
  sim::Task<void> sync();
  sim::Task<bool> mount_volumes();
  sim::Task<void> start_container(const api::Container& container, bool init);
  sim::Task<bool> ensure_image(const api::Container& container);
  bool pull_backs_off(const api::Container& container);
  sim::Task<void> kill_failed_containers();
  sim::Task<void> kill_failed(PodProber::Failed failed);
  void set_deadline();
  void retry_at(sim::Time time);
  std::optional<sim::Time> next_look() const;

  // End.
  sim::Task<void> end();
  sim::Task<bool> stop_containers(std::shared_ptr<const api::Pod> pod);  // true: some were killed
  bool carry_out(const ContainerStops::Due& due);  // true: something was killed
  sim::Duration grace() const;
  ContainerStops::Names running() const;
  std::optional<uint64_t> instance_of(const std::string& container) const;

  void look();
  void publish();
  void warn(std::string reason, std::string message) override;

  PodWorkerTools tools_;
  std::string uid_;
  std::shared_ptr<const api::Pod> pod_;  // as last seen; null: not known to the API
  std::shared_ptr<PodReporter> reporter_;
  std::optional<PodProber> prober_;
  PodVolumes volumes_;
  NodeMachine::Pod observed_;
  Backoffs restart_backoffs_;
  Backoffs pull_backoffs_;  // by image
  std::map<std::string, WaitingReason, std::less<>> waiting_;
  sim::Rng rng_;
  std::optional<WaitingReason> failed_;
  Because because_ = Because::kPod;
  std::optional<int64_t> fail_grace_;
  bool object_gone_ = false;
  bool ending_ = false;
  bool terminated_ = false;
  bool ended_ = false;
  bool mounted_ = false;
  bool acted_ = false;    // a change of ours has not been observed yet
  bool changed_ = false;  // something was told since the last look
  std::optional<sim::Time> retry_at_;
  sim::Event wake_;
  sim::Timer alarm_;
  sim::Timer deadline_;  // activeDeadlineSeconds
};

}  // namespace sdbtwin::cluster
