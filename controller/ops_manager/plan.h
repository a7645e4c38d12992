// Plan: what the Ops-manager is about to do for one request, as data.
//
// A planner is a pure function from a Snapshot; the Executor turns actions into writes, one after
// the other, and stops at the first that does not succeed. Every action may be repeated: it looks
// at the live object and does nothing when nothing is left to do. So a plan that was cut short by a
// crash is simply made again.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "controller/kit/images.h"
#include "model/api/condition.h"
#include "model/api/ops_request.h"
#include "sim/core/time.h"

namespace sdbtwin::ops_manager {

struct Snapshot;

// Sets the Paused condition, with our marker.
struct PauseDatabase {};
// Removes the Paused condition.
struct ResumeDatabase {};
// Writes this request's UID on the PetSet: from here on the Provisioner's writes lose.
struct StampPetSet {
  std::string petset;
};
// Writes the images, and the stamp if somebody has removed it.
struct SetImages {
  std::string petset;
  kit::ImageSet images;
};
// Removes this request's stamp; another's stays.
struct LiftStamp {
  std::string petset;
};
// With the UID as precondition ("": none). Refused by a budget (429): EvictPod--x False is written,
// the rest of the plan is left for the next poll.
struct EvictPod {
  std::string pod;
  std::string uid;
};
// spec.version of the database.
struct SetDatabaseVersion {
  std::string version;
};

struct ConditionChange {
  std::string type;
  api::ConditionStatus status = api::ConditionStatus::kTrue;
  std::string reason;
  std::string message;

  bool operator==(const ConditionChange&) const = default;
};
// One write of the request's status, conditional on the version that was planned from.
struct SetConditions {
  std::vector<ConditionChange> changes;
};
// Writes down that the request is given up, why, and which pod runs which version.
struct DeclareFailure {
  std::string why;
};
// The final write: phase, with the conditions that go with it.
struct Complete {
  api::OpsRequestPhase phase = api::OpsRequestPhase::kSuccessful;
  std::vector<ConditionChange> changes;
};

using Action = std::variant<PauseDatabase, ResumeDatabase, StampPetSet, SetImages, LiftStamp,
                            EvictPod, SetDatabaseVersion, SetConditions, DeclareFailure, Complete>;

// When to look again, after all actions succeeded.
enum class Wake : std::uint8_t {
  kNow,    // plan again at once, from a new snapshot
  kSoon,   // after Plan::after
  kPoll,   // at the next tick of the 5 s poll
  kNever,  // the request is finished
};

struct Plan {
  std::vector<Action> actions;
  Wake wake = Wake::kPoll;
  sim::Duration after{};
  // Why nothing more can be done now; "" when something was done. Goes into the trace, and into the
  // reason of a timeout.
  std::string waiting_for;
};

using Planner = std::function<Plan(const Snapshot&)>;

}  // namespace sdbtwin::ops_manager
