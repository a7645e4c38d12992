// Why pods are not Ready, in the words of those who would make them so. For the message of a run
// that is stuck.
#pragma once

#include <string>
#include <vector>

#include "model/api/admission.h"

namespace sdbtwin::scenarios {

// A line for each pod that is not Ready, at most `most` of them, in the order of names.
std::vector<std::string> unready_pods(const api::StoreReader& store, std::size_t most);

}  // namespace sdbtwin::scenarios
