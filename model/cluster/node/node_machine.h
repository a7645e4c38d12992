// NodeMachine: what is really on a node - pods with their network and mounts, container instances,
// cached images - whoever watches over it. The kubelet acts on it and looks at it; it survives
// every kubelet, so that a restarted one finds its containers running.
//
// The node's part of a pod is known by the pod's uid: two pods of one name can be here at once.
// Ownership: belongs to the world, as do the Application and the DiskArray that it uses. Changes of
// containers are announced on one channel, which keeps them while no kubelet listens.
// Must never: know the API.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/cluster/node/application.h"
#include "model/cluster/node/disk_array.h"
#include "sim/core/channel.h"
#include "sim/core/runtime.h"
#include "sim/core/time.h"
#include "sim/core/timer.h"

namespace sdbtwin::cluster {

// Facts about node-side life, for invariants and reports.
struct ContainerStarted {
  static constexpr std::string_view kName = "container-started";
  std::string node, namespace_, pod, pod_uid, container, image;
  uint64_t instance = 0;
  int32_t restart_count = 0;
  template <class V>
  void visit(V& v) const {
    v("node", node);
    v("namespace", namespace_);
    v("pod", pod);
    v("pod_uid", pod_uid);
    v("container", container);
    v("image", image);
    v("instance", instance);
    v("restart_count", restart_count);
  }
};

enum class ContainerEnd : uint8_t { kExited, kKilled, kPowerLoss };
constexpr std::string_view to_string(ContainerEnd end) {
  switch (end) {
    case ContainerEnd::kExited:
      return "exited";
    case ContainerEnd::kKilled:
      return "killed";
    case ContainerEnd::kPowerLoss:
      return "power-loss";
  }
  return "";
}

struct ContainerStopped {
  static constexpr std::string_view kName = "container-stopped";
  std::string node, namespace_, pod, pod_uid, container;
  uint64_t instance = 0;
  ContainerEnd end = ContainerEnd::kExited;
  int32_t exit_code = 0;
  template <class V>
  void visit(V& v) const {
    v("node", node);
    v("namespace", namespace_);
    v("pod", pod);
    v("pod_uid", pod_uid);
    v("container", container);
    v("instance", instance);
    v("end", end);
    v("exit_code", exit_code);
  }
};

class NodeMachine final : public ContainerHost {
 public:
  // One run of a container.
  struct Run {
    uint64_t id = 0;
    std::string image;
    sim::Time started_at{};
    std::optional<sim::Time> finished_at;  // not set: running
    int32_t exit_code = 0;
    bool signalled = false;  // has had its SIGTERM
    bool stillborn = false;  // it ends at once: a disk of the pod is not here

    bool running() const { return !finished_at.has_value(); }
  };
  struct Container {
    std::string name;
    bool init = false;
    int32_t restart_count = 0;
    std::optional<Run> current;
    std::optional<Run> previous;
  };
  struct Pod {
    std::string namespace_;
    std::string name;
    std::string uid;
    std::string ip;  // "": no sandbox
    std::vector<MountedVolume> volumes;
    std::vector<Container> containers;  // in the order of their first start
    std::map<std::string, std::string> labels;
    int64_t grace_seconds = 0;  // kept with the containers, for whoever finds them later

    const Container* find(std::string_view container) const;
    bool any_running() const;
  };
  struct ContainerSpec {
    std::string name;
    std::string image;
    bool init = false;
    std::map<std::string, std::string> env;
  };
  enum class Change : uint8_t { kContainers, kProbes, kReadiness, kPressure, kShutdown };
  struct Notice {
    std::string uid;  // of the pod; "": the node itself
    Change change = Change::kContainers;
  };

  // `world`: a runtime that is never killed. `index` makes the pods' addresses.
  NodeMachine(sim::Runtime& world, std::string name, int32_t index, Application& application,
              DiskArray& disks);
  ~NodeMachine() override;
  NodeMachine(const NodeMachine&) = delete;
  NodeMachine& operator=(const NodeMachine&) = delete;

  const std::string& name() const { return name_; }
  std::string ip() const;
  sim::Time now() const { return world_->now(); }

