// persistentVolumeClaimRetentionPolicy of a PetSet: which owner references a claim is to carry, so
// that the garbage collector deletes it with its pod (after scaling down) or with the set
// (kubernetes.md 1.7). Pure functions.
//
// The reference to the set names apiVersion "apps/v1" with kind PetSet, as the real controller
// does: no such resource exists, so the claim is never collected (kubernetes.md 1.9). Kept on
// purpose.
#pragma once

#include <cstdint>
#include <string_view>

#include "model/api/core.h"
#include "model/api/petset.h"
#include "model/api/pod.h"

namespace sdbtwin::cluster {

// Unset members read as Retain.
bool deletes_claims_with_set(const api::PetSet& set);
bool deletes_claims_on_scale_down(const api::PetSet& set);

// A reference of this name that belongs to another, earlier object: same name, other uid.
bool has_stale_owner(const api::PersistentVolumeClaim& claim, std::string_view name,
                     std::string_view uid);

// The claim's references to set and pod are what the policy wants. Others never matter.
bool claim_owners_match(const api::PetSet& set, const api::Pod& pod,
                        const api::PersistentVolumeClaim& claim);
// Effect: they are. False: nothing changed.
bool set_claim_owners(const api::PetSet& set, const api::Pod& pod,
                      api::PersistentVolumeClaim& claim);

}  // namespace sdbtwin::cluster
