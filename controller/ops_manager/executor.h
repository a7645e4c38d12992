// Executor: turns the actions of a plan into writes, in order, up to the first that does not
// succeed.
//
// It decides nothing. After a crash anywhere in a plan the next snapshot shows what has been done,
// and what is left is planned again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "controller/ops_manager/children_writer.h"
#include "controller/ops_manager/plan.h"
#include "controller/ops_manager/request_writer.h"
#include "controller/ops_manager/snapshot.h"

namespace sdbtwin::ops_manager {

enum class Execution : std::uint8_t {
  kDone,     // all actions succeeded
  kBlocked,  // the rest has to wait for the next poll (a budget, a pod that changed under us, a
             // snapshot that is too old to evict by)
  kStale,    // the request has been written by somebody else: plan again
  kGone,     // the request no longer exists
  kFailed,   // an API error: try again at the next poll
};

class Executor {
 public:
  Executor(kit::Manager& manager, kit::OwnWrites& own, RequestWriter& requests)
      : manager_(manager), children_(manager, own), requests_(requests) {}

  sim::Task<Execution> execute(std::vector<Action> actions, const Snapshot& snapshot,
                               RequestMemory& memory);

 private:
  // What the actions of one plan share; `request` moves on with each write of its status.
  struct Context {
    const Snapshot& snapshot;
    RequestMemory& memory;
    RequestPtr request;
  };

  sim::Task<Execution> run(PauseDatabase action, Context& context);
  sim::Task<Execution> run(ResumeDatabase action, Context& context);
  sim::Task<Execution> run(StampPetSet action, Context& context);
  sim::Task<Execution> run(SetImages action, Context& context);
  sim::Task<Execution> run(LiftStamp action, Context& context);
  sim::Task<Execution> run(EvictPod action, Context& context);
  sim::Task<Execution> run(SetDatabaseVersion action, Context& context);
  sim::Task<Execution> run(SetConditions action, Context& context);
  sim::Task<Execution> run(DeclareFailure action, Context& context);
  sim::Task<Execution> run(Complete action, Context& context);

  sim::Task<Execution> write(std::vector<ConditionChange> changes,
                             std::optional<api::OpsRequestPhase> phase, Context& context);
  // "x-aggregator-0=8.9.3, x-leaf-0=8.7.21", read live; what cannot be read is said so.
  sim::Task<std::string> describe_versions(const Snapshot& snapshot);

  kit::Manager& manager_;
  ChildrenWriter children_;
  RequestWriter& requests_;
};

}  // namespace sdbtwin::ops_manager
