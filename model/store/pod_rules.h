#pragma once

// What the API server does to pods on the way in: the built-in admission plugins' defaults, the
// birth state, and which spec fields may change later.

#include "model/api/pod.h"
#include "model/store/transaction.h"

namespace sdbtwin::store {

void prepare_pod(api::Pod& pod);
Causes check_pod_update(const api::Pod& next, const api::Pod& before);

}  // namespace sdbtwin::store
