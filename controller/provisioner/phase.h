// The phase of a database as a function of its conditions: reference/kubedb.md 1.5, first match
// wins. Absent is neither True nor False. Paused never changes the phase.
#pragma once

#include <vector>

#include "model/api/singlestore.h"

namespace sdbtwin::provisioner {

api::DatabasePhase phase_of(const std::vector<api::Condition>& conditions);

}  // namespace sdbtwin::provisioner
