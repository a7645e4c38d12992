// AttachDetachController: the process `attachdetach-controller` (kubernetes.md 3.6). Brings network
// disks to the nodes whose pods need them, and takes them away when no pod there does.
//
// Operations on one disk are serial. A disk that is on another node is waited for, with one
// "Multi-Attach error" event (ReadWriteOnce is per node). It is detached when the node no longer
// reports it in volumesInUse; else, when the node is not Ready, by force after 6 min, or at once if
// the node is out of service. A forced detach takes the disk away from whatever still runs there.
//
// What is attached is written to node.status.volumesAttached, which is all that a kubelet reads in
// any case; VolumeAttachment objects, which only pass this on to a driver's sidecar, are left out.
// For the same reason the driver's own record (DiskArray) is what a restarted controller starts
// from, as VolumeAttachments would tell it. A disk is on one node: ReadWriteMany is not modelled.
//
// The reconciler runs each 100 ms where something is to be looked at, and not otherwise. Nothing
// is watched before the first network disk exists.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "model/api/client.h"
#include "model/api/core.h"
#include "model/api/pod.h"
#include "model/client/event_recorder.h"
#include "model/client/informer.h"
#include "model/cluster/controllers/desired_attachments.h"
#include "model/cluster/node/disk_array.h"
#include "model/cluster/timing/timings.h"
#include "sim/core/event.h"
#include "sim/core/rng.h"
#include "sim/core/runtime.h"
#include "sim/core/timer.h"
#include "sim/engine/process.h"

namespace sdbtwin::cluster {

class AttachDetachController final : public sim::Actor {
 public:
  AttachDetachController(sim::Runtime& runtime, std::unique_ptr<api::Client> client,
                         DiskArray& disks, const Timings& timings);

 private:
  using PodPtr = std::shared_ptr<const api::Pod>;
  using NodePtr = std::shared_ptr<const api::Node>;
  using Names = DesiredAttachments::Names;
  struct Retry {
    sim::Duration wait{0};
    sim::Time next{};
  };

  // What is told.
  void add_handlers();
  void on_pod(const PodPtr& pod);
  void on_claim(const api::Object& claim);
  void on_node(const api::Node* before, const NodePtr& node);
  void look_at(const Names& disks);
  void look_at(const std::string& disk);
  void look_later(const std::string& disk, sim::Time when);

  // The reconciler.
  sim::Task<void> run();
  void adopt();
  sim::Task<void> next_pass();
  sim::Task<void> pass();
  sim::Task<void> reconcile(std::string disk);
  sim::Task<void> consider_detach(std::string disk, std::string node);
  void consider_attach(const std::string& disk);
  sim::Task<bool> write_attached(std::string node);
  sim::Task<bool> still_in_use(std::string disk, std::string node);

  // Operations of the driver.
  sim::Task<void> attach(std::string disk, std::string node);
  sim::Task<void> detach(std::string disk, std::string node);
  sim::Task<bool> released(std::string disk, std::string node);
  void tell(const std::string& disk, const std::string& node, client::EventType type,
            const std::string& reason, const std::string& message);
  std::string why_multi_attach(const std::string& disk, const std::string& node) const;

  sim::Runtime* runtime_;
  std::unique_ptr<api::Client> client_;
  DiskArray* disks_;
  const Timings* timings_;
  sim::Rng rng_;
  client::EventRecorder events_;
  client::Informer pods_;
  client::Informer nodes_;
  client::Informer claims_;
  DesiredAttachments desired_;

  std::set<std::string> dirty_;                // disks to look at in the next pass
  std::map<std::string, sim::Time> later_;     // disks to look at then
  std::set<std::string> busy_;                 // disks with an operation under way
  std::map<std::string, sim::Time> unwanted_;  // since when no pod on its node wants it
  std::map<std::string, Retry> retries_;       // by disk
  std::set<std::string> told_;                 // disks whose Multi-Attach error has been told
  std::map<std::string, Names> attached_;      // as node.status.volumesAttached is to say
  std::set<std::string> unwritten_;            // nodes whose status does not say so yet
  sim::Time start_{};
  sim::Event wake_;
  sim::Timer alarm_;
};

}  // namespace sdbtwin::cluster
