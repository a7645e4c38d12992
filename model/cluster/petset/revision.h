// ControllerRevisions of a PetSet: how a pod template becomes patch bytes, a hash and a name, and
// which of the existing revisions is which (kubernetes.md 1.5).
// Revisions are equal when their stored bytes are equal: a template that is encoded differently is
// another revision, and rolls the whole set. Pure functions; the effects are in petset_history.h.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/api/petset.h"

namespace sdbtwin::cluster {

using RevisionPtr = std::shared_ptr<const api::ControllerRevision>;

// {"spec":{"template":{"$patch":"replace",...}}}: keys sorted and escaped as Go's encoding/json
// does, quantities in canonical form, members that Go always writes present.
std::string revision_data(const api::PodTemplateSpec& pod_template);
// The inverse; nullptr when the data holds no template.
std::shared_ptr<const api::PodTemplateSpec> template_of(const api::ControllerRevision& revision);

// FNV-1 (32 bit, not 1a) over the data, then over the collision count in decimal; the sum in
// decimal with each digit replaced by a letter or digit that cannot spell a word.
uint32_t revision_sum(std::string_view data, std::optional<int32_t> collision_count);
std::string revision_hash(std::string_view data, std::optional<int32_t> collision_count);
// The set's name is cut at 223 characters, so that the name stays a DNS subdomain.
std::string revision_name(std::string_view set_name, std::string_view hash);

// The revision that the set's template asks for, with the name of its first hash.
std::shared_ptr<api::ControllerRevision> new_revision(const api::PetSet& set, std::string data,
                                                      int64_t revision, int32_t collision_count);

// By revision, then creation time, then name.
void sort_revisions(std::vector<RevisionPtr>& revisions);
// One more than the highest; 1 when there is none. Precondition: sorted.
int64_t next_revision(const std::vector<RevisionPtr>& revisions);
// The newest one with these bytes, or null. Precondition: sorted.
RevisionPtr find_equal(const std::vector<RevisionPtr>& revisions, std::string_view data);

// The oldest revisions beyond the limit that nothing refers to, in the order of their deletion.
// `live`: names in use. Precondition: sorted.
std::vector<RevisionPtr> beyond_history(const std::vector<RevisionPtr>& revisions,
                                        const std::vector<std::string>& live, int32_t limit);

}  // namespace sdbtwin::cluster
