#include "model/cluster/node/disk_array.h"

#include <algorithm>
#include <utility>

#include "model/cluster/node/application.h"
#include "sim/core/assert.h"

namespace sdbtwin::cluster {

void DiskArray::create(std::string name, int64_t capacity_bytes, std::string local_to) {
  Disk disk;
  disk.capacity_bytes = capacity_bytes;
  disk.local_to = std::move(local_to);
  const bool fresh = disks_.emplace(std::move(name), std::move(disk)).second;
  SIM_ASSERT(fresh);
}

void DiskArray::destroy(std::string_view name) {
  const auto found = disks_.find(name);
  if (found == disks_.end()) return;
  const std::string gone = found->first;
  disks_.erase(found);
  application_->volume_destroyed(gone);
}

void DiskArray::resize(std::string_view name, int64_t capacity_bytes) {
  const auto found = disks_.find(name);
  if (found == disks_.end()) return;
  found->second.capacity_bytes = std::max(found->second.capacity_bytes, capacity_bytes);
}

const DiskArray::Disk* DiskArray::find(std::string_view name) const {
  const auto found = disks_.find(name);
  return found == disks_.end() ? nullptr : &found->second;
}

bool DiskArray::attach(std::string_view name, std::string_view node) {
  const auto found = disks_.find(name);
  if (found == disks_.end()) return false;
  Disk& disk = found->second;
  if (!disk.local_to.empty() && disk.local_to != node) return false;
  if (!disk.attached_to.empty() && disk.attached_to != node) return false;
  disk.attached_to = node;
  return true;
}

void DiskArray::detach(std::string_view name, std::string_view node) {
  const auto found = disks_.find(name);
  if (found != disks_.end() && found->second.attached_to == node) found->second.attached_to.clear();
}

}  // namespace sdbtwin::cluster
