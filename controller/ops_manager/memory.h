// RequestMemory: what the Ops-manager keeps in memory about a request that it works on.
//
// All of it is a convenience: the phase of the poll, readings that are cheaper to keep, texts to
// avoid repeating. A new process starts with an empty one and does the same things.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "controller/ops_manager/database_session.h"
#include "controller/ops_manager/progress.h"
#include "controller/ops_manager/rollout_order.h"
#include "sim/core/time.h"

namespace sdbtwin::ops_manager {

// ShouldProceed's retryInterval (kubedb.md 4.3, item 4): the grid of every recorded run.
inline constexpr sim::Duration kPollInterval = std::chrono::seconds(5);

// The 5 s grid, anchored at its first use, so that the work of a poll does not shift the next one.
class Cadence {
 public:
  // The first tick after `now`.
  sim::Time next(sim::Time now);

 private:
  std::optional<sim::Time> anchor_;
};

struct RequestMemory {
  RequestMemory(api::Client& client, sql::DatabaseClient& database_client)
      : session(client, database_client) {}

  Cadence cadence;
  sim::Time not_before{};  // nothing to do until then
  DatabaseSession session;
  std::string waiting_for;  // as last traced

  // Takes over a version of the request: from scratch, unless it is the one that we wrote.
  void follow(const api::SinglestoreOpsRequest& request);
  // Takes over what we wrote; `written` is the version that the server answered.
  void note_written(const std::vector<api::Condition>& conditions,
                    const api::SinglestoreOpsRequest& written);
  // Takes over the order of pods; the current one is found anew.
  void set_order(std::vector<PodSlot> slots);

  // The newest version of the request that this process has seen, by its own reads and writes.
  // Null: nothing but the cache has been read, which after a start may be older than what the
  // process before has done.
  std::shared_ptr<const api::SinglestoreOpsRequest> latest;

  std::uint64_t version = 0;  // of the request that `progress` was read from
  std::shared_ptr<Progress> progress;
  std::vector<PetSetSize> sizes;
  std::optional<NodePlaces> places;
  std::shared_ptr<const std::vector<PodSlot>> order;
  std::size_t current = 0;         // the pod that has been begun, else the first that is not done
  bool taken_out_of_turn = false;  // `current` was chosen because it is broken

 private:
  void find_current();
  void advance();
};

}  // namespace sdbtwin::ops_manager
