// DiskArray: the disks behind PersistentVolumes, as the world has them, and the driver that
// attaches network disks to nodes. A disk outlives pods, nodes, kubelets and controllers; its
// contents belong to the Application, which knows it by its name.
//
// A local disk lives on one node for ever. A network disk is attached to at most one node at a time
// (ReadWriteOnce is per node, kubernetes.md 3.6), also while that node is down; whoever has it
// detached under him is told at once.
// Owned by the world. Not an API object: what Kubernetes believes is in PersistentVolume and in
// node.status.volumesAttached. Who asks for attachments waits for their time himself.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "sim/core/event.h"

namespace sdbtwin::cluster {

class Application;

class DiskArray {
 public:
  struct Disk {
    int64_t capacity_bytes = 0;
    std::string local_to;     // node; "": a network disk
    std::string attached_to;  // node; "": none, or a local disk
  };
  using Disks = std::map<std::string, Disk, std::less<>>;

  explicit DiskArray(Application& application) : application_(&application) {}
  DiskArray(const DiskArray&) = delete;
  DiskArray& operator=(const DiskArray&) = delete;

  // Precondition: no disk of that name.
  void create(std::string name, int64_t capacity_bytes, std::string local_to);
  // Effect: the disk and its contents are gone. Nothing happens when there is none.
  void destroy(std::string_view name);
  // Effect: grows it; a disk never shrinks.
  void resize(std::string_view name, int64_t capacity_bytes);

  const Disks& disks() const { return disks_; }
  const Disk* find(std::string_view name) const;  // null: not there
  // It is there and has to be attached before a node can use it (the driver's attachRequired).
  bool needs_attach(std::string_view name) const;
  // A process on that node can read and write it now.
  bool usable(std::string_view name, std::string_view node) const;
  // Set once there is, or has been, a disk that needs attaching.
  sim::Event& attachable() { return attachable_; }

  // Network disks. True: the disk is on that node now. False: there is none, or it is elsewhere
  // (Multi-Attach).
  bool attach(std::string_view name, std::string_view node);
  // Effect: it is on no node; the one that had it is told.
  void detach(std::string_view name);
  // One listener for each node, until it is taken back.
  void on_lost(std::string node, std::function<void(const std::string& disk)> listener);
  void stop_listening(std::string_view node);

  // Faults ---------------------------------------------------------------------------------------

  // Effect: attachments of this disk never end, until they are let go as often. `met` is called for
  // each attempt that is held up. Also for a disk of that name that comes later.
  void hold_attachments(std::string name, std::function<void(std::string_view node)> met);
  void let_attachments_go(std::string_view name);
  // An attempt asks whether it is held up now; it may wait for released().
  bool attachment_held(std::string_view name, std::string_view node) const;
  sim::Signal& released() { return released_; }

 private:
  struct Hold {
    int times = 0;
    std::function<void(std::string_view node)> met;
  };

  Application* application_;
  Disks disks_;
  sim::Event attachable_;
  std::map<std::string, std::function<void(const std::string&)>, std::less<>> listeners_;
  std::map<std::string, Hold, std::less<>> holds_;
  sim::Signal released_;
};

// How node.status.volumesInUse and volumesAttached call a disk: kubernetes.io/csi/<driver>^<name>.
std::string attached_volume_name(std::string_view disk);

}  // namespace sdbtwin::cluster
