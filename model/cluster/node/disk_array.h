// DiskArray: the disks behind PersistentVolumes, as the world has them. A disk outlives pods,
// nodes, kubelets and controllers; its contents belong to the Application, which knows it by its
// name.
//
// A local disk lives on one node for ever. A network disk is attached to at most one node at a time
// (ReadWriteOnce is per node, kubernetes.md 3.6), also while that node is down.
// Owned by the world. Not an API object: what Kubernetes believes is in PersistentVolume.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace sdbtwin::cluster {

class Application;

class DiskArray {
 public:
  struct Disk {
    int64_t capacity_bytes = 0;
    std::string local_to;     // node; "": a network disk
    std::string attached_to;  // node; "": none
  };

  explicit DiskArray(Application& application) : application_(&application) {}
  DiskArray(const DiskArray&) = delete;
  DiskArray& operator=(const DiskArray&) = delete;

  // Precondition: no disk of that name.
  void create(std::string name, int64_t capacity_bytes, std::string local_to);
  // Effect: the disk and its contents are gone. Nothing happens when there is none.
  void destroy(std::string_view name);
  // Effect: grows it; a disk never shrinks.
  void resize(std::string_view name, int64_t capacity_bytes);

  const Disk* find(std::string_view name) const;  // null: not there
  // True: the disk is on that node now. False: there is none, or it is elsewhere (Multi-Attach).
  bool attach(std::string_view name, std::string_view node);
  void detach(std::string_view name, std::string_view node);

 private:
  Application* application_;
  std::map<std::string, Disk, std::less<>> disks_;
};

}  // namespace sdbtwin::cluster
