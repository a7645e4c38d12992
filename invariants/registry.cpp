#include "invariants/registry.h"

#include <array>

#include "invariants/gates_before_next_pod.h"
#include "invariants/one_pod_at_a_time.h"
#include "invariants/pause_respected.h"
#include "invariants/resumed_at_end.h"
#include "invariants/version_last.h"

namespace sdbtwin::invariants {

std::span<const Registration> registry() {
  static constexpr std::array<Registration, 5> kAll{{
      {"pause-respected",
       "while a database is paused and its PetSets are fenced, the Provisioner changes none of its "
       "objects",
       &make_pause_respected},
      {"one-pod-at-a-time",
       "the Ops-manager disrupts a pod only when every other pod of the database is ready",
       &make_one_pod_at_a_time},
      {"gates-before-next-pod",
       "a rollout goes on to the next pod only after it could see the restarted one online and "
       "in sync",
       &make_gates_before_next_pod},
      {"version-last",
       "spec.version of a database changes only when all its PetSets and pods run that version",
       &make_version_last},
      {"resumed-at-end",
       "a request that ended or is gone leaves its database neither paused nor fenced",
       &make_resumed_at_end},
  }};
  return kAll;
}

}  // namespace sdbtwin::invariants
