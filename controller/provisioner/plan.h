// Plan: what the Provisioner is about to do for one database, as data.
//
// A planner is a pure function from a Snapshot. The Executor turns its actions into writes, one
// after the other, and stops at the first that does not succeed; a plan that was cut short by a
// crash is simply made again. The planner is a value (ProvisionerOptions), so that a test can run
// an operator that is wrong in one point by wrapping make_plan() - and, because effects have their
// own fence, by also lowering the fence of the actions.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "controller/provisioner/child.h"
#include "model/api/condition.h"
#include "model/client/event_recorder.h"
#include "sim/core/time.h"

namespace sdbtwin::provisioner {

struct Snapshot;

// What a write of a child makes sure of. The real planner asks for kLive only; why: child_writer.h.
enum class Fence : std::uint8_t {
  kLive,   // the stamp, and a live read of the Singlestore between the child's read and the write
  kCache,  // the stamp, but the pause as the cache knows it: what many operators do
  kNone,   // neither: what an operator does that has never heard of a pause
};

struct AddFinalizer {};
// The last write for a database that is being deleted.
struct RemoveFinalizer {};
// One write of the status. The phase is recomputed from the conditions in the same write.
struct WriteStatus {
  std::vector<api::Condition> set;
  std::vector<std::string> remove;  // types
};
// Creates the child, or corrects it.
struct WriteChild {
  Child child;
  Fence fence = Fence::kLive;
};
struct DeleteChild {
  Child child;
  Fence fence = Fence::kLive;
};
// While the database is being deleted: no fence, a deletion goes on while it is paused.
struct DropChild {
  Child child;
};
// The claims of its pods, by label.
struct DropClaims {};
struct Report {
  client::EventType type = client::EventType::kNormal;
  std::string reason;
  std::string message;
};

using Action = std::variant<AddFinalizer, RemoveFinalizer, WriteStatus, WriteChild, DeleteChild,
                            DropChild, DropClaims, Report>;

struct Plan {
  std::vector<Action> actions;
  std::optional<sim::Duration> look_again;  // else: at the next event
  bool check_health = false;                // its health checks have a reason to run
};

using Planner = std::function<Plan(const Snapshot&)>;

}  // namespace sdbtwin::provisioner
