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
  const bool network = disk.local_to.empty();
  const bool fresh = disks_.emplace(std::move(name), std::move(disk)).second;
  SIM_ASSERT(fresh);
  if (network && !attachable_.is_set()) attachable_.set();
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

bool DiskArray::needs_attach(std::string_view name) const {
  const Disk* disk = find(name);
  return disk != nullptr && disk->local_to.empty();
}

bool DiskArray::usable(std::string_view name, std::string_view node) const {
  const Disk* disk = find(name);
  if (disk == nullptr) return false;
  return (disk->local_to.empty() ? disk->attached_to : disk->local_to) == node;
}

bool DiskArray::attach(std::string_view name, std::string_view node) {
  const auto found = disks_.find(name);
  if (found == disks_.end()) return false;
  Disk& disk = found->second;
  SIM_ASSERT(disk.local_to.empty());
  if (!disk.attached_to.empty() && disk.attached_to != node) return false;
  disk.attached_to = node;
  return true;
}

void DiskArray::detach(std::string_view name) {
  const auto found = disks_.find(name);
  if (found == disks_.end()) return;
  const std::string node = std::exchange(found->second.attached_to, "");
  const auto listener = listeners_.find(node);
  if (listener != listeners_.end()) listener->second(found->first);
}

void DiskArray::on_lost(std::string node, std::function<void(const std::string& disk)> listener) {
  listeners_[std::move(node)] = std::move(listener);
}

void DiskArray::stop_listening(std::string_view node) {
  if (const auto found = listeners_.find(node); found != listeners_.end()) listeners_.erase(found);
}

void DiskArray::hold_attachments(std::string name, std::function<void(std::string_view node)> met) {
  Hold& hold = holds_[std::move(name)];
  ++hold.times;
  hold.met = std::move(met);
}

void DiskArray::let_attachments_go(std::string_view name) {
  const auto found = holds_.find(name);
  if (found == holds_.end() || --found->second.times > 0) return;
  holds_.erase(found);
  released_.notify_all();
}

bool DiskArray::attachment_held(std::string_view name, std::string_view node) const {
  const auto found = holds_.find(name);
  if (found == holds_.end()) return false;
  if (found->second.met) found->second.met(node);
  return true;
}

std::string attached_volume_name(std::string_view disk) {
  return "kubernetes.io/csi/disks.sdbtwin.dev^" + std::string(disk);
}

}  // namespace sdbtwin::cluster
