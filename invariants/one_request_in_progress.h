// Of all requests that name one database, at most one is in the phase Progressing (kubedb.md 4.3):
// two of them would restart pods and move versions against each other. Judged at the write that
// makes a second one Progressing, whoever makes it.
#pragma once

#include <memory>

#include "invariants/invariant.h"

namespace sdbtwin::invariants {
std::unique_ptr<Invariant> make_one_request_in_progress();
}
