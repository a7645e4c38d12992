// DesiredAttachments: which network disks should be on which nodes, because pods that are bound
// there use them (the attach-detach controller's desired state of the world). Pure bookkeeping.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "model/api/pod.h"

namespace sdbtwin::cluster {

class DesiredAttachments {
 public:
  using PodPtr = std::shared_ptr<const api::Pod>;
  using Names = std::set<std::string, std::less<>>;
  using ByNode = std::map<std::string, std::map<std::string, PodPtr>, std::less<>>;  // node, uid

  // Effect: the pod, on its node, uses these disks and no others. The disks concerned.
  Names set(const PodPtr& pod, const Names& disks);
  Names remove(const std::string& pod_uid);

  bool wants(std::string_view disk, std::string_view node) const;
  // The pods that want it, by node.
  const ByNode& of(std::string_view disk) const;

 private:
  struct Use {
    std::string node;
    Names disks;
  };
  std::map<std::string, ByNode, std::less<>> by_disk_;
  std::map<std::string, Use> by_pod_;  // by uid
};

}  // namespace sdbtwin::cluster
