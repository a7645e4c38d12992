// PodGarbageCollector: the process `pod-garbage-collector` (kubernetes.md 3.5; upstream
// pkg/controller/podgc). In rounds of 20 s it force deletes pods that nobody else will end:
// - whose node has no Node object, when that was missing for 40 s already and the server confirms
//   it: Failed first, with the condition DisruptionTarget (DeletionByPodGC);
// - that are being deleted on a node that is not ready and has the taint out-of-service: Failed
// first;
// - that are being deleted and were never scheduled.
// The processes of such a pod, if any, live on: this is about API objects. The fourth sort,
// finished pods beyond 12500, is not modelled. Nothing ticks: a round in which there is nothing to
// look at is not held.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "model/api/client.h"
#include "model/api/core.h"
#include "model/api/pod.h"
#include "model/client/informer.h"
#include "model/cluster/controllers/pod_disposal.h"
#include "sim/core/event.h"
#include "sim/core/runtime.h"
#include "sim/engine/process.h"

namespace sdbtwin::cluster {

// gcCheckPeriod and quarantineTime of pkg/controller/podgc/gc_controller.go.
inline constexpr sim::Duration kPodGcPeriod = std::chrono::seconds(20);
inline constexpr sim::Duration kPodGcQuarantine = std::chrono::seconds(40);

class PodGarbageCollector final : public sim::Actor {
 public:
  PodGarbageCollector(sim::Runtime& runtime, std::unique_ptr<api::Client> client);

 private:
  using PodPtr = std::shared_ptr<const api::Pod>;
  enum class Sort : uint8_t { kNone, kOrphan, kOutOfService, kUnscheduled };

  void add_handlers();
  Sort sort_of(const api::Pod& pod) const;
  sim::Task<void> run();
  sim::Task<void> round();
  // The node of an orphan has been gone for long enough, and is gone indeed.
  sim::Task<bool> is_gone(std::string node);
  sim::Task<void> collect(PodPtr pod, std::optional<DisruptionReason> why);

  sim::Runtime* runtime_;
  std::unique_ptr<api::Client> client_;
  client::Informer nodes_;
  client::Informer pods_;
  std::map<std::string, sim::Time> quarantine_;  // nodes without an object: until when
  sim::Event work_;                              // there may be something to look at
};

}  // namespace sdbtwin::cluster
