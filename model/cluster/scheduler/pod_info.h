// PodInfo: what the scheduler remembers of one pod, computed once: what it reserves, whose it is,
// how important it is.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "model/api/pod.h"

namespace sdbtwin::cluster {

struct PodResources {
  int64_t milli_cpu = 0;
  int64_t memory_bytes = 0;
  int64_t ephemeral_bytes = 0;

  PodResources& operator+=(const PodResources& other);
  PodResources& operator-=(const PodResources& other);
  bool operator==(const PodResources&) const = default;
};
PodResources resources_in(const api::ResourceList& list);
// What a pod reserves: the sum of its containers' requests, or its largest init container's.
PodResources requests_of(const api::PodSpec& spec);

struct PodInfo {
  std::shared_ptr<const api::Pod> pod;
  PodResources requests;
  // For scores only: a container that asks for nothing counts as 100m and 200 MB
  // (k/k pkg/scheduler/util/pod_resources.go), so that such pods are spread too.
  PodResources scored;
  std::string controller;  // its uid; "": none
  int32_t priority = 0;

  static PodInfo of(std::shared_ptr<const api::Pod> pod);

  const std::string& uid() const { return pod->metadata.uid; }
  const std::string& namespace_() const { return pod->metadata.namespace_; }
  const api::StringMap& labels() const { return *pod->metadata.labels; }
  // Null: it has none.
  const api::NodeAffinity* node_affinity() const;
  const api::PodAffinity* pod_affinity() const;
  const api::PodAffinity* pod_anti_affinity() const;
};

}  // namespace sdbtwin::cluster
