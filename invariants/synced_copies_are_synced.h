// A copy that counts as synced on record has what its master has acknowledged: it may be made the
// master at any instant. Of databases that replicate synchronously; the others promise nothing.
//
// Judged when a copy's state or who acknowledges writes changes, and at the end. Rows that a
// planned fault takes away behind the log's back are not counted.
#pragma once

#include <memory>

#include "invariants/invariant.h"

namespace sdbtwin::invariants {
std::unique_ptr<Invariant> make_synced_copies_are_synced();
}
