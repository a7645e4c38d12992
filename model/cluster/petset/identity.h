// Who a pod of a PetSet is: the names of pods and claims, ordinals, and whether a pod still has the
// identity and the storage that its ordinal gives it (kubernetes.md 1.6 a5, 1.7).
// Pure functions over objects; nothing here talks to a server.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/api/core.h"
#include "model/api/petset.h"
#include "model/api/pod.h"

namespace sdbtwin::cluster {

// "foo-1" is pod 1 of "foo". A name of another form has no parent and the ordinal -1.
struct PodIdentity {
  std::string parent;
  int32_t ordinal = -1;
};
PodIdentity identity_of(std::string_view pod_name);
int32_t ordinal_of(const api::Pod& pod);

std::string pod_name(std::string_view set_name, int32_t ordinal);
std::string claim_name(std::string_view claim_template, std::string_view set_name, int32_t ordinal);
bool is_member(const api::PetSet& set, const api::Pod& pod);  // by name

// First ordinal of the set, and how many it wants (1 when not set).
int32_t start_ordinal(const api::PetSet& set);
int32_t replicas_of(const api::PetSet& set);
bool in_ordinal_range(const api::PetSet& set, int32_t ordinal);

// The pod that the set wants at `ordinal`, made from `pod_template`, at revision `revision`.
std::shared_ptr<api::Pod> make_pod(const api::PetSet& set, const api::PodTemplateSpec& pod_template,
                                   std::string_view revision, int32_t ordinal);
// The claims of that ordinal, in the order of the templates.
std::vector<std::shared_ptr<api::PersistentVolumeClaim>> make_claims(const api::PetSet& set,
                                                                     int32_t ordinal);

bool identity_matches(const api::PetSet& set, const api::Pod& pod);
bool storage_matches(const api::PetSet& set, const api::Pod& pod);
// Effect: what identity_matches and storage_matches look at is as it should be; the rest stays.
void restore_identity(const api::PetSet& set, api::Pod& pod);
void restore_storage(const api::PetSet& set, api::Pod& pod);

}  // namespace sdbtwin::cluster
