// Writes a request's status: conditions and phase, in one write that is conditional on the version
// it was planned from.
//
// A write that changes nothing is not sent. Events and trace follow from what changed: steps are
// Normal, sub-steps Warning even when they succeed, as KubeDB has it (reference/kubedb.md 4.6).
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "controller/kit/manager.h"
#include "controller/kit/own_writes.h"
#include "controller/ops_manager/memory.h"
#include "controller/ops_manager/plan.h"
#include "model/client/event_recorder.h"

namespace sdbtwin::ops_manager {

using RequestPtr = std::shared_ptr<const api::SinglestoreOpsRequest>;

class RequestWriter {
 public:
  RequestWriter(kit::Manager& manager, kit::OwnWrites& own, client::EventRecorder& recorder,
                bool record_events)
      : manager_(manager), own_(own), recorder_(recorder), record_events_(record_events) {}

  // Result: the request as it is now. kConflict: somebody else has written it; the newer version is
  // in own_ then, so that the next pass starts from it. kNotFound: it is gone.
  sim::Task<api::Result<RequestPtr>> write(RequestPtr request, std::vector<ConditionChange> changes,
                                           std::optional<api::OpsRequestPhase> phase,
                                           RequestMemory& memory);

  // An Event about the request.
  void record(const api::SinglestoreOpsRequest& request, client::EventType type,
              std::string_view reason, std::string message);

 private:
  sim::Task<api::Result<RequestPtr>> refresh(RequestPtr request, api::ApiError error);
  void announce(const api::SinglestoreOpsRequest& request, const api::Condition& condition);

  kit::Manager& manager_;
  kit::OwnWrites& own_;
  client::EventRecorder& recorder_;
  bool record_events_;
};

}  // namespace sdbtwin::ops_manager
