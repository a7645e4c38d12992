// Operators that are wrong in one point: the real planner, wrapped. They run in the full simulation
// in place of the right ones, and each must be caught by the invariant that is named beside it.
// An invariant without such an operator (or fault) has not been shown to see anything.
#pragma once

#include "controller/ops_manager/plan.h"
#include "controller/provisioner/plan.h"

namespace sdbtwin::property_tests {

// pause-respected: corrects its PetSets as if it had never heard of a pause.
provisioner::Planner ignores_the_pause();

// one-pod-at-a-time: evicts the next pod in the same breath.
ops_manager::Planner evicts_two_at_once();

// gates-before-next-pod: takes a pod that is Ready for one that is in sync.
ops_manager::Planner trusts_readiness();

// version-last: says what the version is to be before any pod has it.
ops_manager::Planner announces_the_version_first();

// resumed-at-end: reports success and forgets to let go of the database.
ops_manager::Planner never_resumes();
// resumed-at-end: resumes, but leaves its stamps on the PetSets.
ops_manager::Planner leaves_its_stamps();

// gates-before-next-pod: looks at replication, but never at sizes.
ops_manager::Planner ignores_sizes();

// version-never-back: puts the old images back when the first pod has the new one.
ops_manager::Planner puts_old_images_back();

// request-ends: does everything and never says that it is done.
ops_manager::Planner never_says_done();

// pvc-identity: gives the claims of a healthy database up.
provisioner::Planner drops_claims();

// no-acknowledged-write-lost: the same, once the first leaf has its new version.
provisioner::Planner drops_claims_late();

// converges: when the database has its new version, makes its PetSets anew over and over.
provisioner::Planner remakes_petsets();

// termination-ends: never takes its finalizer off.
provisioner::Planner keeps_its_finalizer();

}  // namespace sdbtwin::property_tests