  // What the kubelet's runtime interface offers. None of it takes time: waiting is the caller's.
  const Pod* find(std::string_view uid) const;
  const std::map<std::string, Pod, std::less<>>& pods() const { return pods_; }
  // Makes the pod known. Nothing happens when it is.
  void admit(Pod pod);
  bool mount(std::string_view uid, MountedVolume volume);  // false: the disk is not on this node
  void start_sandbox(std::string_view uid);
  // Starts a run of the container; an init container exits by itself after `init_work`.
  // Precondition: the sandbox exists and the container does not run.
  uint64_t start(std::string_view uid, ContainerSpec spec, sim::Duration init_work);
  void sigterm(uint64_t instance);
  void kill(uint64_t instance);
  // Effect: sandbox, mounts and records of the pod are gone. Precondition: nothing of it runs.
  void remove(std::string_view uid);
  ProbeOutcome probe(uint64_t instance, const api::Probe& probe) const;

  bool has_image(std::string_view image) const { return images_.contains(image); }
  void add_image(std::string image) { images_.insert(std::move(image)); }
  void remove_image(std::string_view image);
  // Those for which `chosen` holds.
  void remove_images(const std::function<bool(std::string_view image)>& chosen);

  // Faults ---------------------------------------------------------------------------------------

  // Effect: the container's process ends by itself, with nothing it had not written. False: the
  // instance does not run any more, or is an init container.
  bool crash(uint64_t instance, int32_t exit_code);
  // Effect: readiness of the containers of a pod of this name fails, whatever a probe would find,
  // until it is taken back as often. Also for a pod of that name that comes later.
  void withhold_readiness(std::string_view namespace_, std::string_view pod, bool withheld);
  bool readiness_withheld(std::string_view namespace_, std::string_view pod) const;
  // The node is low on this resource ("memory"); "": on none.
  void set_pressure(std::string resource);
  const std::string& pressure() const { return pressure_; }
  // The operating system announces that it goes down, and waits for this long (the kubelet's
  // shutdownGracePeriod); until the power has been off.
  void announce_shutdown(sim::Duration grace);
  std::optional<sim::Duration> shutdown_grace() const { return shutdown_grace_; }
  // Power loss: every container is gone, sandboxes too; records, images and disks stay.
  void power_off();

  // One kubelet listens.
  sim::Channel<Notice>& notices() { return notices_; }

  // ContainerHost, called by the application.
  void exited(uint64_t instance_id, int exit_code) override;
  void readiness_changed(uint64_t instance_id) override;

 private:
  struct Place {
    std::string uid;
    std::string container;
  };
  Pod& pod(std::string_view uid);
  Container* container_of(uint64_t instance);
  void finish(uint64_t instance, int exit_code, ContainerEnd end);
  void announce(const std::string& uid, Change change);
  ContainerInstance describe(const Pod& pod, const Container& container, const Run& run,
                             std::map<std::string, std::string> env) const;
  void start_init(const Pod& pod, const Container& container, const Run& run,
                  std::map<std::string, std::string> env, sim::Duration work);
  void end_after(uint64_t instance, sim::Duration work, std::function<int()> exit_code);
  // The application knows of its current run.
  static bool lives(const Container& container);
  bool lacks_a_disk(const Pod& pod) const;
  void lose_disk(const std::string& disk);

  sim::Runtime* world_;
  std::string name_;
  int32_t index_;
  Application* application_;
  DiskArray* disks_;
  std::map<std::string, Pod, std::less<>> pods_;
  std::map<uint64_t, Place> running_;
  std::map<uint64_t, std::unique_ptr<sim::Timer>> init_timers_;
  std::map<std::pair<std::string, std::string>, int32_t> unready_;  // namespace, pod: how often
  std::set<std::string, std::less<>> images_;
  std::string pressure_;
  std::optional<sim::Duration> shutdown_grace_;
  sim::Channel<Notice> notices_;
  uint64_t started_ = 0;
  int32_t addresses_ = 0;
};

}  // namespace sdbtwin::cluster
