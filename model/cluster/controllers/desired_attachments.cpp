#include "model/cluster/controllers/desired_attachments.h"

namespace sdbtwin::cluster {

DesiredAttachments::Names DesiredAttachments::set(const PodPtr& pod, const Names& disks) {
  const std::string& uid = pod->metadata.uid;
  const std::string& node = pod->spec->node_name;
  const auto known = by_pod_.find(uid);
  if (known != by_pod_.end() && known->second.node == node && known->second.disks == disks)
    return {};
  if (known == by_pod_.end() && disks.empty()) return {};
  Names concerned = remove(uid);
  concerned.insert(disks.begin(), disks.end());
  if (disks.empty()) return concerned;
  by_pod_[uid] = Use{node, disks};
  for (const std::string& disk : disks) by_disk_[disk][node][uid] = pod;
  return concerned;
}

DesiredAttachments::Names DesiredAttachments::remove(const std::string& pod_uid) {
  const auto known = by_pod_.find(pod_uid);
  if (known == by_pod_.end()) return {};
  const Use use = std::move(known->second);
  by_pod_.erase(known);
  for (const std::string& disk : use.disks) {
    const auto nodes = by_disk_.find(disk);
    const auto pods = nodes->second.find(use.node);
    pods->second.erase(pod_uid);
    if (pods->second.empty()) nodes->second.erase(pods);
    if (nodes->second.empty()) by_disk_.erase(nodes);
  }
  return use.disks;
}

bool DesiredAttachments::wants(std::string_view disk, std::string_view node) const {
  return of(disk).contains(node);
}

const DesiredAttachments::ByNode& DesiredAttachments::of(std::string_view disk) const {
  static const ByNode kNobody;
  const auto found = by_disk_.find(disk);
  return found == by_disk_.end() ? kNobody : found->second;
}

}  // namespace sdbtwin::cluster
