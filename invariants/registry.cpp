#include "invariants/registry.h"

#include <array>

#include "invariants/availability_floor.h"
#include "invariants/converges.h"
#include "invariants/gates_before_next_pod.h"
#include "invariants/no_acknowledged_write_lost.h"
#include "invariants/one_pod_at_a_time.h"
#include "invariants/one_request_in_progress.h"
#include "invariants/one_writable_master.h"
#include "invariants/pause_respected.h"
#include "invariants/pvc_identity.h"
#include "invariants/request_ends.h"
#include "invariants/resumed_at_end.h"
#include "invariants/synced_copies_are_synced.h"
#include "invariants/termination_ends.h"
#include "invariants/version_last.h"
#include "invariants/version_never_back.h"

namespace sdbtwin::invariants {

std::span<const Registration> registry() {
  static constexpr std::array<Registration, 15> kAll{{
      {"pause-respected",
       "while a database is paused and its PetSets are fenced, the Provisioner changes none of its "
       "objects",
       &make_pause_respected},
      {"one-pod-at-a-time",
       "the Ops-manager disrupts a pod only when every other pod of the database is ready",
       &make_one_pod_at_a_time},
      {"gates-before-next-pod",
       "a rollout goes on to the next pod only after it could see the restarted one online, in "
       "sync and with its rows",
       &make_gates_before_next_pod},
      {"version-last",
       "spec.version of a database changes only when all its PetSets and pods run that version",
       &make_version_last},
      {"resumed-at-end",
       "a request that ended or is gone leaves its database neither paused nor fenced",
       &make_resumed_at_end},
      {"no-acknowledged-write-lost",
       "what clients were told is written stays written, as far as the replication promises it",
       &make_no_acknowledged_write_lost},
      {"one-writable-master", "at most one copy of a partition takes writes",
       &make_one_writable_master},
      {"synced-copies-are-synced",
       "a copy that counts as synced has what its master has acknowledged",
       &make_synced_copies_are_synced},
      {"availability-floor",
       "a pod that serves the last copy of a partition is not disrupted, nor at redundancy 1 a pod "
       "while the partitions of the one before are not served again",
       &make_availability_floor},
      {"pvc-identity",
       "a pod keeps its claims and a claim its volume; operators neither delete nor shrink claims",
       &make_pvc_identity},
      {"version-never-back",
       "within a rollout no database, PetSet or pod returns to a version that it has left",
       &make_version_never_back},
      {"one-request-in-progress", "at most one request of a database is in progress",
       &make_one_request_in_progress},
      {"request-ends", "every request reaches a final phase within the time its steps may take",
       &make_request_ends, InvariantKind::kLiveness},
      {"converges",
       "after the last request and fault everything becomes Ready and in sync, and stays so",
       &make_converges, InvariantKind::kLiveness},
      {"termination-ends", "what has been deleted is gone within a bound", &make_termination_ends,
       InvariantKind::kLiveness},
  }};
  return kAll;
}

}  // namespace sdbtwin::invariants
