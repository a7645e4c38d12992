// EventRecorder: writes Kubernetes Events beside the work, never in its way.
//
// record() queues and returns; one task sends. A full queue drops (kubernetes.md 5.3): Events are
// for people, no decision may rest on them. Names are unique within a run and equal in equal runs.
// Belongs to one process; `client` outlives it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "model/api/client.h"
#include "model/api/core.h"
#include "sim/core/channel.h"
#include "sim/core/runtime.h"

namespace sdbtwin::kit {

enum class EventType : std::uint8_t { kNormal, kWarning };
std::string_view to_string(EventType type);

class EventRecorder {
 public:
  // `component` is the source shown to people, e.g. "KubeDB Ops-manager Operator".
  EventRecorder(sim::Runtime& runtime, api::Client& client, std::string component);

  void start();
  void record(const api::Object& about, EventType type, std::string_view reason,
              std::string message);
  std::uint64_t dropped() const { return dropped_; }

 private:
  sim::Task<void> send_all();

  sim::Runtime& runtime_;
  api::Client& client_;
  std::string component_;
  sim::Channel<api::ObjectPtr> queue_;
  std::uint64_t sequence_ = 0;
  std::uint64_t dropped_ = 0;
};

}  // namespace sdbtwin::kit
