// What a client was told is done stays done, as far as the replication promises it: of a database
// that replicates synchronously always while one copy survives; with redundancy 1 while its disk
// lives; of a database that replicates asynchronously what had been replicated.
//
// Judged when the database finds writes in no log that is left, and once more at the end: every
// acknowledged interval against the log of the copy that is left. A copy has survived when it is on
// the disk on which it was when writes were acknowledged last; a database that is being deleted
// promises nothing.
#pragma once

#include <memory>

#include "invariants/invariant.h"

namespace sdbtwin::invariants {
std::unique_ptr<Invariant> make_no_acknowledged_write_lost();
}
