#include "model/cluster/scheduler/pod_info.h"

#include <algorithm>
#include <utility>

namespace sdbtwin::cluster {
namespace {

// k/k pkg/scheduler/util/pod_resources.go.
constexpr int64_t kScoredMilliCpu = 100;
constexpr int64_t kScoredMemory = int64_t{200} * 1024 * 1024;

int64_t milli_of(const api::ResourceList& resources, const char* name) {
  const auto found = resources.find(name);
  return found == resources.end() ? 0 : found->second.milli().value_or(0);
}

int64_t units_of(const api::ResourceList& resources, const char* name) {
  const auto found = resources.find(name);
  return found == resources.end() ? 0 : found->second.value().value_or(0);
}

PodResources larger(const PodResources& a, const PodResources& b) {
  return PodResources{std::max(a.milli_cpu, b.milli_cpu), std::max(a.memory_bytes, b.memory_bytes),
                      std::max(a.ephemeral_bytes, b.ephemeral_bytes)};
}

PodResources scored_requests(const api::Container& container) {
  PodResources one = resources_in(container.resources.requests);
  if (!container.resources.requests.contains("cpu")) one.milli_cpu = kScoredMilliCpu;
  if (!container.resources.requests.contains("memory")) one.memory_bytes = kScoredMemory;
  return one;
}

template <class F>
PodResources total(const api::PodSpec& spec, const F& requests) {
  PodResources sum;
  for (const api::Container& container : spec.containers) sum += requests(container);
  for (const api::Container& container : spec.init_containers)
    sum = larger(sum, requests(container));
  return sum;
}

}  // namespace

PodResources& PodResources::operator+=(const PodResources& other) {
  milli_cpu += other.milli_cpu;
  memory_bytes += other.memory_bytes;
  ephemeral_bytes += other.ephemeral_bytes;
  return *this;
}

PodResources& PodResources::operator-=(const PodResources& other) {
  milli_cpu -= other.milli_cpu;
  memory_bytes -= other.memory_bytes;
  ephemeral_bytes -= other.ephemeral_bytes;
  return *this;
}

PodResources resources_in(const api::ResourceList& list) {
  if (list.empty()) return {};
  return PodResources{milli_of(list, "cpu"), units_of(list, "memory"),
                      units_of(list, "ephemeral-storage")};
}

PodResources requests_of(const api::PodSpec& spec) {
  return total(spec, [](const api::Container& container) {
    return resources_in(container.resources.requests);
  });
}

PodInfo PodInfo::of(std::shared_ptr<const api::Pod> pod) {
  PodInfo info;
  info.requests = requests_of(*pod->spec);
  info.scored = total(*pod->spec, scored_requests);
  if (const api::OwnerReference* owner = api::controller_of(pod->metadata))
    info.controller = owner->uid;
  info.priority = pod->spec->priority.value_or(0);
  info.pod = std::move(pod);
  return info;
}

const api::NodeAffinity* PodInfo::node_affinity() const {
  const auto& affinity = pod->spec->affinity;
  return affinity && affinity->node ? &*affinity->node : nullptr;
}

const api::PodAffinity* PodInfo::pod_affinity() const {
  const auto& affinity = pod->spec->affinity;
  return affinity && affinity->pod ? &*affinity->pod : nullptr;
}

const api::PodAffinity* PodInfo::pod_anti_affinity() const {
  const auto& affinity = pod->spec->affinity;
  return affinity && affinity->pod_anti ? &*affinity->pod_anti : nullptr;
}

}  // namespace sdbtwin::cluster
