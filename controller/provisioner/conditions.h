// The conditions that the Provisioner writes on a Singlestore, in KubeDB's words
// (reference/kubedb.md 1.4, recorded/database-status.json). The False forms of SingleStore are not
// public: their reasons are KubeDB's shared constants, their messages are ours.
#pragma once

#include <string>

#include "controller/kit/kubedb.h"
#include "model/api/singlestore.h"

namespace sdbtwin::provisioner {

inline constexpr std::string_view kEventSource = "KubeDB Operator";

api::Condition provisioning_started(const api::Singlestore& database);
// One condition for all PetSets, overwritten in turn by the aggregators' and the leaves' message.
api::Condition replicas_ready(const api::Singlestore& database, kit::Role role);
api::Condition replicas_not_ready(const api::Singlestore& database, kit::Role role);
api::Condition accepting_connection(const api::Singlestore& database);
api::Condition not_accepting_connection(const api::Singlestore& database, std::string why);
api::Condition ready(const api::Singlestore& database);
api::Condition not_ready(const api::Singlestore& database, std::string why);
api::Condition provisioned(const api::Singlestore& database);
api::Condition halted(const api::Singlestore& database);
// What the database needs from others (version, licence, free names) is missing, or is there again.
api::Condition dependency_missing(const api::Singlestore& database, std::string why);
api::Condition dependency_found(const api::Singlestore& database);

// Whether writing `next` would change what the condition says. A newer generation alone does not
// count: writing it would move the transition time of a condition that did not change.
bool says_something_new(const api::Singlestore& database, const api::Condition& next);

}  // namespace sdbtwin::provisioner
